"""Clocks that jump, change to summer time or stand in another zone: history keeps its order."""

import os
import time
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from dashboard.campaigns import NewCampaign
from dashboard.config import Settings
from dashboard.jobs import JobLimits
from dashboard.labels import Label
from dashboard.services import adjudicating
from dashboard.services.campaigns import create_campaign
from dashboard.services.desk import Place, sit_down
from dashboard.services.exporting import export, records
from dashboard.services.importing import import_records
from dashboard.services.labelling import Response, respond
from dashboard.services.project import Project, open_project
from dashboard.store import annotations, base, jobs, turns, verdicts
from tests.support import project as made
from tests.support.together import in_processes

MARCH = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
"""Half an hour before Lisbon's clocks go forward."""

SAID = (
    (Label.CORRECT, timedelta(0), "America/Sao_Paulo"),
    (Label.PARTIAL, timedelta(hours=1), "Europe/Lisbon"),
    (Label.INCORRECT, timedelta(days=-400), "Pacific/Kiritimati"),
    (Label.PARTIAL, timedelta(days=9000), "UTC"),
    (Label.CORRECT, timedelta(seconds=-1), "America/Sao_Paulo"),
)
"""What is said in this order, by which clock, in which zone."""


def set_clock(to: datetime) -> None:
    """Let this process's clock stand at a moment, whichever zone is asked for."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.fromtimestamp(to.timestamp(), tz)

    base.datetime = Stopped  # type: ignore[misc, attr-defined]


def label_under(settings: Settings, answer_id: int, number: int) -> None:
    """Label and settle an answer in a process of its own, whose clock and zone are wrong."""
    label, jump, zone = SAID[number]
    os.environ["TZ"] = zone
    time.tzset()
    set_clock(MARCH + jump)
    project = open_project(settings)
    event = {"annotator": "Ana", "event_id": f"e{number}"}
    respond(project, Place(answer_id), Response(label=label, note=zone), **event)  # type: ignore[arg-type]
    adjudicating.settle(project, answer_id, label=label, **event)  # type: ignore[arg-type]
    project.close()


def said(project: Project) -> list[tuple[Label | None, str]]:
    """Return labels and notes of the only answer, as its history has them."""
    with project.store.read() as session:
        return [(one.label, one.note) for one in annotations.history(session, 1)]


@pytest.fixture
def jumped(empty: Project) -> Project:
    """A project in which one answer was labelled and settled under every clock."""
    (answer_id,) = made.a_project(empty.store, 1).answer_ids
    for number in range(len(SAID)):
        in_processes(label_under, [(empty.settings, answer_id, number)])
    return empty


def test_the_order_of_history_is_the_order_of_saving_whatever_the_clock_said(jumped: Project) -> None:
    assert said(jumped) == [(label, zone) for label, _, zone in SAID]
    with jumped.store.read() as session:
        moments = [one.created_at for one in annotations.history(session, 1)]
        (newest,) = verdicts.person_labels(session, None)
        assert verdicts.agreed_labels(session) == {1: SAID[-1][0]}
    assert moments == [MARCH + jump for _, jump, _ in SAID]
    own = sit_down(jumped, "Ana", position=1).own
    assert own is not None and own.label == SAID[-1][0]
    assert newest.label is SAID[-1][0]


@pytest.mark.parametrize("format_name", ["jsonl", "csv", "parquet", "md"])
def test_the_order_of_history_survives_an_export(
    jumped: Project, other: Project, tmp_path: Path, format_name: str
) -> None:
    (record,) = records(jumped)
    assert record.agreed_label is SAID[-1][0]
    export(jumped, format_name, tmp_path / f"tudo.{format_name}")
    import_records(other, [tmp_path / f"tudo.{format_name}"])
    (again,) = records(other)
    assert again.agreed_label is SAID[-1][0]
    if format_name != "md":
        assert said(other) == said(jumped)


@pytest.mark.parametrize("jump", [timedelta(hours=-2), timedelta(hours=2)], ids=["back", "forward"])
def test_a_clock_that_jumps_strands_no_answer_and_no_job(
    empty: Project, monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    ids = made.a_project(empty.store, 1).answer_ids
    campaign_id = create_campaign(empty, NewCampaign("relógio"), "Zilda", answer_ids=ids)
    monkeypatch.setattr(base, "datetime", datetime)
    set_clock(MARCH)
    assert sit_down(empty, "Ana", campaign_id).answer is not None
    assert sit_down(empty, "Bia", campaign_id).answer is None

    set_clock(MARCH + jump)

    held_by_bia = sit_down(empty, "Bia", campaign_id)
    assert held_by_bia.answer is not None
    assert sit_down(empty, "Ana", campaign_id).answer is None
    assert turns.LONGEST_AHEAD < timedelta(hours=2) > jobs.LONGEST_AHEAD


def test_a_job_whose_worker_was_killed_before_the_clock_was_set_back_is_taken_over(
    empty: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = made.a_project(empty.store, 1).answer_ids
    judge_id = made.judge(empty.store, ids[0], "C")
    monkeypatch.setattr(base, "datetime", datetime)
    set_clock(MARCH)
    with empty.store.write() as session:
        job_id = jobs.put_job(session, judge_id, ids, JobLimits())
        assert jobs.take(session, job_id, "morto")
        assert not jobs.take(session, job_id, "outro")
    set_clock(MARCH - timedelta(minutes=5))
    with empty.store.write() as session:
        assert jobs.take(session, job_id, "outro")
