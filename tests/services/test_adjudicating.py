"""Adjudication: which answers come, what is proposed for them, and what settling one leaves behind."""

import math
import uuid

import pytest

from dashboard.campaigns import NewCampaign
from dashboard.errors import NotFound, RecordError
from dashboard.labels import Label
from dashboard.models import NewAnnotation, Phase
from dashboard.responses import Kind
from dashboard.services import adjudicating
from dashboard.services.adjudicating import Case, Majority, Settled, differ, estimate, find_case, find_lines
from dashboard.services.campaigns import create_campaign
from dashboard.services.figures import of_project as figures
from dashboard.services.people import known_annotators
from dashboard.services.project import Project
from dashboard.store import adjudications, annotations, cases, exposure
from dashboard.store.cases import Scope, Show
from tests.support import project as made
from tests.support.together import in_threads

EVERYWHERE = Scope()


def say(
    project: Project,
    answer_id: int,
    annotator: str,
    said: str,
    phase: Phase = Phase.BLIND,
    campaign: str = "",
    is_repeat: bool = False,
) -> None:
    """Store what a person said: a label, `?` for "cannot tell", `>` for a skip, `-` for taking it back."""
    kind = {"?": Kind.CANNOT_TELL, ">": Kind.SKIP, "-": Kind.WITHDRAWN}.get(said, Kind.LABEL)
    new = NewAnnotation(
        uuid.uuid4().hex,
        annotator,
        Label(said) if kind is Kind.LABEL else None,
        phase,
        kind=kind,
        reason="evidence" if kind is Kind.CANNOT_TELL else "",
        campaign=campaign,
        is_repeat=is_repeat,
    )
    with project.store.write() as session:
        annotations.add_annotation(session, answer_id, new)


def say_all(project: Project, ids: list[int], campaign: str = "", **said: str) -> None:
    """Store what people said of the answers in turn; a dot is nothing."""
    for annotator, letters in said.items():
        for answer_id, letter in zip(ids, letters, strict=True):
            if letter != ".":
                say(project, answer_id, annotator, letter, campaign=campaign)


def listed(project: Project, show: Show, scope: Scope = EVERYWHERE, offset: int = 0, limit: int = 99):
    with project.store.read() as session:
        return cases.find_cases(session, scope, show, offset, limit)


def settle(project: Project, answer_id: int, label: str, annotator: str = "Zilda", **more: object) -> bool:
    event = {"event_id": uuid.uuid4().hex, "annotator": annotator, **more}
    return adjudicating.settle(project, answer_id, label=Label(label), **event)


def case_of(project: Project, answer_id: int, scope: Scope = EVERYWHERE, show: Show = Show.OPEN) -> Case:
    found = find_case(project, "Zilda", scope, show, answer_id)
    assert found is not None
    return found


def campaign(project: Project, ids: list[int], name: str = "piloto", *, is_blind: bool = True) -> Scope:
    """Make a campaign and return its scope."""
    made_id = create_campaign(project, NewCampaign(name, is_blind=is_blind), "Zilda", answer_ids=ids)
    (scope,) = [one for one in adjudicating.list_scopes(project) if one.campaign_id == made_id]
    return scope


def test_answers_come_whose_responses_differ_and_cannot_tell_differs_from_a_label(empty: Project) -> None:
    ids = made.a_project(empty.store, 8).answer_ids
    #                      differ agree alone tell neither back skip nobody
    say_all(empty, ids, Ana="CPCC?CC.", Bia="IP.??I>.")
    say(empty, ids[5], "Bia", "-")

    assert listed(empty, Show.OPEN) == [ids[0], ids[3]]
    assert listed(empty, Show.ALL) == [ids[0], ids[1], ids[3], ids[4]]
    assert listed(empty, Show.SETTLED) == []
    assert adjudicating.tally(empty, EVERYWHERE) == (2, 0, 4)


def test_a_settled_answer_leaves_the_open_ones_and_stays_in_all(empty: Project) -> None:
    ids = made.a_project(empty.store, 4).answer_ids
    say_all(empty, ids, Ana="CCC.", Bia="IPP.")
    settle(empty, ids[1], "P")
    settle(empty, ids[3], "C")

    assert listed(empty, Show.OPEN) == [ids[0], ids[2]]
    assert listed(empty, Show.SETTLED) == [ids[1], ids[3]]
    assert listed(empty, Show.ALL) == ids[:3]
    assert adjudicating.tally(empty, EVERYWHERE) == (2, 2, 3)


