"""Progress: every figure against a count by hand over scripted events."""

import json
import statistics
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dashboard.campaigns import NewCampaign, Order
from dashboard.errors import NotFound
from dashboard.labels import Label
from dashboard.models import NewAnnotation, Phase
from dashboard.responses import Flag, Kind, Reason
from dashboard.services.campaigns import create_campaign, set_closed
from dashboard.services.desk import sit_down
from dashboard.services.exporting import export
from dashboard.services.labelling import Response, respond, undo
from dashboard.services.progress import Raised, campaign_progress, own_progress
from dashboard.services.project import Project
from dashboard.store import annotations
from dashboard.store.base import now
from dashboard.store.browse import AnswerFilter
from tests.support import project as made

UNCLEAR, MISSING = Flag.QUESTION_UNCLEAR, Flag.EVIDENCE_MISSING


class Script:
    """Writes events of one campaign, each so many minutes ago."""

    def __init__(self, project: Project, **rules: object) -> None:
        self.project = project
        self.answers = made.a_project(project.store, 8).answer_ids
        new = NewCampaign(**{"name": "Piloto", "labels_per_answer": 2, "order": Order.QUESTION, **rules})
        self.campaign_id = create_campaign(project, new, "Ana", AnswerFilter())
        self.start = now() - timedelta(days=10)
        self.count = 0

    def say(
        self, who: str, answer: int, what: str, minute: float, seconds: float | None = None, **more
    ) -> None:
        """Store what a person said of the so-many-th answer: a label's letter, or a kind."""
        self.count += 1
        label = Label(what) if what in "CPI" else None
        event = NewAnnotation(
            f"e{self.count}",
            who,
            label,
            more.pop("phase", Phase.BLIND),
            seconds=seconds,
            created_at=self.start + timedelta(minutes=minute),
            kind=Kind.LABEL if label else Kind(what),
            reason=Reason.EVIDENCE.value if what == "cannot_tell" else "",
            campaign="Piloto",
            **more,
        )
        with self.project.store.write() as session:
            annotations.add_annotation(session, self.answers[answer - 1], event)

    def people(self):
        return {one.annotator: one for one in campaign_progress(self.project, self.campaign_id).people}


@pytest.fixture
def script(empty: Project) -> Script:
    """Write what three people said of eight answers."""
    script = Script(empty, is_blind=True)
    say = script.say
    # Ana: five labels, one "cannot tell", one skipped for good, one skipped and then labelled.
    say("Ana", 1, "C", 0, 10)
    say("Ana", 2, "P", 2, 20, flags=(UNCLEAR,))
    say("Ana", 3, "skip", 3, 99)
    say("Ana", 4, "I", 5, 40)
    say("Ana", 5, "cannot_tell", 45, 30)
    say("Ana", 6, "skip", 46, flags=(MISSING, UNCLEAR))
    say("Ana", 3, "C", 47, 60)
    say("Ana", 7, "C", 48)
    # Hidden repeats: the first the same again, the second not, the third cannot be compared.
    say("Ana", 1, "C", 50, 1, is_repeat=True)
    say("Ana", 4, "P", 52, 1, is_repeat=True, flags=(UNCLEAR,))
    say("Ana", 5, "C", 53, 1, is_repeat=True)
    # Shown the verdicts, she changed her mind: the newest label stands, the blind one is compared.
    say("Ana", 7, "I", 54, 5, phase=Phase.REVEALED)
    # Bia: three labels, one of which she took back; what she says elsewhere is another matter.
    say("Bia", 1, "C", 0, 7)
    say("Bia", 2, "I", 1, 9, flags=(UNCLEAR,))
    say("Bia", 4, "I", 2, 8, flags=(MISSING,))
    say("Bia", 2, "withdrawn", 3)
    say("Bia", 7, "P", 4, 11)
    made.label(empty.store, script.answers[7], "C", "Bia")
    # Caio makes a majority on answer 1 and a tie on answer 7.
    say("Caio", 1, "P", 0, 3)
    say("Caio", 7, "C", 10, 3)
    return script


def test_the_counts_of_each_person_are_those_counted_by_hand(script: Script) -> None:
    people = script.people()
    assert list(people) == ["Ana", "Bia", "Caio"]
    ana, bia, caio = people.values()

    assert (ana.done, ana.cannot_tell, ana.skipped, ana.repeats, ana.flagged) == (6, 1, 1, 3, 2)
    assert ana.labels == {Label.CORRECT: 2, Label.PARTIAL: 1, Label.INCORRECT: 2}
    assert ana.median_seconds == 25  # 5, 10, 20, 30, 40, 60
    assert (bia.done, bia.cannot_tell, bia.skipped, bia.repeats, bia.flagged) == (3, 0, 0, 0, 1)
    assert bia.labels == {Label.CORRECT: 1, Label.PARTIAL: 1, Label.INCORRECT: 1}
    assert bia.median_seconds == 8  # 7, 8, 11; what was taken back does not count
    assert (caio.done, caio.labels) == (2, {Label.PARTIAL: 1, Label.CORRECT: 1})


