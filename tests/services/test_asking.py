from dataclasses import replace

import pytest

from dashboard.errors import ModelError, RecordError, SearchError, VereditoError
from dashboard.services import asking
from dashboard.services.overview import overview
from dashboard.services.project import Project
from dashboard.store import runs
from tests.services.conftest import settings
from tests.support.openai_server import KEY, OpenAIServer, answer, status

QUESTION = "O que a memória cache guarda?"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch):
    with OpenAIServer(answer("A cache guarda o que foi usado [1].")) as running:
        monkeypatch.setenv("OPENAI_BASE_URL", running.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield running


@pytest.fixture
def with_model(project: Project, server: OpenAIServer) -> Project:
    chosen = settings(project.settings.data_dir, answer_model="modelo-de-teste")
    return Project(chosen, project.store)


def _runs(project: Project) -> list[tuple[object, int]]:
    with project.store.read() as session:
        return [(run.config, count) for run, count in runs.list_runs(session)]


def test_asking_stores_question_hits_references_and_run(project: Project) -> None:
    stored, timings = asking.ask(project, f"  {QUESTION} ", k=3)

    found = asking.find_answer(project, stored.answer_id)
    assert found == stored
    assert found.question.text == QUESTION
    assert [hit.rank for hit in found.hits] == [1, 2, 3]
    assert found.hits == asking.search(project, QUESTION, 3).hits
    assert found.hits[0].segment.video_id == "cache"
    assert {reference.rank for reference in found.references} <= {1, 2, 3}
    assert found.references[0].title == "Memória cache"
    assert (found.run.config.k, found.run.config.retriever) == (3, "dense")
    assert (found.run.config.answerer, found.run.config.encoder) == ("extractive", project.encoder.id)
    assert not found.queued
    assert {"encode", "search", "answer"} <= timings.keys()


def test_the_same_settings_are_one_run_and_another_k_is_another(project: Project) -> None:
    first, _ = asking.ask(project, QUESTION, k=3)
    again, _ = asking.ask(project, QUESTION, k=3)
    wider, _ = asking.ask(project, QUESTION, k=4)
    lexical, _ = asking.ask(project, QUESTION, k=3, retriever="lexical")

    assert first.answer_id != again.answer_id
    assert first.question == again.question == wider.question
    assert first.run == again.run
    assert len({first.run.run_id, wider.run.run_id, lexical.run.run_id}) == 3
    assert lexical.run.config.encoder == ""
    assert [count for _, count in _runs(project)] == [2, 1, 1]


def test_a_hybrid_run_from_before_the_mean_was_taken_off_stays_apart(project: Project) -> None:
    now, _ = asking.ask(project, QUESTION, k=3, retriever="hybrid")
    with project.store.write() as session:
        before = runs.put_run(session, replace(now.run.config, details={}), "")
    again, _ = asking.ask(project, QUESTION, k=3, retriever="hybrid")
    assert again.run.run_id == now.run.run_id != before


def test_the_model_that_answered_is_stored_with_its_tokens(with_model: Project) -> None:
    stored, _ = asking.ask(with_model, QUESTION, k=2)

    assert stored.text == "A cache guarda o que foi usado [1]."
    assert (stored.tokens_in, stored.tokens_out) == (120, 17)
    assert stored.run.config.answerer == "openai:modelo-de-teste"
    assert stored.run.config.prompt_version
    assert [reference.rank for reference in stored.references] == [1]


def test_a_refused_key_stores_nothing_and_is_not_repeated(with_model: Project, server: OpenAIServer) -> None:
    server.script(status(401, f"Incorrect API key provided: {KEY}"))

    with pytest.raises(ModelError) as caught:
        asking.ask(with_model, QUESTION)

    assert KEY not in str(caught.value)
    assert overview(with_model).answers == 0
    assert overview(with_model).questions == 0


@pytest.mark.parametrize(
    ("question", "k", "retriever", "error", "message"),
    [
        ("  ", 3, "", SearchError, "The question is blank"),
        (QUESTION, 0, "", SearchError, "number of hits is 0"),
        (QUESTION, 3, "denso", SearchError, "The retriever 'denso' is not known"),
        ("o que\0é isso", 3, "", RecordError, "question holds the character NUL"),
        ("o que é \udcff", 3, "", RecordError, "question holds half of a character"),
    ],
)
def test_what_cannot_be_asked_is_said_and_not_stored(
    project: Project, question: str, k: int, retriever: str, error: type[VereditoError], message: str
) -> None:
    with pytest.raises(error, match=message):
        asking.ask(project, question, k, retriever)

    assert overview(project).questions == 0


def test_a_reply_that_no_database_keeps_is_an_error_and_stores_nothing(
    with_model: Project, server: OpenAIServer
) -> None:
    server.script(answer("A cache\0guarda [1]."))

    with pytest.raises(VereditoError, match="NUL"):
        asking.ask(with_model, QUESTION)

    assert overview(with_model).answers == 0


def test_an_empty_corpus_says_what_to_do(empty: Project) -> None:
    with pytest.raises(SearchError, match="python -m dashboard ingest"):
        asking.ask(empty, QUESTION)
