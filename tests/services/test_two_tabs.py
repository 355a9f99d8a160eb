"""Two tabs, or two adjudicators: what a page that is out of date sends replaces nothing unseen."""

import pytest

from dashboard.campaigns import Draft, NewCampaign
from dashboard.errors import ChangedMeanwhile
from dashboard.labels import Label
from dashboard.responses import Kind, Verdict
from dashboard.services import adjudicating
from dashboard.services.campaigns import create_campaign
from dashboard.services.desk import Desk, sit_down
from dashboard.services.grading import check_citation, grade_segment
from dashboard.services.labelling import Response, respond, undo
from dashboard.services.project import Project
from dashboard.store import adjudications, annotations, relevance
from tests.support import project as made


@pytest.fixture
def campaign_id(empty: Project) -> int:
    """A campaign of two answers."""
    ids = made.a_project(empty.store, 2).answer_ids
    return create_campaign(empty, NewCampaign("duas abas"), "Zilda", answer_ids=ids)


def send(project: Project, desk: Desk, event: str, response: Response) -> bool:
    """Send a response as the page does, which tells what it showed."""
    assert desk.place is not None
    seen = desk.own.event_id if desk.own else None
    return respond(project, desk.place, response, event_id=event, annotator="Ana", seen=seen)


def labels(project: Project, desk: Desk) -> list[tuple[Kind, Label | None]]:
    """Return everything that was said of the answer on a desk."""
    assert desk.place is not None
    with project.store.read() as session:
        return [(one.kind, one.label) for one in annotations.history(session, desk.place.answer_id)]


def test_a_label_from_a_stale_tab_is_refused_until_what_stands_was_seen(
    empty: Project, campaign_id: int
) -> None:
    first = second = sit_down(empty, "Ana", campaign_id)
    assert second.place is not None
    assert send(empty, first, "a", Response(label=Label.CORRECT, note="da primeira"))

    with pytest.raises(ChangedMeanwhile, match="In another tab"):
        send(empty, second, "b", Response(label=Label.INCORRECT))

    assert labels(empty, first) == [(Kind.LABEL, "C")]
    drawn_again = sit_down(empty, "Ana", campaign_id, position=second.place.position)
    assert drawn_again.own is not None and drawn_again.own.note == "da primeira"
    assert send(empty, drawn_again, "b", Response(label=Label.INCORRECT))
    assert labels(empty, first) == [(Kind.LABEL, "C"), (Kind.LABEL, "I")]


def test_the_same_label_from_a_stale_tab_and_a_repeated_request_are_no_clash(
    empty: Project, campaign_id: int
) -> None:
    desk = sit_down(empty, "Ana", campaign_id)
    send(empty, desk, "a", Response(label=Label.CORRECT))
    assert send(empty, desk, "b", Response(label=Label.CORRECT))
    assert not send(empty, desk, "a", Response(label=Label.CORRECT))
    assert not send(empty, desk, "a", Response(label=Label.PARTIAL))
    assert labels(empty, desk) == [(Kind.LABEL, "C")]


def test_a_skip_in_a_stale_tab_leaves_the_label_alone(empty: Project, campaign_id: int) -> None:
    desk = sit_down(empty, "Ana", campaign_id)
    send(empty, desk, "a", Response(label=Label.CORRECT))
    assert not send(empty, desk, "b", Response(Kind.SKIP))
    assert labels(empty, desk) == [(Kind.LABEL, "C")]


def test_a_label_that_was_taken_back_in_another_tab_is_not_replaced_unseen(
    empty: Project, campaign_id: int
) -> None:
    desk = sit_down(empty, "Ana", campaign_id)
    assert desk.place is not None
    send(empty, desk, "a", Response(label=Label.CORRECT))
    stale = sit_down(empty, "Ana", campaign_id, position=desk.place.position)
    assert stale.last is not None
    undo(empty, stale.last.event, stale.last.place)
    undo(empty, stale.last.event, stale.last.place)

    with pytest.raises(ChangedMeanwhile):
        send(empty, stale, "b", Response(label=Label.PARTIAL))

    assert labels(empty, desk) == [(Kind.LABEL, "C"), (Kind.WITHDRAWN, None)]
    assert sit_down(empty, "Ana", campaign_id).draft == Draft(label=Label.CORRECT)


def test_undo_in_a_stale_tab_takes_back_nothing_that_was_said_since(empty: Project, campaign_id: int) -> None:
    desk = sit_down(empty, "Ana", campaign_id)
    assert desk.place is not None
    send(empty, desk, "a", Response(label=Label.CORRECT))
    stale = sit_down(empty, "Ana", campaign_id, position=desk.place.position)
    assert stale.last is not None
    send(empty, stale, "b", Response(label=Label.INCORRECT))

    with pytest.raises(ChangedMeanwhile, match="Nothing was undone"):
        undo(empty, stale.last.event, stale.last.place)

    assert labels(empty, desk) == [(Kind.LABEL, "C"), (Kind.LABEL, "I")]


def test_two_adjudicators_of_one_answer_never_replace_each_other_unseen(empty: Project) -> None:
    (answer_id, *_) = made.a_project(empty.store, 1).answer_ids

    def settle(who: str, label: Label, seen: str | None) -> bool:
        return adjudicating.settle(
            empty, answer_id, annotator=who, label=label, event_id=f"{who}-{label}", seen=seen
        )

    assert settle("Bia", Label.CORRECT, None)
    assert not settle("Bia", Label.CORRECT, None)
    assert settle("Caio", Label.CORRECT, None)
    with pytest.raises(ChangedMeanwhile, match="Caio has settled this answer meanwhile"):
        settle("Davi", Label.PARTIAL, None)
    with pytest.raises(ChangedMeanwhile):
        settle("Davi", Label.PARTIAL, "Bia-C")
    assert settle("Davi", Label.PARTIAL, "Caio-C")
    with empty.store.read() as session:
        events = adjudications.adjudications(session, [answer_id])[answer_id]
    assert [(one.annotator, one.label) for one in events] == [("Bia", "C"), ("Caio", "C"), ("Davi", "P")]


def test_grades_and_verdicts_of_a_stale_tab_replace_nothing_unseen(empty: Project) -> None:
    project = made.a_project(empty.store, 1)
    (answer_id,) = project.answer_ids
    grade_segment(empty, "Ana", answer_id, 1, 2, "a", shown=None)
    with pytest.raises(ChangedMeanwhile, match="graded segment 1 with 2"):
        grade_segment(empty, "Ana", answer_id, 1, 3, "b", shown=None)
    assert grade_segment(empty, "Ana", answer_id, 1, 3, "c", shown=2)
    with empty.store.read() as session:
        assert list(relevance.grades_of(session, "Ana", project.question_ids[0]).values()) == [3]

    check_citation(empty, "Ana", answer_id, 0, 1, Verdict.YES, "d", shown=None)
    with pytest.raises(ChangedMeanwhile, match="of citation 1"):
        check_citation(empty, "Ana", answer_id, 0, 1, Verdict.NO, "e", shown=None)
    assert check_citation(empty, "Ana", answer_id, 0, 1, Verdict.NO, "f", shown=Verdict.YES)
