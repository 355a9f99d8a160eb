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
        ([("ana", "I", 2), ("ana", "C", 0)], "I"),
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
    assert Record(1, "?", annotations=labels, adjudications=(new, old)).agreed_label is Label.INCORRECT


def test_an_event_without_a_time_is_the_newest():
    undated = NewAnnotation("x", "ana", Label.INCORRECT, Phase.BLIND)
    assert Record(1, "?", annotations=(undated, annotation("ana", "C"))).agreed_label is Label.INCORRECT
