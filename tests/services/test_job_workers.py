import threading
from datetime import timedelta
from pathlib import Path

import pytest

from dashboard.jobs import JobLimits, JobState
from dashboard.services import driving, job_workers, judging
from dashboard.services.job_workers import JobWorkers
from dashboard.services.judges import ModelChoice, model_config
from dashboard.services.project import open_project
from dashboard.services.rubrics import current_rubric
from dashboard.store import jobs, judgements, postgres
from tests.services.conftest import settings
from tests.support.annotators import fill
from tests.support.judge_model import verdict
from tests.support.judging import await_jobs
from tests.support.openai_server import KEY, OpenAIServer, _Handler
from tests.support.postgres_server import PostgresServer

ANSWERS, IN_FLIGHT = 40, 4


@pytest.mark.postgres
def test_a_job_whose_database_was_killed_goes_on_by_itself_and_judges_every_answer(
    own_postgres: PostgresServer,
    mortal_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    killing = threading.Lock()
    asked = 0

    def judge_and_kill(handler: _Handler) -> None:
        nonlocal asked
        with killing:
            asked += 1
            if asked == ANSWERS // 2:
                own_postgres.kill()
                own_postgres.start()
        verdict()(handler)

    project = open_project(settings(tmp_path / "data", mortal_url))
    ids = fill(project, ANSWERS)
    with OpenAIServer(judge_and_kill) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        rubric = current_rubric(project, "answer-relevance.pt-BR")
        limits = JobLimits(concurrency=IN_FLIGHT)
        job_id = judging.start_job(project, model_config(rubric, ModelChoice("juiz")), limits)
        # An outage longer than the patience, after which the silent lease must run out.
        monkeypatch.setattr(postgres, "PATIENCE_SECONDS", 0.1)
        monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=2))
        for module in (driving, job_workers):
            monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 0.2)
        JobWorkers(project).ensure(job_id)
        await_jobs()
    progress = judging.job_progress(project, job_id)
    assert progress is not None and progress.job.state is JobState.DONE
    with project.store.read() as session:
        found = judgements.judgements_of(session, ids)
    project.close()
    assert sorted(found) == ids
    assert {len(one) for one in found.values()} == {1}
    assert asked <= ANSWERS + 2 * IN_FLIGHT
