"""Which label a record shows."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.labels import Label
from dashboard.models import NewAnnotation, Phase
from dashboard.records.record import Record, RecordAdjudication

MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def annotation(who, label, day=0):
    return NewAnnotation(
        f"{who}{day}", who, Label(label), Phase.BLIND, created_at=MARCH + timedelta(days=day)
    )


@pytest.mark.parametrize(
    ("events", "agreed"),
    [
        ([], None),
        ([("ana", "C", 0)], "C"),
        ([("ana", "C", 0), ("bia", "I", 0)], None),
        ([("ana", "C", 0), ("bia", "I", 0), ("caio", "I", 0)], "I"),
        ([("ana", "C", 0), ("ana", "C", 1), ("bia", "I", 0), ("ana", "I", 2)], "I"),
        ([("ana", "I", 2), ("ana", "C", 0)], "C"),
        ([("a", "C", 0), ("b", "C", 0), ("c", "I", 0), ("d", "P", 0)], "C"),
    ],
)
def test_the_majority_of_each_annotators_newest_label_is_agreed(events, agreed):
    record = Record(1, "?", annotations=tuple(annotation(*event) for event in events))
    assert record.agreed_label == agreed


def test_the_newest_adjudication_decides():
    old = RecordAdjudication("1", "ana", Label.PARTIAL, created_at=MARCH.replace(tzinfo=None))
    new = RecordAdjudication("2", "bia", Label.INCORRECT, created_at=MARCH + timedelta(days=1))
    labels = (annotation("ana", "C"), annotation("bia", "C"))
    assert Record(1, "?", annotations=labels, adjudications=(old, new)).agreed_label is Label.INCORRECT


def test_a_clock_that_was_set_back_does_not_make_an_older_event_the_newest():
    before = RecordAdjudication("1", "ana", Label.PARTIAL, created_at=MARCH + timedelta(hours=1))
    after = RecordAdjudication("2", "ana", Label.CORRECT, created_at=MARCH)
    assert Record(1, "?", adjudications=(before, after)).agreed_label is Label.CORRECT
    labels = (annotation("ana", "C", day=1), annotation("ana", "I", day=0))
    assert Record(1, "?", annotations=labels).agreed_label is Label.INCORRECT
