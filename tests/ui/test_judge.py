"""The judge page: jobs begun, watched, stopped, continued and retried."""

from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.config import Settings
from dashboard.jobs import JobLimits, JobState
from dashboard.labels import Label
from dashboard.models import JudgeConfig
from dashboard.services.agreement import list_judges
from dashboard.services.browsing import dossier
from dashboard.services.judges import ModelChoice, model_config
from dashboard.services.judging import list_progress, start_job, stop_job
from dashboard.services.project import Project
from dashboard.services.rubrics import current_rubric
from dashboard.store import jobs
from dashboard.store.browse import AnswerFilter
from dashboard.store.store import Store
from tests.support import project as made
from tests.support.judging import await_jobs, says
from tests.support.openai_server import KEY, OpenAIServer, ends_with
from tests.support.screen import button, errors, read

MODEL = "modelo-de-teste"


@pytest.fixture
def own(own_store: Store, tmp_path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Give the project that the app will show, with six answers and a model that judges."""
    monkeypatch.setenv("VEREDITO_JUDGE_MODEL", MODEL)
    made.a_project(own_store)
    return Project(Settings(data_dir=tmp_path / "data", database_url=""), own_store)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    """Start a model server that gives the best grade."""
    with OpenAIServer(says(3)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield server


def a_judge(own: Project, **choice: object) -> JudgeConfig:
    version = current_rubric(own, "answer-relevance.en")
    return model_config(version, ModelChoice(MODEL, **choice))


def a_job(own: Project, state: JobState = JobState.STOPPED, limits: JobLimits | None = None) -> int:
    """Store a job of all answers that nobody drives."""
    job_id = start_job(own, a_judge(own), limits or JobLimits(), annotator="Ana")
    with own.store.write() as session:
        jobs.set_state(session, job_id, state, "the note" if state is JobState.FAILED else "")
    return job_id


def bars(app: AppTest) -> list[str]:
    return [one.proto.text for one in app.get("progress")]


def link(app: AppTest, words: str):
    """Return the link that has these words on it."""
    (found,) = (one for one in app.get("page_link") if words in one.label)
    return found


def test_a_project_without_jobs_says_what_they_are_and_leads_to_the_form(
    visit: Callable[..., AppTest], own: Project
) -> None:
    app = visit("judge", lang="en")
    assert errors(app) == []
    assert "Nothing was judged here yet." in read(app)
    button(app, "New job").click().run()
    assert app.query_params["part"] == ["new"] or app.query_params["part"] == "new"
    assert app.text_input(key="judge.model.model").value == MODEL


def test_without_a_model_the_page_says_so_and_offers_the_baseline(
    visit: Callable[..., AppTest], own: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VEREDITO_JUDGE_MODEL", "")
    app = visit("judge", part="new", lang="en")
    assert "VEREDITO_JUDGE_MODEL names no model." in read(app)
    assert button(app, "Start judging").disabled
    button(app, "Use the baseline").click().run()
    assert errors(app) == []
    assert button(app, "Calibrate and start")
    assert "baseline compares question, answer and segments" in read(app)


def test_a_job_judges_the_answers_of_a_filter_within_its_limits(
    visit: Callable[..., AppTest], own: Project, server: OpenAIServer
) -> None:
    app = visit("judge", part="new", tag="par", who="Ana", lang="en")
    assert errors(app) == []
    assert "**3 answers would be judged**" in read(app)
    app.number_input(key="judge.new.concurrency").set_value(2)
    app.number_input(key="judge.new.requests").set_value(600)
    app.number_input(key="judge.new.budget").set_value(100_000)
    app.number_input(key="judge.model.temperature").set_value(0.5)
    button(app, "Start judging").click().run()
    assert errors(app) == []
    await_jobs()
    (one,) = list_progress(own)
    assert one.job.limits == JobLimits(2, 600, None, 100_000, None)
    assert (one.job.state, one.counts.judged, one.job.created_by) == (JobState.DONE, 3, "Ana")
    assert one.job.judge.config.parameters == {"temperature": 0.5}
    assert {request.json["temperature"] for request in server.requests} == {0.5}
    app.run()
    assert "3 judged" in read(app) and ":blue-badge[done]" in read(app)
    assert bars(app) == ["3 of 3 answers"]

    app = visit("judge", part="new", tag="par", who="Ana", lang="en")
    app.number_input(key="judge.model.temperature").set_value(0.5).run()
    assert "**0 answers would be judged** · 3 have a judgement" not in read(app)
    assert "0 answers would be judged · 3 have a judgement of this judge already" in read(app)
    assert button(app, "Start judging").disabled


def test_money_can_only_be_a_limit_where_the_model_has_a_price(
    visit: Callable[..., AppTest], own: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VEREDITO_PRICES", '{"caro": [1.0, 2.0]}')
    app = visit("judge", part="new", lang="en")
    assert app.number_input(key="judge.new.money").disabled
    app.text_input(key="judge.model.model").input("caro").run()
    assert not app.number_input(key="judge.new.money").disabled


def test_a_running_job_is_stopped_and_a_stopped_one_continued_under_other_limits(
    visit: Callable[..., AppTest], own: Project, server: OpenAIServer
) -> None:
    job_id = a_job(own, JobState.STOPPED)
    app = visit("judge", who="Ana", lang="en")
    assert errors(app) == []
    assert bars(app) == ["0 of 6 answers"]
    assert ":gray-badge[stopped]" in read(app)
    app.number_input(key=f"judge.limits-{job_id}.concurrency").set_value(1)
    app.number_input(key=f"judge.limits-{job_id}.budget").set_value(300)
    button(app, "Go on under these limits").click().run()
    await_jobs()
    app.run()
    (one,) = list_progress(own)
    assert one.job.state is JobState.EXHAUSTED and one.job.limits.budget_tokens == 300
    assert (one.counts.judged, one.counts.tokens) == (2, 274)
    assert ":orange-badge[budget spent]" in read(app) and "The budget is spent." in read(app)

    app.number_input(key=f"judge.limits-{job_id}.budget").set_value(None)
    button(app, "Go on under these limits").click().run()
    await_jobs()
    app.run()
    (one,) = list_progress(own)
    assert (one.job.state, one.counts.judged) == (JobState.DONE, 6)
    assert len(server.requests) == 6


def test_a_running_job_can_be_stopped(visit: Callable[..., AppTest], own: Project) -> None:
    # Nobody drives it: it was begun after the app had opened the project.
    visit("judge", lang="en")
    job_id = start_job(own, a_judge(own), JobLimits())
    app = visit("judge", lang="en")
    assert ":green-badge[waiting for a worker]" in read(app)
    button(app, "Stop").click().run()
    assert errors(app) == []
    assert [one.job.state for one in list_progress(own)] == [JobState.STOPPED]
    assert ":gray-badge[stopped]" in read(app)
    assert job_id == 1


def test_a_job_that_ran_when_the_app_ended_goes_on(
    visit: Callable[..., AppTest], own: Project, server: OpenAIServer
) -> None:
    a_job(own, JobState.RUNNING)
    visit("explore", lang="en")
    await_jobs()
    assert [(one.job.state, one.counts.judged) for one in list_progress(own)] == [(JobState.DONE, 6)]


def test_only_what_is_unscored_is_tried_again(
    visit: Callable[..., AppTest], own: Project, server: OpenAIServer
) -> None:
    server.script(ends_with("content_filter"), says(2))
    job_id = a_job(own, JobState.STOPPED, JobLimits(concurrency=1))
    app = visit("judge", job=job_id, who="Ana", lang="en")
    button(app, "Go on under these limits").click().run()
    await_jobs()
    app.run()
    assert "5 judged · 1 unscored" in read(app)
    before = len(server.requests)
    button(app, "Retry 1 unscored").click().run()
    assert errors(app) == []
    await_jobs()
    assert len(server.requests) == before + 1
    newest, first = list_progress(own)
    assert (newest.counts.judged, newest.counts.unscored, newest.counts.total) == (1, 0, 1)
    assert app.query_params["job"] in (str(newest.job.job_id), [str(newest.job.job_id)])
    app = visit("judge", lang="en")
    assert not [one for one in app.button if "Retry" in one.label]


def test_why_a_job_failed_is_told_in_the_readers_language(
    visit: Callable[..., AppTest], own: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    a_job(own, JobState.RUNNING)
    app = visit("judge", lang="pt-BR")
    await_jobs()
    app.run()
    assert "O servidor de modelos precisa de uma chave" in read(app)
    assert ":red-badge[falhou]" in read(app)
    assert "The model server needs a key" in read(visit("judge", lang="en"))


def test_a_panel_judges_by_what_its_members_said(visit: Callable[..., AppTest], own: Project) -> None:
    first, second, third = (
        JudgeConfig(name, "answer-relevance", "1", "fora") for name in ("um", "dois", "três")
    )
    with own.store.read() as session:
        ids = jobs.unjudged(session, 0, AnswerFilter())
    for config, labels in ((first, "CP"), (second, "CI"), (third, "IC")):
        for answer_id, label in zip(ids, labels, strict=False):
            made.judge(own.store, answer_id, label, config)
    app = visit("judge", part="new", kind="panel", lang="en")
    assert errors(app) == []
    assert button(app, "Start judging").disabled
    members = [judge.judge_id for judge, _ in list_judges(own)]
    app.multiselect(key="judge.members").set_value(members).run()
    button(app, "Start judging").click().run()
    await_jobs()
    verdicts = [dossier(own, answer_id, AnswerFilter()).judgements[-1].verdict for answer_id in ids[:3]]
    assert [one.label for one in verdicts] == [Label.CORRECT, None, None]
    assert [one.reason for one in verdicts] == ["", "no_majority", "members_unscored"]
    assert "majority: um + dois + três" in read_buttons(visit("judge", lang="en"))
    assert "maioria: um + dois + três" in read_buttons(visit("judge", lang="pt-BR"))
    record = read(visit("explore", answer=ids[1], lang="en"))
    assert "Unscored: No majority in the panel" in record
    assert ":violet-badge[I] dois" in record


def read_buttons(app: AppTest) -> str:
    return "\n".join(one.label.replace("\\", "") for one in app.button)


def test_the_baseline_says_kindly_that_labels_are_too_few(
    visit: Callable[..., AppTest], own: Project
) -> None:
    app = visit("judge", part="new", kind="baseline", lang="en")
    button(app, "Calibrate and start").click().run()
    assert errors(app) == []
    assert "these are too few" in read(app)
    assert link(app, "Label answers").page == "annotate"
    assert list_progress(own) == []


def test_an_address_that_names_no_job_is_said_so(visit: Callable[..., AppTest], own: Project) -> None:
    app = visit("judge", job=999, lang="en")
    assert errors(app) == [] and "There is no such job." in read(app)
    app = visit("judge", part="x", job="abc", lang="en")
    assert errors(app) == [] and "Nothing was judged here yet." in read(app)


def test_a_stop_by_somebody_else_is_seen(visit: Callable[..., AppTest], own: Project) -> None:
    visit("judge", lang="en")
    job_id = start_job(own, a_judge(own), JobLimits())
    app = visit("judge", lang="en")
    stop_job(own, job_id)
    app.run()
    assert ":gray-badge[stopped]" in read(app)