def test_lists_are_paged_and_their_neighbours_found_in_the_database(empty: Project) -> None:
    ids = made.a_project(empty.store, 7).answer_ids
    say_all(empty, ids, Ana="CCCCCCC", Bia="IIICIII")
    settle(empty, ids[1], "C")
    to_settle = [ids[0], ids[2], ids[4], ids[5], ids[6]]

    assert listed(empty, Show.OPEN, offset=0, limit=2) == to_settle[:2]
    assert listed(empty, Show.OPEN, offset=4, limit=2) == to_settle[4:]
    lines = find_lines(empty, "Zilda", EVERYWHERE, Show.ALL, 2, 3)
    assert [line.summary.answer_id for line in lines] == ids[3:6]
    assert [case_of(empty, one).previous for one in to_settle] == [None, *to_settle[:-1]]
    assert [case_of(empty, one).next for one in to_settle] == [*to_settle[1:], None]
    # An answer that is not in the list has neighbours all the same.
    assert (case_of(empty, ids[3]).previous, case_of(empty, ids[3]).next) == (ids[2], ids[4])
    settled = case_of(empty, ids[1], show=Show.SETTLED)
    assert (settled.previous, settled.next) == (None, None)


def test_the_next_open_one_comes_after_the_one_just_settled_and_then_from_the_beginning(
    empty: Project,
) -> None:
    ids = made.a_project(empty.store, 3).answer_ids
    say_all(empty, ids, Ana="CCC", Bia="III")

    def next_after(answer_id: int) -> int | None:
        case = find_case(empty, "Zilda", EVERYWHERE, Show.OPEN, after=answer_id)
        return case.answer.answer_id if case else None

    assert next_after(0) == ids[0]
    settle(empty, ids[1], "C")
    assert next_after(ids[1]) == ids[2]
    settle(empty, ids[2], "C")
    assert next_after(ids[2]) == ids[0]
    settle(empty, ids[0], "C")
    assert next_after(ids[0]) is None


def test_in_a_blind_campaign_the_last_blind_response_counts_and_elsewhere_the_newest(empty: Project) -> None:
    ids = made.a_project(empty.store, 3).answer_ids
    blind = campaign(empty, ids)
    say_all(empty, ids, "piloto", Ana="CCI", Bia="PCP")
    say(empty, ids[0], "Bia", "C", Phase.REVEALED, "piloto")
    say(empty, ids[1], "Bia", "I", Phase.REVEALED, "piloto")
    say(empty, ids[2], "Ana", "P", Phase.BLIND, "piloto")

    assert listed(empty, Show.OPEN, blind) == [ids[0]]
    assert listed(empty, Show.OPEN) == [ids[1]]
    ana, bia = case_of(empty, ids[0], blind).voices
    assert (ana.counts.label, bia.counts.label) == (Label.CORRECT, Label.PARTIAL)
    assert [(one.label, one.phase) for one in bia.others] == [(Label.CORRECT, Phase.REVEALED)]
    assert [voice.counts.label for voice in case_of(empty, ids[0]).voices] == [Label.CORRECT] * 2


def test_in_a_campaign_that_is_not_blind_the_newest_response_counts(empty: Project) -> None:
    ids = made.a_project(empty.store, 1).answer_ids
    seen = campaign(empty, ids, is_blind=False)
    say_all(empty, ids, "piloto", Ana="C", Bia="C")
    say(empty, ids[0], "Bia", "I", Phase.REVEALED, "piloto")

    assert listed(empty, Show.OPEN, seen) == ids


def test_a_campaign_counts_what_was_said_in_it_alone_and_hidden_repeats_never(empty: Project) -> None:
    ids = made.a_project(empty.store, 4).answer_ids
    first, second = campaign(empty, ids[:3], "um"), campaign(empty, ids[2:], "dois")
    say_all(empty, ids[:3], "um", Ana="CCC", Bia="CPC")
    say_all(empty, ids[2:], "dois", Ana="CC", Caio="CI")
    say(empty, ids[0], "Ana", "I")
    say(empty, ids[2], "Bia", "I", campaign="um", is_repeat=True)
    settle(empty, ids[2], "C")

    assert listed(empty, Show.OPEN, first) == [ids[1]]
    assert listed(empty, Show.OPEN, second) == [ids[3]]
    assert listed(empty, Show.ALL, first) == ids[:3]
    assert (listed(empty, Show.SETTLED, first), listed(empty, Show.SETTLED, second)) == ([ids[2]], [ids[2]])
    assert listed(empty, Show.OPEN) == [ids[0], ids[1], ids[3]]
    voices = {voice.annotator: voice for voice in case_of(empty, ids[2], first).voices}
    assert list(voices) == ["Ana", "Bia", "Caio"]
    assert [len(voice.others) for voice in voices.values()] == [1, 1, 1]
    assert voices["Caio"].counts is None


