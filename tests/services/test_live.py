import threading

import pytest

from dashboard.errors import ModelError, SearchError
from dashboard.services import asking
from dashboard.services.live import LiveAnswer
from dashboard.services.overview import overview
from dashboard.services.project import Project
from tests.services.conftest import settings
from tests.support.openai_server import KEY, OpenAIServer, answer, status

QUESTION = "O que a memória cache guarda?"
PIECES = ["A cache ", "guarda o que ", "foi usado [1]."]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch):
    with OpenAIServer() as running:
        monkeypatch.setenv("OPENAI_BASE_URL", running.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield running


@pytest.fixture
def with_model(project: Project, server: OpenAIServer) -> Project:
    return Project(settings(project.settings.data_dir, answer_model="modelo-de-teste"), project.store)


def _wait_for_the_end() -> None:
    for thread in threading.enumerate():
        if thread.name == "live-answer":
            thread.join(30)


def test_whoever_follows_later_gets_the_text_so_far_and_then_the_rest(
    with_model: Project, server: OpenAIServer
) -> None:
    gate = threading.Event()
    server.script(answer(PIECES, gate=gate))
    live = LiveAnswer(with_model, QUESTION, 3, "dense")
    first, seen = live.follow(), ""
    while PIECES[0] not in seen:
        seen += next(first)

    second = live.follow()
    late = next(second)
    gate.set()

    assert (seen, late) == (PIECES[0], PIECES[0])
    assert seen + "".join(first) == late + "".join(second) == "".join(PIECES)
    assert "".join(live.follow()) == "".join(PIECES)
    stored = asking.find_answer(with_model, live.answer_id)
    assert stored.text == "".join(PIECES)
    assert stored.hits == live.hits


def test_an_answer_that_nobody_follows_is_stored(with_model: Project, server: OpenAIServer) -> None:
    server.script(answer(PIECES))
    live = LiveAnswer(with_model, QUESTION, 3, "dense")

    _wait_for_the_end()

    assert overview(with_model).answers == 1
    assert asking.find_answer(with_model, live.answer_id).text == "".join(PIECES)


def test_a_follower_that_leaves_in_the_middle_loses_nothing(
    with_model: Project, server: OpenAIServer
) -> None:
    gate = threading.Event()
    server.script(answer(PIECES, gate=gate))
    live = LiveAnswer(with_model, QUESTION, 3, "dense")
    follower = live.follow()
    while PIECES[0] not in next(follower):
        pass
    follower.close()
    gate.set()

    _wait_for_the_end()

    assert asking.find_answer(with_model, live.answer_id).text == "".join(PIECES)


def test_a_failing_model_keeps_the_hits_and_says_what_happened(
    with_model: Project, server: OpenAIServer
) -> None:
    server.script(status(401, f"Incorrect API key provided: {KEY}"))
    live = LiveAnswer(with_model, QUESTION, 3, "dense")

    assert "".join(live.follow()) == ""
    assert [hit.rank for hit in live.hits] == [1, 2, 3]
    with pytest.raises(ModelError, match="OPENAI_API_KEY") as caught:
        _ = live.answer_id
    assert KEY not in str(caught.value)
    assert overview(with_model).answers == 0


def test_the_same_question_is_not_asked_again_while_it_is_answered_or_by_the_second_click(
    with_model: Project, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    server.script(answer(PIECES, gate=gate))
    live = LiveAnswer(with_model, QUESTION, 3, "dense")
    assert live.is_asked_again(QUESTION, 3, "dense")
    assert not live.is_asked_again(QUESTION, 4, "dense")
    assert not live.is_asked_again("Outra?", 3, "dense")
    gate.set()
    _wait_for_the_end()

    monkeypatch.setattr("dashboard.services.live.DOUBLE_CLICK_SECONDS", 3600.0)
    assert live.is_asked_again(QUESTION, 3, "dense")
    monkeypatch.setattr("dashboard.services.live.DOUBLE_CLICK_SECONDS", 0.0)
    assert not live.is_asked_again(QUESTION, 3, "dense")


def test_a_question_that_failed_can_be_asked_again_at_once(with_model: Project, server: OpenAIServer) -> None:
    server.script(status(401))
    live = LiveAnswer(with_model, QUESTION, 3, "dense")
    _wait_for_the_end()

    assert not live.is_asked_again(QUESTION, 3, "dense")


def test_a_failing_search_starts_nothing(project: Project) -> None:
    with pytest.raises(SearchError, match="blank"):
        LiveAnswer(project, " ", 3, "dense")
    assert "live-answer" not in {thread.name for thread in threading.enumerate()}


def test_a_database_that_fails_at_the_end_is_said_to_the_follower(
    with_model: Project, server: OpenAIServer
) -> None:
    gate = threading.Event()
    server.script(answer(["A cache\0", "guarda."], gate=gate))
    live = LiveAnswer(with_model, QUESTION, 3, "dense")
    gate.set()

    assert "guarda." in "".join(live.follow())
    with pytest.raises(Exception, match="NUL"):
        _ = live.answer_id