def test_the_whole_is_all_people_together(script: Script) -> None:
    found = campaign_progress(script.project, script.campaign_id)
    whole = found.whole
    assert whole is not None
    assert found.needs == (8, 16, 16)  # events alone move no queue: these went past it
    assert (whole.done, whole.cannot_tell, whole.skipped, whole.repeats, whole.left) == (11, 1, 1, 3, 16)
    assert whole.flagged == 3
    assert whole.labels == {Label.CORRECT: 4, Label.PARTIAL: 3, Label.INCORRECT: 3}
    assert whole.median_seconds == 10  # 3, 3, 5, 7, 8, 10, 11, 20, 30, 40, 60
    assert dict(found.flagged) == {
        script.answers[1]: (Raised("Ana", (UNCLEAR,)),),
        script.answers[3]: (Raised("Bia", (MISSING,)),),
        script.answers[5]: (Raised("Ana", (MISSING, UNCLEAR)),),
    }


def test_agreement_is_with_the_majority_of_the_others_and_blind(script: Script) -> None:
    people = script.people()
    ana, bia, caio = (people[name].with_others for name in ("Ana", "Bia", "Caio"))
    # Ana: answers 1 and 7 have a tie among the others; only 2 (Bia took hers back: none) and 4 remain.
    assert ana is not None and (ana.n, ana.reason) == (1, "one_category")
    # Bia: 4 (I, I), 7 (P; Ana blind and Caio say C); on 1 Ana and Caio differ.
    assert bia is not None and bia.n == 2
    # Caio: 1 (P; Ana and Bia say C), on 7 Ana (C, blind) and Bia (P) differ.
    assert caio is not None and caio.n == 1
    # Bia's two pairs, others first: (I, I), (C, P). Weighted disagreement 0 and 0.5, by chance
    # (0 + .5 + 1 + .5) / 4 = 0.5; kappa = 1 - 0.25 / 0.5.
    assert bia.value == pytest.approx(0.5)


def test_consistency_is_the_share_of_repeats_labelled_alike(script: Script) -> None:
    people = script.people()
    ana, bia = people["Ana"].consistency, people["Bia"].consistency
    assert ana is not None and (ana.value, ana.n) == (0.5, 2)
    assert ana.low == pytest.approx(0.0945, abs=1e-3) and ana.high == pytest.approx(0.9055, abs=1e-3)
    assert bia is not None and (bia.n, bia.reason) == (0, "no_pairs") and bia.value != bia.value


def test_pace_leaves_pauses_out(script: Script) -> None:
    people = script.people()
    # Ana's responses at 0, 2, 5, (pause) 45, 47, 48, 50, 52, 53, 54: eight gaps, 14 minutes of work.
    assert people["Ana"].pace == pytest.approx(8 / 14 * 60)
    # Bia's at 0, 1, 2, 4: three gaps in 4 minutes. Caio's at 0 and 10.
    assert people["Bia"].pace == pytest.approx(45)
    assert people["Caio"].pace == pytest.approx(6)


def test_nothing_said_for_a_week_gives_no_expected_end(script: Script) -> None:
    assert {one.expected_end for one in script.people().values()} == {None}


def test_the_expected_end_goes_on_as_in_the_last_seven_days(empty: Project) -> None:
    script = Script(empty, labels_per_answer=1)
    day = 24 * 60
    script.say("Bia", 1, "C", 1 * day)  # nine days ago, too long
    script.say("Bia", 2, "C", 6 * day)
    script.say("Bia", 3, "C", 8 * day)
    (bia,) = (one for one in script.people().values() if one.annotator == "Bia")
    # Eight turns wait in the store; two responses since four days ago: two days for each.
    assert bia.left == 8 and bia.expected_end is not None
    assert abs(bia.expected_end - (script.start + timedelta(days=10 + 16))) < timedelta(minutes=1)

    set_closed(empty, script.campaign_id, True)
    assert script.people()["Bia"].expected_end is None


def test_one_person_is_given_nothing_of_the_others(script: Script) -> None:
    found = campaign_progress(script.project, script.campaign_id, "Bia")
    assert found.whole is None
    assert [one.annotator for one in found.people] == ["Bia"]
    assert found.people == (script.people()["Bia"],)
    assert dict(found.flagged) == {script.answers[3]: (Raised("Bia", (MISSING,)),)}
    nobody = campaign_progress(script.project, script.campaign_id, "Duda")
    assert (nobody.people, dict(nobody.flagged)) == ((), {})


def test_ones_own_counts_alone_are_the_same_without_the_costly_figures(script: Script) -> None:
    own, full = own_progress(script.project, script.campaign_id, "Ana"), script.people()["Ana"]
    counts = (
        "done",
        "repeats",
        "left",
        "skipped",
        "flagged",
        "cannot_tell",
        "median_seconds",
        "labels",
        "pace",
    )
    assert [getattr(own, name) for name in counts] == [getattr(full, name) for name in counts]
    assert (own.with_others, own.consistency) == (None, None)
    assert own_progress(script.project, script.campaign_id, "Duda").done == 0
    assert own_progress(script.project, script.campaign_id, "").left == 0