def test_whoever_looks_has_seen_what_others_said(empty: Project) -> None:
    ids = made.a_project(empty.store, 4).answer_ids
    say_all(empty, ids, Ana="CCCC", Bia="IIII")

    find_case(empty, "Zilda", EVERYWHERE, Show.OPEN)
    find_lines(empty, "Davi", EVERYWHERE, Show.ALL, 2, 2)

    with empty.store.read() as session:
        assert exposure.not_yet_seen(session, "Zilda", ids) == ids[1:]
        assert exposure.not_yet_seen(session, "Davi", ids) == ids[:2]


def test_the_majority_is_proposed_with_its_votes_and_a_tie_is_not(empty: Project) -> None:
    ids = made.a_project(empty.store, 5).answer_ids
    say_all(empty, ids, Ana="CCCC?", Bia="PPCI?", Caio="CI??.", Davi="..P..")

    proposed = [case_of(empty, one).majority for one in ids]

    assert proposed == [
        Majority(Label.CORRECT, 2, 3),
        None,
        Majority(Label.CORRECT, 2, 3),
        None,
        None,
    ]


def test_dawid_skene_is_proposed_with_the_probability_that_bayes_rule_gives(empty: Project) -> None:
    ids = made.a_project(empty.store, 7).answer_ids
    said = {"Ana": "CCIIPC.", "Bia": "CPIICI.", "Caio": "PCPIPI."}
    say_all(empty, ids, **said)

    found = estimate(empty, EVERYWHERE)

    by_hand = posteriors(["".join(letters) for letters in zip(*said.values(), strict=True)][:6])
    for answer_id, posterior in zip(ids, by_hand, strict=False):
        proposed = found.of(answer_id)
        assert proposed is not None
        assert proposed.label.value == max(posterior, key=posterior.__getitem__)
        assert proposed.confidence == pytest.approx(max(posterior.values()), abs=1e-4)
    assert found.of(ids[6]) is None
    assert found.of(10**9) is None
    assert found.people == 3


def posteriors(answers: list[str]) -> list[dict[str, float]]:
    """Return each answer's posterior: Dawid and Skene's EM written out.

    To how often a person gave a label 0.1 is added, and 1 where the label is the true one.
    """
    labels, people = "IPC", range(3)
    found = [{one: given.count(one) / len(given) for one in labels} for given in answers]
    for _ in range(500):
        share = {true: sum(one[true] for one in found) / len(found) for true in labels}
        gave = {
            (true, person, label): (1.0 if label == true else 0.1)
            + sum(one[true] for one, given in zip(found, answers, strict=True) if given[person] == label)
            for true in labels
            for person in people
            for label in labels
        }
        for place, given in enumerate(answers):
            likely = {
                true: share[true]
                * math.prod(
                    gave[true, person, given[person]] / sum(gave[true, person, label] for label in labels)
                    for person in people
                )
                for true in labels
            }
            found[place] = {true: likely[true] / sum(likely.values()) for true in labels}
    return found


def test_dawid_skene_is_sure_where_all_agree_and_proposes_nothing_where_labels_mirror_each_other(
    empty: Project, other: Project
) -> None:
    ids = made.a_project(empty.store, 2).answer_ids
    say_all(empty, ids, Ana="CC", Bia="CC")
    assert [estimate(empty, EVERYWHERE).of(one) for one in ids] == [(Label.CORRECT, 1.0)] * 2

    ids = made.a_project(other.store, 2).answer_ids
    say_all(other, ids, Ana="CI", Bia="IC")
    assert [estimate(other, EVERYWHERE).of(one) for one in ids] == [None, None]


def test_dawid_skene_follows_the_scope(empty: Project) -> None:
    ids = made.a_project(empty.store, 2).answer_ids
    scope = campaign(empty, ids)
    say_all(empty, ids, "piloto", Ana="C.", Bia="C.")
    say_all(empty, ids, Ana=".I", Caio="II")

    assert estimate(empty, scope).of(ids[1]) is None
    inside, everywhere = estimate(empty, scope).of(ids[0]), estimate(empty, EVERYWHERE).of(ids[1])
    assert inside is not None and inside.label is Label.CORRECT
    assert everywhere is not None and everywhere.label is Label.INCORRECT
    assert estimate(empty, Scope(99, "outra")).of(ids[0]) is None


