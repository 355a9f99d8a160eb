"""Campaigns at work: who gets which answer, leases, skips, undo, drafts, repeats."""

from datetime import timedelta

import pytest

from dashboard.campaigns import Draft, NewCampaign
from dashboard.errors import NotFound, RecordError
from dashboard.labels import Label
from dashboard.models import Phase
from dashboard.responses import Flag, Kind, Reason
from dashboard.services import desk as desks
from dashboard.services import labelling
from dashboard.services.campaigns import change_guidelines, create_campaign, set_closed
from dashboard.services.desk import Desk, peek, sit_down
from dashboard.services.exposure import note_exposure
from dashboard.services.labelling import Response, keep_draft, renew, respond, undo
from dashboard.services.project import Project
from dashboard.store import annotations, campaigns, turns
from dashboard.store.base import now
from dashboard.store.people import find_annotator
from tests.support import project as made
from tests.support.together import in_threads


def campaign(project: Project, answers: int = 4, **rules: object) -> int:
    """Make a campaign over so many new answers."""
    ids = made.a_project(project.store, answers).answer_ids
    return create_campaign(project, NewCampaign("piloto", **rules), "Ana", answer_ids=ids)  # type: ignore[arg-type]


def give(project: Project, desk: Desk, who: str, label: str = "C", event: str = "", **more: object) -> bool:
    """Label what lies on a desk."""
    assert desk.place is not None
    event = event or f"{who}-{desk.place.position}-{label}-{now().timestamp()}"
    return respond(
        project,
        desk.place,
        Response(label=Label(label), **more),  # type: ignore[arg-type]
        event_id=event,
        annotator=who,
    )


def say(project: Project, desk: Desk, who: str, response: Response) -> None:
    """Say something of what lies on a desk."""
    assert desk.place is not None
    respond(project, desk.place, response, event_id=f"{who}-{now().timestamp()}", annotator=who)


def answer_of(desk: Desk) -> int:
    """Return the answer on a desk."""
    assert desk.answer is not None
    return desk.answer.answer_id