def test_a_campaign_that_is_not_there_is_said_so(empty: Project) -> None:
    for find in (campaign_progress, own_progress):
        with pytest.raises(NotFound, match="There is no campaign 9"):
            find(empty, 9, "Ana")


# What is left comes from the queues


def give(script: Script, who: str) -> None:
    desk = sit_down(script.project, who, script.campaign_id)
    assert desk.place is not None
    respond(
        script.project,
        desk.place,
        Response(label=Label.CORRECT),
        event_id=f"{who}{desk.place.position}",
        annotator=who,
    )


def test_left_falls_with_each_label_to_nothing(empty: Project) -> None:
    script = Script(empty, labels_per_answer=1)
    for number in range(8):
        assert campaign_progress(empty, script.campaign_id).needs == (8, 8, 8 - number)
        give(script, ("Bia", "Caio")[number % 2])
    found = campaign_progress(empty, script.campaign_id)
    assert found.needs == (8, 8, 0) and found.whole is not None and found.whole.done == 8
    assert [(one.annotator, one.done, one.left) for one in found.people] == [("Bia", 4, 0), ("Caio", 4, 0)]


@pytest.mark.parametrize(("is_assigned", "share", "left"), [(False, 0.0, 8), (True, 0.0, 4), (True, 0.5, 6)])
def test_who_has_not_begun_has_everything_left(
    empty: Project, is_assigned: bool, share: float, left: int
) -> None:
    script = Script(
        empty, labels_per_answer=1, members=("Bia", "Caio"), is_assigned=is_assigned, repeat_share=share
    )
    assert {name: one.left for name, one in script.people().items()} == {"Bia": left, "Caio": left}
    sit_down(empty, "Bia", script.campaign_id)
    assert {name: one.left for name, one in script.people().items()} == {"Bia": left, "Caio": left}
    assert own_progress(empty, script.campaign_id, "Caio").left == left
    assert own_progress(empty, script.campaign_id, "Duda").left == 0


def test_the_figures_equal_a_count_over_the_exported_events(empty: Project, tmp_path: Path) -> None:
    made.a_project(empty.store, 12)
    rules = NewCampaign("Piloto", labels_per_answer=2, repeat_share=0.25, seed=3)
    campaign_id = create_campaign(empty, rules, "Ana", AnswerFilter())
    responses = [
        Response(Kind.LABEL, Label.CORRECT),
        Response(Kind.LABEL, Label.PARTIAL, flags=(Flag.OTHER,)),
        Response(Kind.CANNOT_TELL, reason=Reason.EVIDENCE.value),
        Response(Kind.SKIP, flags=(UNCLEAR,)),
        Response(Kind.LABEL, Label.INCORRECT),
    ]
    for number in range(40):
        who = ("Ana", "Bia", "Caio")[number % 3]
        desk = sit_down(empty, who, campaign_id)
        if number % 11 == 7 and desk.last is not None:
            undo(empty, desk.last.event, desk.last.place)
        elif desk.place is not None:
            response = responses[number * 7 % len(responses)]
            respond(empty, desk.place, response, event_id=f"e{number}", annotator=who, seconds=number / 4)

    export(empty, "jsonl", tmp_path / "events.jsonl")
    newest: dict[tuple[str, int], dict[str, Any]] = {}
    repeats: dict[tuple[str, int], dict[str, Any]] = {}
    for line in (tmp_path / "events.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        for event in record["annotations"]:
            if event["campaign"] == "Piloto":
                side = repeats if event["is_repeat"] else newest
                side[event["annotator"], record["number"]] = event

    found = campaign_progress(empty, campaign_id)
    assert {one.annotator for one in found.people} == {"Ana", "Bia", "Caio"}
    for one in found.people:
        own = [event for (name, _), event in newest.items() if name == one.annotator]
        given = [event for event in own if event["kind"] in ("label", "cannot_tell")]
        assert one.done == len(given)
        assert one.skipped == sum(event["kind"] == "skip" for event in own)
        assert one.cannot_tell == sum(event["kind"] == "cannot_tell" for event in given)
        assert one.flagged == sum(bool(event["flags"]) for event in own if event["kind"] != "withdrawn")
        assert one.median_seconds == statistics.median(event["seconds"] for event in given)
        labels = [event["label"] for event in given if event["label"]]
        assert {label.value: count for label, count in one.labels.items()} == Counter(labels)
    assert found.whole is not None
    given = [event for event in newest.values() if event["kind"] in ("label", "cannot_tell")]
    assert (found.whole.done, found.whole.left) == (len(given), 24 - len(given))
    assert found.needs.left == 24 - len(given)