def test_settling_keeps_who_what_why_and_how_long_and_is_never_blind(empty: Project) -> None:
    (answer_id, *_rest) = made.a_project(empty.store).answer_ids
    reason = "a aula 3 diz “passo”\n=1+1 🙂"

    assert settle(empty, answer_id, "P", reason=reason, seconds=12.345678901, event_id="e")

    (kept,) = case_of(empty, answer_id).settled
    assert (kept.event_id, kept.annotator, kept.label) == ("e", "Zilda", Label.PARTIAL)
    assert (kept.reason, kept.seconds, kept.phase) == (reason, 12.345678901, Phase.REVEALED)
    assert adjudicating.last_settled(empty, "Zilda") == Settled(answer_id, 1, Label.PARTIAL)
    assert adjudicating.last_settled(empty, "Ana") is None


def test_a_double_click_settles_once_even_from_two_threads(empty: Project) -> None:
    (answer_id, *_rest) = made.a_project(empty.store).answer_ids

    kept = in_threads(lambda _: settle(empty, answer_id, "C", event_id="same"), 4)

    assert sorted(kept) == [False, False, False, True]
    assert len(case_of(empty, answer_id).settled) == 1


def test_a_later_one_takes_the_place_of_an_earlier_one_and_nothing_is_overwritten(empty: Project) -> None:
    first, second = made.a_project(empty.store, 2).answer_ids
    say_all(empty, [first, second], Ana="CC", Bia="II")
    settle(empty, first, "C", reason="primeiro")
    settle(empty, second, "C")
    settle(empty, first, "P", "Davi", reason="depois")

    case = case_of(empty, first)
    assert [(one.annotator, one.label.value, one.reason) for one in case.settled] == [
        ("Davi", "P", "depois"),
        ("Zilda", "C", "primeiro"),
    ]
    assert [voice.counts.label for voice in case.voices if voice.counts] == [Label.CORRECT, Label.INCORRECT]
    line, other = find_lines(empty, "Zilda", EVERYWHERE, Show.SETTLED, 1, 9)
    assert line.settled is not None and other.settled is not None
    assert (line.settled.annotator, line.settled.label) == ("Davi", Label.PARTIAL)
    assert line.said == {"Ana": Label.CORRECT, "Bia": Label.INCORRECT}
    assert adjudicating.last_settled(empty, "Zilda") == Settled(second, 2, Label.CORRECT)


def test_agreement_uses_the_settled_label(empty: Project) -> None:
    first, second = made.a_project(empty.store, 2).answer_ids
    say_all(empty, [first, second], Ana="CC", Bia="IC")
    for answer_id in (first, second):
        made.judge(empty.store, answer_id, "P")
    before = figures(empty)
    assert (before["n"], before["counts"]["tied"], before["percent"]["value"]) == (1, 1, 0)

    settle(empty, first, "P")

    after = figures(empty)
    assert (after["n"], after["counts"]["tied"], after["percent"]["value"]) == (2, 0, 0.5)


def test_what_is_cached_is_read_again_when_it_must(empty: Project) -> None:
    (answer_id, *_rest) = made.a_project(empty.store).answer_ids
    start = adjudicating.versions(empty)
    say(empty, answer_id, "Ana", "C")
    said = adjudicating.versions(empty)
    settle(empty, answer_id, "C")
    settled = adjudicating.versions(empty)

    assert (said[0] > start[0], said[1] == start[1]) == (True, True)
    assert (settled[0] == said[0], settled[1] > said[1]) == (True, True)


def test_differing_is_told_from_an_answers_history_too(empty: Project) -> None:
    ids = made.a_project(empty.store, 3).answer_ids
    say_all(empty, ids, Ana="CCC", Bia="CI.")
    say(empty, ids[2], "Caio", "?")

    with empty.store.read() as session:
        assert [differ(annotations.history(session, one)) for one in ids] == [False, True, True]


def test_an_answer_that_is_gone_is_neither_shown_nor_settled(empty: Project) -> None:
    with pytest.raises(NotFound, match="no answer 99 in this project"):
        find_case(empty, "Zilda", EVERYWHERE, Show.OPEN, 99)
    with pytest.raises(NotFound, match="The answer 99 is not in this project, so nothing was settled"):
        settle(empty, 99, "C")
    assert known_annotators(empty) == []


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"reason": "um\0dois"}, "reason holds the character NUL"),
        ({"reason": "um \ud83d"}, "reason holds half of a character"),
        ({"annotator": "  "}, "annotator is empty"),
        ({"event_id": "e" * 65}, "event_id has 65 characters, more than the limit of 64"),
    ],
)
def test_what_cannot_be_stored_is_refused_alike_on_both_databases(
    empty: Project, changed: dict[str, str], message: str
) -> None:
    (answer_id, *_rest) = made.a_project(empty.store).answer_ids

    with pytest.raises(RecordError, match=message):
        settle(empty, answer_id, "C", **changed)

    with empty.store.read() as session:
        assert adjudications.adjudications(session, [answer_id]) == {}