def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Turn the clock of the desks forward."""
    moment = now() + by
    monkeypatch.setattr(desks, "now", lambda: moment)
    monkeypatch.setattr(labelling, "now", lambda: moment)


def left_of(project: Project, campaign_id: int) -> int:
    """Return how many labels a campaign still needs."""
    with project.store.read() as session:
        return campaigns.needs(session, campaign_id).left


def history(project: Project, answer_id: int) -> list[tuple[str, Kind, Label | None]]:
    """Return who said what of an answer."""
    with project.store.read() as session:
        return [(one.annotator, one.kind, one.label) for one in annotations.history(session, answer_id)]


def test_an_answer_that_needs_one_label_is_never_on_two_desks(empty: Project) -> None:
    key = campaign(empty, 4, labels_per_answer=1)
    people = [f"p{number}" for number in range(6)]
    found = in_threads(lambda number: sit_down(empty, people[number], key), 6)
    held = [answer_of(desk) for desk in found if desk.answer]
    assert len(held) == len(set(held)) == 4
    assert [desk.left for desk in found if desk.answer is None] == [4, 4]


def test_two_labels_an_answer_let_two_people_hold_it_and_no_third(empty: Project) -> None:
    key = campaign(empty, 1, labels_per_answer=2)
    assert [sit_down(empty, who, key).answer is not None for who in ("Ana", "Bia", "Caio")] == [
        True,
        True,
        False,
    ]


def test_sitting_down_again_finds_the_same_answer_also_elsewhere(empty: Project) -> None:
    key = campaign(empty)
    first = sit_down(empty, "Ana", key)
    assert answer_of(sit_down(empty, "Ana", key)) == answer_of(first)
    assert answer_of(sit_down(empty, "Ana", key, after=99)) == answer_of(first)


def test_a_lease_that_ran_out_gives_the_answer_to_somebody_else(
    empty: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = campaign(empty, 1)
    held = sit_down(empty, "Ana", key)
    assert sit_down(empty, "Bia", key).answer is None
    later(monkeypatch, turns.LEASE + timedelta(seconds=1))
    taken = sit_down(empty, "Bia", key)
    assert answer_of(taken) == answer_of(held)
    assert sit_down(empty, "Ana", key).answer is None
    # What Ana had on her screen all the time is kept when she sends it, and so is what Bia says.
    assert give(empty, held, "Ana", "P")
    assert give(empty, taken, "Bia", "C")
    assert history(empty, answer_of(held)) == [
        ("Ana", Kind.LABEL, Label.PARTIAL),
        ("Bia", Kind.LABEL, Label.CORRECT),
    ]
    assert left_of(empty, key) == 0


def test_work_renews_a_lease(empty: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    key = campaign(empty, 1)
    held = sit_down(empty, "Ana", key)
    assert held.place is not None
    later(monkeypatch, turns.LEASE * 0.8)
    renew(empty, held.place, "Ana")
    later(monkeypatch, turns.LEASE * 0.8)
    assert sit_down(empty, "Bia", key).answer is None


def test_finished_means_that_every_answer_has_its_labels_by_different_people(empty: Project) -> None:
    key = campaign(empty, 3, labels_per_answer=2)
    for who in ("Ana", "Bia"):
        for _ in range(3):
            give(empty, sit_down(empty, who, key), who)
    assert left_of(empty, key) == 0
    desk = sit_down(empty, "Caio", key)
    assert (desk.answer, desk.left) == (None, 0)
    with empty.store.read() as session:
        for answer_id in campaigns.answers_of(session, key):
            assert {one.annotator for one in annotations.history(session, answer_id)} == {"Ana", "Bia"}


def test_a_skipped_answer_comes_back_after_all_others_and_is_free_for_others(empty: Project) -> None:
    key = campaign(empty, 3)
    skipped = sit_down(empty, "Ana", key)
    say(empty, skipped, "Ana", Response(Kind.SKIP))
    second = sit_down(empty, "Ana", key)
    assert answer_of(second) != answer_of(skipped)
    give(empty, second, "Ana")
    third = sit_down(empty, "Ana", key)
    assert answer_of(third) not in (answer_of(skipped), answer_of(second))
    give(empty, third, "Ana")
    assert answer_of(sit_down(empty, "Bia", key)) == answer_of(skipped)
    with empty.store.write() as session:
        person = find_annotator(session, "Bia") or 0
        turns.take(session, key, person, 0, now())
    assert answer_of(sit_down(empty, "Ana", key)) == answer_of(skipped)


def test_undo_returns_the_last_label_to_the_desk_and_takes_it_back(empty: Project) -> None:
    key = campaign(empty, 2)
    first = sit_down(empty, "Ana", key)
    give(empty, first, "Ana", "P", note="hm", flags=(Flag.OTHER,), also=Label.CORRECT)
    second = sit_down(empty, "Ana", key)
    assert second.last is not None
    undo(empty, second.last.event, second.last.place)
    undo(empty, second.last.event, second.last.place)

    back = sit_down(empty, "Ana", key)
    assert answer_of(back) == answer_of(first)
    assert back.own is None
    assert back.draft == Draft("hm", (Flag.OTHER,), Label.CORRECT, Label.PARTIAL)
    assert history(empty, answer_of(first)) == [
        ("Ana", Kind.LABEL, Label.PARTIAL),
        ("Ana", Kind.WITHDRAWN, None),
    ]
    assert left_of(empty, key) == 2
    assert sit_down(empty, "Bia", key).place is not None
    give(empty, back, "Ana", "C")
    assert left_of(empty, key) == 1
    with empty.store.read() as session:
        standing = annotations.standing(annotations.history(session, answer_of(first)))
    assert standing["Ana"].label is Label.CORRECT and standing["Ana"].phase is Phase.BLIND


def test_undo_after_undo_goes_further_back(empty: Project) -> None:
    key = campaign(empty, 3)
    labelled = []
    for _ in range(2):
        desk = sit_down(empty, "Ana", key)
        labelled.append(answer_of(desk))
        give(empty, desk, "Ana")
    for expected in reversed(labelled):
        last = sit_down(empty, "Ana", key).last
        assert last is not None
        undo(empty, last.event, last.place)
        assert answer_of(sit_down(empty, "Ana", key, position=last.place.position)) == expected
    assert sit_down(empty, "Ana", key).last is None
    assert left_of(empty, key) == 3


def test_undoing_a_changed_mind_brings_the_earlier_label_back_as_a_new_event(empty: Project) -> None:
    key = campaign(empty, 1)
    desk = sit_down(empty, "Ana", key)
    give(empty, desk, "Ana", "C")
    note_exposure(empty, "Ana", [answer_of(desk)])
    give(empty, desk, "Ana", "I")
    last = sit_down(empty, "Ana", key).last
    assert last is not None
    undo(empty, last.event, last.place)
    with empty.store.read() as session:
        events = annotations.history(session, answer_of(desk))
    assert [(one.label, one.phase) for one in events] == [
        (Label.CORRECT, Phase.BLIND),
        (Label.INCORRECT, Phase.REVEALED),
        (Label.CORRECT, Phase.REVEALED),
    ]
    assert left_of(empty, key) == 0


def test_an_undone_label_reopens_the_answer_for_the_others_it_was_closed_for(empty: Project) -> None:
    key = campaign(empty, 1)
    waiting = sit_down(empty, "Bia", key)
    assert waiting.place is not None
    give(empty, waiting, "Bia")
    assert sit_down(empty, "Ana", key).left == 0
    last = sit_down(empty, "Bia", key).last
    assert last is not None
    undo(empty, last.event, last.place)
    assert sit_down(empty, "Ana", key).left == 1


def test_cannot_tell_needs_a_reason_counts_as_done_and_is_no_label(empty: Project) -> None:
    key = campaign(empty, 1)
    desk = sit_down(empty, "Ana", key)
    with pytest.raises(RecordError, match="needs its reason"):
        say(empty, desk, "Ana", Response(Kind.CANNOT_TELL))
    say(empty, desk, "Ana", Response(Kind.CANNOT_TELL, reason=Reason.EVIDENCE.value))
    assert left_of(empty, key) == 0
    own = sit_down(empty, "Ana", key, position=1).own
    assert own is not None and (own.kind, own.label, own.reason) == (Kind.CANNOT_TELL, None, "evidence")


def test_a_draft_is_found_again_and_forgotten_when_the_label_is_given(empty: Project) -> None:
    key = campaign(empty, 2)
    desk = sit_down(empty, "Ana", key)
    assert desk.place is not None
    draft = Draft("meia frase", (Flag.QUESTION_UNCLEAR,), Label.PARTIAL)
    keep_draft(empty, desk.place, "Ana", draft)
    assert sit_down(empty, "Ana", key).draft == draft
    give(empty, desk, "Ana")
    assert sit_down(empty, "Ana", key, position=desk.place.position).draft.is_empty


def test_drafts_of_two_people_and_of_two_campaigns_do_not_meet(empty: Project) -> None:
    key = campaign(empty, 1, labels_per_answer=2)
    ana, bia = sit_down(empty, "Ana", key), sit_down(empty, "Bia", key)
    assert ana.place is not None and bia.place is not None
    keep_draft(empty, ana.place, "Ana", Draft("de Ana"))
    assert sit_down(empty, "Bia", key).draft.is_empty
    assert sit_down(empty, "Ana", position=answer_of(ana)).draft.is_empty


def test_a_hidden_repeat_looks_new_and_leaves_the_first_label_and_the_count_alone(empty: Project) -> None:
    key = campaign(empty, 2, repeat_share=0.5)
    labels = iter("CPI")
    seen = []
    while (desk := sit_down(empty, "Ana", key)).place is not None:
        assert desk.own is None
        seen.append((answer_of(desk), desk.place.is_repeat))
        give(empty, desk, "Ana", next(labels))
    assert [is_repeat for _, is_repeat in seen] == [False, False, True]
    repeated = seen[-1][0]
    with empty.store.read() as session:
        events = annotations.history(session, repeated)
        first, again = events
        assert (first.is_repeat, again.is_repeat, again.label) == (False, True, Label.INCORRECT)
        assert annotations.standing(events)["Ana"] == first
        assert campaigns.needs(session, key).left == 0


def test_no_repeat_comes_of_an_answer_whose_verdicts_were_shown(empty: Project) -> None:
    key = campaign(empty, 2, repeat_share=0.5)
    for _ in range(2):
        desk = sit_down(empty, "Ana", key)
        give(empty, desk, "Ana")
        note_exposure(empty, "Ana", [answer_of(desk)])
    assert (sit_down(empty, "Ana", key).place, sit_down(empty, "Ana", key).left) == (None, 0)


def test_each_label_keeps_the_version_of_the_guidelines_it_was_made_under(empty: Project) -> None:
    key = campaign(empty, 2, guidelines="um")
    for version, text in ((1, "dois"), (2, "dois")):
        desk = sit_down(empty, "Ana", key)
        assert desk.place is not None and desk.place.turn is not None
        assert desk.place.turn.campaign.guideline_version == version
        respond(
            empty,
            desk.place,
            Response(label=Label.CORRECT),
            event_id=f"v{version}",
            annotator="Ana",
            guideline_version=desk.place.turn.campaign.guideline_version,
        )
        change_guidelines(empty, key, text, "Ana")
    with empty.store.read() as session:
        said = [event.guideline_version for _, event in annotations.events_of_campaign(session, "piloto")]
    assert said == [1, 2]


def test_only_the_invited_sit_down_and_an_ended_campaign_hands_nothing_out(empty: Project) -> None:
    key = campaign(empty, 2, members=("Ana", "Bia"))
    with pytest.raises(NotFound, match="Caio is not among those invited"):
        sit_down(empty, "Caio", key)
    assert sit_down(empty, "Bia", key).place is not None
    set_closed(empty, key, True)
    assert sit_down(empty, "Ana", key).place is None
    set_closed(empty, key, False)
    assert sit_down(empty, "Ana", key).place is not None


def test_places_that_are_not_there_are_named(empty: Project) -> None:
    key = campaign(empty, 2)
    sit_down(empty, "Ana", key)
    with pytest.raises(NotFound, match="There is no place 99"):
        sit_down(empty, "Ana", key, position=99)
    with pytest.raises(NotFound, match="There is no campaign 7"):
        sit_down(empty, "Ana", 7)


def test_a_second_label_equal_to_the_first_is_not_kept_as_also_acceptable(empty: Project) -> None:
    key = campaign(empty, 1)
    desk = sit_down(empty, "Ana", key)
    give(empty, desk, "Ana", "C", also=Label.CORRECT)
    own = sit_down(empty, "Ana", key, position=1).own
    assert own is not None and own.also is None


def test_looking_ahead_finds_what_comes_next_and_holds_nothing(empty: Project) -> None:
    key = campaign(empty, 3)
    desk = sit_down(empty, "Ana", key)
    assert desk.place is not None
    coming = peek(empty, "Ana", desk.place)
    assert coming is not None and coming.answer_id != answer_of(desk)
    for who in ("Bia", "Caio"):
        assert sit_down(empty, who, key).place is not None
    assert peek(empty, "Ana", desk.place) is None
    waiting = sit_down(empty, "Duda")
    assert waiting.place is not None
    assert peek(empty, "Duda", waiting.place) is not None


def test_asking_whether_a_place_is_free_holds_nothing_and_says_so_once_it_is(
    empty: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = campaign(empty, 1)
    sit_down(empty, "Ana", key)
    assert sit_down(empty, "Bia", key).place is None
    assert not desks.has_free(empty, "Bia", key)
    assert not desks.has_free(empty, "Nobody", key)
    later(monkeypatch, turns.LEASE + timedelta(seconds=1))
    assert desks.has_free(empty, "Bia", key) and desks.has_free(empty, "Ana", key)
