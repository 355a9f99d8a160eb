"""Long work beside people who label: an export, an import and a judging job hold nobody up."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dashboard.jobs import JobLimits
from dashboard.labels import Label
from dashboard.models import JudgeConfig
from dashboard.services import driving, judging
from dashboard.services.desk import Place
from dashboard.services.exporting import export
from dashboard.services.importing import import_records
from dashboard.services.judges import ModelChoice, model_config
from dashboard.services.labelling import Response, respond
from dashboard.services.project import Project
from dashboard.services.rubrics import current_rubric
from dashboard.store import annotations
from tests.services.test_judging import QUICK, RELEVANCE, ask_many, server  # noqa: F401
from tests.support import project as made
from tests.support.openai_server import OpenAIServer

PEOPLE, EACH, BROUGHT = 20, 8, 60


def model_judge(project: Project) -> JudgeConfig:
    rubric = current_rubric(project, RELEVANCE)
    return model_config(rubric, ModelChoice(model="judge-1"))


def test_an_export_an_import_and_a_judging_job_hinder_nobody_of_twenty_who_label(
    empty: Project,
    other: Project,
    tmp_path: Path,
    server: OpenAIServer,  # noqa: F811
) -> None:
    answer_ids = ask_many(empty, 60)
    made.a_project(other.store, answers_wanted=BROUGHT)
    brought = tmp_path / "brought.jsonl"
    export(other, "jsonl", brought)
    judge = model_judge(empty)
    is_labelled = threading.Event()

    def label(person: int) -> list[str]:
        confirmed = []
        for place in range(EACH):
            event = uuid.uuid4().hex
            answer_id = answer_ids[(person * 7 + place) % len(answer_ids)]
            said = Response(label=list(Label)[(person + place) % 3])
            respond(empty, Place(answer_id), said, event_id=event, annotator=f"Pessoa {person}")
            confirmed.append(event)
        return confirmed

    def export_again_and_again() -> int:
        times = 0
        while not (times and is_labelled.is_set()):
            assert export(empty, "jsonl", tmp_path / "out.jsonl") >= len(answer_ids)
            times += 1
        return times

    def import_all() -> int:
        return import_records(empty, [brought]).answers

    def let_judge() -> None:
        job = judging.start_job(empty, judge, JobLimits(concurrency=4))
        driving.drive(empty, job, patience=QUICK)

    with ThreadPoolExecutor(PEOPLE + 3) as pool:
        long_work = [pool.submit(work) for work in (export_again_and_again, import_all, let_judge)]
        people = [pool.submit(label, person) for person in range(PEOPLE)]
        confirmed = [event for one in people for event in one.result()]
        is_labelled.set()
        exports, imported, _ = [one.result() for one in long_work]

    with empty.store.read() as session:
        histories = annotations.histories(session, answer_ids)
    stored = [event.event_id for history in histories.values() for event in history]
    assert sorted(stored) == sorted(confirmed) and len(confirmed) == PEOPLE * EACH
    assert exports and imported == BROUGHT
    job = judging.list_progress(empty)[0]
    assert job.counts.waiting == 0 and job.counts.ended >= len(answer_ids)
