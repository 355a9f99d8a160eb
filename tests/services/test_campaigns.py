"""Campaigns: made or refused, in which order, for whom, and under which guidelines."""

from collections import Counter
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from dashboard.campaigns import Campaign, NewCampaign, Order
from dashboard.errors import NotFound, RecordError
from dashboard.labels import Label
from dashboard.models import JudgeConfig, NewJudgement
from dashboard.services.campaigns import (
    campaigns_of,
    change_guidelines,
    create_campaign,
    create_from_files,
    get_campaign,
    guidelines,
    list_campaigns,
    set_closed,
)
from dashboard.services.desk import sit_down
from dashboard.services.exporting import export
from dashboard.services.importing import import_records
from dashboard.services.labelling import Response, respond
from dashboard.services.project import Project
from dashboard.services.queues import REPEAT_AFTER, person_queue
from dashboard.store import annotations, campaigns, judgements
from dashboard.store.browse import UNLABELLED, AnswerFilter
from dashboard.store.people import list_annotators
from tests.support import project as made

NEW = NewCampaign("Piloto", seed=7)
JUDGES = [JudgeConfig(name, "rubrica", "1", "modelo") for name in ("um", "outro")]


def create(project: Project, **rules: object) -> Campaign:
    campaign_id = create_campaign(project, replace(NEW, **rules), "Ana", AnswerFilter())
    return get_campaign(project, campaign_id).campaign


def order_of(project: Project, campaign: Campaign) -> list[int]:
    with project.store.read() as session:
        return campaigns.answers_of(session, campaign.campaign_id)


def queue_of(project: Project, campaign: Campaign, annotator: str) -> list[tuple[int, bool]]:
    with project.store.read() as session:
        return person_queue(session, campaign, annotator)


def firsts(queue: list[tuple[int, bool]]) -> list[int]:
    return [answer_id for answer_id, is_repeat in queue if not is_repeat]


def give(project: Project, campaign: Campaign, annotator: str, label: str = "C") -> int:
    """Label the next answer of a person's queue and return it."""
    desk = sit_down(project, annotator, campaign.campaign_id)
    assert desk.place is not None
    respond(
        project,
        desk.place,
        Response(label=Label(label)),
        event_id=f"{annotator}-{desk.place.position}",
        annotator=annotator,
        guideline_version=campaign.guideline_version,
    )
    return desk.place.answer_id


# Making


def test_a_campaign_is_kept_as_it_was_asked_for(empty: Project) -> None:
    answers = made.a_project(empty.store, 6).answer_ids
    made.label(empty.store, answers[1], "C", "Bia")
    rules = NewCampaign(
        "  Piloto  ", 2, False, Order.QUESTION, 41, 0.25, ("Caio", " Bia ", "Bia", ""), True, "# Guia"
    )

    campaign_id = create_campaign(empty, rules, "Ana", AnswerFilter(tag="par", label=UNLABELLED))

    (found,) = list_campaigns(empty)
    kept = found.campaign
    assert found == get_campaign(empty, campaign_id)
    assert (kept.name, kept.labels_per_answer, kept.is_blind, kept.order) == (
        "Piloto",
        2,
        False,
        Order.QUESTION,
    )
    assert (kept.seed, kept.repeat_share, kept.members) == (41, 0.25, ("Bia", "Caio"))
    assert (kept.is_assigned, kept.created_by, kept.closed_at) == (True, "Ana", None)
    assert order_of(empty, kept) == [answers[3], answers[5]]
    assert found.needs == (2, 4, 4)
    assert [(one.version, one.text, one.annotator) for one in guidelines(empty, campaign_id)] == [
        (1, "# Guia", "Ana")
    ]


def test_certain_answers_are_taken_once_each(empty: Project) -> None:
    first, second, third = made.a_project(empty.store, 3).answer_ids
    campaign_id = create_campaign(empty, NEW, "Ana", answer_ids=[third, first, third])
    campaign = get_campaign(empty, campaign_id).campaign
    assert sorted(order_of(empty, campaign)) == [first, third]


