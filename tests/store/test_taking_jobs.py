from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from dashboard.jobs import JobLimits
from dashboard.store import jobs, judgements
from dashboard.store.engine import open_engine
from dashboard.store.store import Store, open_store
from tests.support import project
from tests.support.together import in_processes

JOBS = 12


def put_jobs(store: Store) -> list[int]:
    made = project.a_project(store, 1)
    with store.write() as session:
        judges = [
            judgements.put_judge(session, replace(project.JUDGE, name=f"juiz {number}"))
            for number in range(JOBS)
        ]
        return [jobs.put_job(session, judge, made.answer_ids, JobLimits()) for judge in judges]


def take_by_writes(address: str, worker: str, ids: list[int]) -> list[int]:
    store = open_store(address)
    taken = []
    for job_id in ids:
        with store.write() as session:
            if jobs.take(session, job_id, worker):
                taken.append(job_id)
    store.close()
    return taken


def take_by_row_locks(address: str, worker: str, ids: list[int]) -> list[int]:
    # Without the revision's row, which makes writers wait for each other, the rows themselves must hold.
    engine = open_engine(address)
    taken = []
    for job_id in ids:
        with Session(engine) as session:
            if jobs.take(session, job_id, worker):
                taken.append(job_id)
            session.commit()
    engine.dispose()
    return taken


def test_two_processes_that_want_the_same_jobs_share_them_out(store: Store, database_url: str) -> None:
    ids = put_jobs(store)
    shared = in_processes(take_by_writes, [(database_url, name, ids) for name in ("one", "two")])
    assert sorted(shared[0] + shared[1]) == ids


@pytest.mark.postgres
def test_a_job_is_taken_once_by_its_own_row_lock_alone(postgres_url: str) -> None:
    store = open_store(postgres_url)
    ids = put_jobs(store)
    store.close()
    shared = in_processes(take_by_row_locks, [(postgres_url, name, ids) for name in ("one", "two")])
    assert sorted(shared[0] + shared[1]) == ids
