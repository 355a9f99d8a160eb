"""Whatever a model says, as an answer or as the judge of one, is stored as text or refused in words."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.config import Settings
from dashboard.errors import VereditoError
from dashboard.jobs import JobLimits, JobState
from dashboard.model_server.client import Limits
from dashboard.services import asking, driving, judging
from dashboard.services.judges import ModelChoice, model_config
from dashboard.services.project import Project, open_project
from dashboard.services.rubrics import current_rubric
from dashboard.store import answers, judgements
from tests.hostile.inputs import ALL_TEXTS, NUMBERS, PROMPTS, SCRIPTS
from tests.support.openai_server import KEY, OpenAIServer, _Handler, answer
from tests.support.project import add_answer, add_run, add_video

SAID = (*PROMPTS, *NUMBERS, *SCRIPTS[:20])
QUICK = Limits(tries=2, pause=0.01)
NUMBER = re.compile(r"Pergunta (\d+)\?")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        monkeypatch.setenv("OPENAI_BASE_URL", running.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield running


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    opened = open_project(Settings(data_dir=tmp_path / "data", retriever="lexical", answer_model="modelo-x"))
    add_video(opened.store, "aula-01")
    yield opened
    opened.close()


def test_an_answer_of_the_model_is_stored_as_it_is_or_refused(server: OpenAIServer, project: Project) -> None:
    stored = 0
    for text in ALL_TEXTS:
        server.script(answer([text]))
        try:
            found, _ = asking.ask(project, "O que é a memória cache?", 2)
        except VereditoError as error:
            assert KEY not in str(error) and len(str(error)) < 1_000
        else:
            assert found.text == text.strip()
            stored += 1
    assert stored > len(ALL_TEXTS) * 0.9


def test_a_reply_of_a_judge_is_a_verdict_only_where_it_is_one(server: OpenAIServer, project: Project) -> None:
    run_id = add_run(project.store)
    ids = [
        add_answer(project.store, f"Pergunta {place}?", text=text, run_id=run_id)
        for place, text in enumerate(SAID)
    ]

    def parrot(handler: _Handler) -> None:
        """Say as a judge what the answer says, which is what an injected order asks for."""
        found = NUMBER.search(handler.request_seen.json["messages"][1]["content"])
        assert found is not None
        answer([SAID[int(found[1])]])(handler)

    server.script(parrot)
    config = model_config(current_rubric(project, "answer-relevance.pt-BR"), ModelChoice("juiz"))
    job_id = judging.start_job(project, config, JobLimits())

    assert driving.drive(project, job_id, patience=QUICK) is JobState.DONE

    with project.store.read() as session:
        verdicts = judgements.judgements_of(session, ids)
        scored = {
            answers.get_answer(session, answer_id).text
            for answer_id, (one,) in verdicts.items()
            if one.verdict.label is not None
        }
    assert len(verdicts) == len(ids)
    # A judge that only repeats what it was given gives no grade of its own.
    assert scored == set(), scored & set(PROMPTS)