@pytest.mark.parametrize(
    ("rules", "creator", "message"),
    [
        ({"name": "  "}, "Ana", "The campaign has no name. Give it one."),
        ({"name": "n" * 201}, "Ana", "name has 201 characters, more than the limit of 200"),
        ({"name": "a\0"}, "Ana", "name holds the character NUL"),
        ({}, "  ", "annotator is empty"),
        ({"labels_per_answer": 0}, "Ana", "0 labels for each answer cannot be asked for. Choose 1 to 100."),
        ({"labels_per_answer": 101}, "Ana", "101 labels for each answer cannot be asked for"),
        ({"repeat_share": 0.51}, "Ana", "A share of repeats of 0.51 cannot be drawn. Choose 0 to 0.5."),
        ({"repeat_share": -0.1}, "Ana", "A share of repeats of -0.1 cannot be drawn"),
        (
            {"labels_per_answer": 3, "members": ("Bia", "Caio", "Bia")},
            "Ana",
            "3 different people must label each answer, but only 2 take part. Name more.",
        ),
        ({"is_assigned": True}, "Ana", "Answers are to be assigned, but nobody is named."),
        ({"members": ("B" * 201,)}, "Ana", r"annotator\[0\] has 201 characters"),
        ({"guidelines": "a \ud83d"}, "Ana", "guidelines holds half of a character"),
        ({"seed": 2**31}, "Ana", "seed is 2147483648, more than a database can keep"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused(
    answered: Project, rules: dict[str, object], creator: str, message: str
) -> None:
    with pytest.raises(RecordError, match=message):
        create_campaign(answered, replace(NEW, **rules), creator, AnswerFilter())
    assert list_campaigns(answered) == []
    with answered.store.read() as session:
        assert list_annotators(session) == []


def test_a_campaign_without_answers_is_refused(answered: Project) -> None:
    with pytest.raises(RecordError, match="A campaign needs answers, found none"):
        create_campaign(answered, NEW, "Ana", AnswerFilter(tag="nenhuma"))
    with pytest.raises(RecordError, match="A campaign needs answers, found none"):
        create_campaign(answered, NEW, "Ana", answer_ids=[])


def test_two_campaigns_cannot_have_one_name(answered: Project) -> None:
    create(answered)
    with pytest.raises(RecordError, match="There is a campaign called Piloto already. Choose another name."):
        create(answered)


def test_a_campaign_is_made_of_exactly_the_answers_of_a_file(
    empty: Project, other: Project, tmp_path: Path
) -> None:
    known = made.a_project(empty.store, 6).answer_ids
    made.add_answer(other.store, "Só neste arquivo?", made.add_video(other.store))
    files = [tmp_path / "conhecidas.jsonl", tmp_path / "nova.jsonl"]
    export(empty, "jsonl", files[0], AnswerFilter(tag="par"))
    export(other, "jsonl", files[1])

    campaign_id = create_from_files(empty, NEW, "Ana", [*files, files[0]])

    taken = order_of(empty, get_campaign(empty, campaign_id).campaign)
    new = set(taken) - set(known)
    assert set(taken) & set(known) == set(known[1::2])
    assert (len(taken), len(new)) == (4, 1)
    assert import_records(empty, files).answer_ids == [*known[1::2], *new]


def test_a_refused_campaign_takes_no_file_in(answered: Project, other: Project, tmp_path: Path) -> None:
    create(answered)
    made.add_answer(other.store, "Só neste arquivo?", made.add_video(other.store))
    file = tmp_path / "nova.jsonl"
    export(other, "jsonl", file)
    before = answered.store.revision()
    for rules, message in ((NEW, "There is a campaign called Piloto"), (replace(NEW, name=""), "no name")):
        with pytest.raises(RecordError, match=message):
            create_from_files(answered, rules, "Ana", [file])
    assert answered.store.revision() == before
    create(answered, name="Outra")
    assert list_campaigns(answered)[0].needs.answers == 2


# Orders


def test_a_random_order_differs_by_person_and_is_drawn_from_the_seed(empty: Project) -> None:
    answers = made.a_project(empty.store, 12).answer_ids
    one, same, another = (create(empty, name=f"c{seed}{n}", seed=seed) for n, seed in enumerate((7, 7, 8)))
    orders = {
        (name, person): firsts(queue_of(empty, campaign, person))
        for name, campaign in (("one", one), ("same", same), ("another", another))
        for person in ("Bia", "Caio")
    }
    assert all(sorted(order) == answers for order in orders.values())
    assert orders["one", "Bia"] == orders["same", "Bia"] == firsts(queue_of(empty, one, "Bia"))
    assert len({tuple(order) for order in orders.values()}) == 4


def test_by_question_number_is_the_same_for_all(empty: Project) -> None:
    answers = made.a_project(empty.store, 9).answer_ids
    campaign = create(empty, order=Order.QUESTION)
    assert order_of(empty, campaign) == answers
    assert firsts(queue_of(empty, campaign, "Bia")) == answers


def judge_all(project: Project, answer_ids: list[int], given: list[list[tuple[float | None, str | None]]]):
    for config, verdicts in zip(JUDGES, given, strict=False):
        with project.store.write() as session:
            judge_id = judgements.put_judge(session, config)
            for answer_id, (score, label) in zip(answer_ids, verdicts, strict=True):
                verdict = NewJudgement(score, score, Label(label) if label else None)
                judgements.add_judgement(session, answer_id, judge_id, verdict)


def test_where_a_judge_is_least_sure_comes_first(empty: Project) -> None:
    answers = made.a_project(empty.store, 5).answer_ids
    judge_all(
        empty,
        answers[:4],
        [
            [(1.0, "C"), (0.6, "P"), (None, None), (0.9, "C")],
            [(0.8, "C"), (1.0, "C"), (None, None), (0.5, "P")],
        ],
    )
    order = order_of(empty, create(empty, order=Order.UNSURE))
    assert order[:3] == [answers[3], answers[1], answers[0]]
    assert sorted(order[3:]) == [answers[2], answers[4]]


def test_where_judges_disagree_most_comes_first(empty: Project) -> None:
    answers = made.a_project(empty.store, 5).answer_ids
    judge_all(
        empty,
        answers[:4],
        [
            [(1.0, "C"), (0.5, "P"), (0.0, "I"), (None, None)],
            [(1.0, "C"), (1.0, "C"), (1.0, "C"), (0.0, "I")],
        ],
    )
    order = order_of(empty, create(empty, order=Order.DISAGREE))
    assert order[:2] == [answers[2], answers[1]]
    assert sorted(order[2:4]) == [answers[0], answers[3]]
    assert order[4] == answers[4]


def test_tags_come_in_turn(empty: Project) -> None:
    segments = made.add_video(empty.store)
    tags = {}
    for number, tag in enumerate(["a"] * 6 + ["b"] * 3 + [""] * 3):
        answer_id = made.add_answer(
            empty.store, f"Pergunta {number}?", segments[:1], tags=(tag, "z") if tag else ()
        )
        tags[answer_id] = tag
    order = [tags[answer_id] for answer_id in order_of(empty, create(empty, order=Order.TAG))]
    assert [sorted(order[at : at + 3]) for at in (0, 3, 6)] == [["", "a", "b"]] * 3
    assert order[9:] == ["a"] * 3


# Assigned answers


@pytest.mark.parametrize(
    ("answers", "people", "each"), [(12, 4, 2), (13, 4, 2), (10, 3, 3), (7, 5, 3), (5, 2, 1)]
)
def test_answers_are_assigned_evenly(empty: Project, answers: int, people: int, each: int) -> None:
    ids = made.a_project(empty.store, answers).answer_ids
    members = tuple("Ana Bia Caio Duda Edu".split()[:people])
    campaign = create(empty, members=members, labels_per_answer=each, is_assigned=True)

    shares = {name: firsts(queue_of(empty, campaign, name)) for name in members}

    assert Counter(answer_id for share in shares.values() for answer_id in share) == dict.fromkeys(ids, each)
    loads = [len(share) for share in shares.values()]
    assert max(loads) - min(loads) <= 1


def test_every_two_people_share_answers_and_nobody_gets_one_tag_only(empty: Project) -> None:
    made.a_project(empty.store, 40)
    members = ("Ana", "Bia", "Caio", "Duda")
    pairs = create(empty, members=members, labels_per_answer=2, is_assigned=True)
    shares = {name: set(firsts(queue_of(empty, pairs, name))) for name in members}
    assert all(shares[one] & shares[other] for one, other in combinations(members, 2))

    tags = create(empty, name="Por assunto", order=Order.TAG, members=members[:2], is_assigned=True)
    even = set(order_of(empty, tags)[::2])
    for name in members[:2]:
        share = set(firsts(queue_of(empty, tags, name)))
        assert share & even and share - even


def test_only_the_invited_take_part(answered: Project) -> None:
    closed, open_to_all = create(answered, members=("Bia",)), create(answered, name="Aberta")
    assert (closed.is_open_to_all, open_to_all.is_open_to_all) == (False, True)
    assert campaigns_of(answered, "Bia") == [open_to_all, closed]
    assert campaigns_of(answered, "Caio") == [open_to_all]
    with pytest.raises(NotFound, match="Caio is not among those invited"):
        sit_down(answered, "Caio", closed.campaign_id)


# Hidden repeats


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5])
def test_repeats_are_so_many_and_come_some_way_behind(empty: Project, share: float) -> None:
    answers = made.a_project(empty.store, 60).answer_ids
    campaign = create(empty, repeat_share=share)
    queue = queue_of(empty, campaign, "Bia")
    first = {answer_id: place for place, (answer_id, is_repeat) in enumerate(queue) if not is_repeat}
    again = {answer_id: place for place, (answer_id, is_repeat) in enumerate(queue) if is_repeat}

    assert sorted(first) == answers
    assert len(again) == len(queue) - len(answers) == round(share * 60)
    for answer_id, place in again.items():
        between = [one for one, is_repeat in queue[first[answer_id] + 1 : place] if not is_repeat]
        rest = len(answers) - 1 - list(first).index(answer_id)
        assert min(REPEAT_AFTER[0] - 1, rest) <= len(between) <= REPEAT_AFTER[1]
    assert queue == queue_of(empty, campaign, "Bia")


# Finished means finished


def test_who_comes_late_is_not_offered_what_has_all_its_labels(empty: Project) -> None:
    made.a_project(empty.store, 3)
    campaign = create(empty)
    done = {give(empty, campaign, "Bia"), give(empty, campaign, "Bia")}

    desk = sit_down(empty, "Caio", campaign.campaign_id)
    assert desk.place is not None and desk.place.answer_id not in done
    assert (desk.done, desk.left) == (0, 1)
    give(empty, campaign, "Caio")
    for name in ("Bia", "Caio", "Duda"):
        desk = sit_down(empty, name, campaign.campaign_id)
        assert (desk.place, desk.left) == (None, 0)
    assert get_campaign(empty, campaign.campaign_id).needs == (3, 3, 0)


def test_an_ended_campaign_hands_nothing_out_until_it_goes_on(answered: Project) -> None:
    campaign = create(answered)
    set_closed(answered, campaign.campaign_id, True)
    assert sit_down(answered, "Bia", campaign.campaign_id).place is None
    assert campaigns_of(answered, "Bia") == []
    ended = get_campaign(answered, campaign.campaign_id).campaign.closed_at
    set_closed(answered, campaign.campaign_id, True)
    assert get_campaign(answered, campaign.campaign_id).campaign.closed_at == ended is not None

    set_closed(answered, campaign.campaign_id, False)
    assert sit_down(answered, "Bia", campaign.campaign_id).place is not None


# Guidelines


def test_guidelines_are_versioned_and_labels_carry_theirs(answered: Project) -> None:
    campaign = create(answered, guidelines="um", labels_per_answer=2)
    give(answered, campaign, "Bia")
    assert change_guidelines(answered, campaign.campaign_id, "dois", "Ana") == 2
    assert change_guidelines(answered, campaign.campaign_id, "dois", "Ana") == 2
    campaign = get_campaign(answered, campaign.campaign_id).campaign
    assert campaign.guideline_version == 2
    give(answered, campaign, "Bia")

    versions = guidelines(answered, campaign.campaign_id)
    assert [(one.version, one.text) for one in versions] == [(1, "um"), (2, "dois")]
    with answered.store.read() as session:
        events = annotations.events_of_campaign(session, "Piloto")
        assert [one.guideline_version for _, one in events] == [1, 2]


def test_a_campaign_that_is_not_there_is_said_so(answered: Project) -> None:
    for attempt in (
        lambda: get_campaign(answered, 99),
        lambda: change_guidelines(answered, 99, "x", "Ana"),
        lambda: set_closed(answered, 99, True),
    ):
        with pytest.raises(NotFound, match="There is no campaign 99 in this project"):
            attempt()
    with pytest.raises(RecordError, match="guidelines holds the character NUL"):
        change_guidelines(answered, create(answered).campaign_id, "\0", "Ana")
