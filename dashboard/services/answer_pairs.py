"""Two answers to the same question: what was said of each, and how that changed from one to the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.labels import ORDERED, STYLES, Label
from dashboard.models import Answer, Judgement, Phase
from dashboard.retrieval.retriever import parse_retriever
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.agreement import side_by_side
from dashboard.services.project import Project
from dashboard.store import adjudications, annotations, compared, judgements, reading


@dataclass(frozen=True, slots=True)
class Said:
    """What counts of an answer: people's label (the agreed one, else the majority) and the judge's verdict.

    Attributes:
        label: None where people gave none, or are tied.
        judge: None where the judge gave none.
        score: The judge's score, 0 to 1; None where it gave none.
    """

    label: Label | None = None
    judge: Label | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class AnswerPair:
    """Two answers to one question."""

    question_id: int
    left: int
    right: int
    left_said: Said
    right_said: Said

    @property
    def label_change(self) -> float | None:
        """How much better people's label became, in steps of 0.5; None unless both have one."""
        left, right = self.left_said.label, self.right_said.label
        return None if left is None or right is None else STYLES[right].number - STYLES[left].number

    @property
    def score_change(self) -> float | None:
        """How much the judge's score rose; None unless both have one."""
        left, right = self.left_said.score, self.right_said.score
        return None if left is None or right is None else right - left


@dataclass(frozen=True, slots=True)
class Voices:
    """Everything said of an answer: each person's newest label, the agreed one, and every judgement."""

    people: Mapping[str, Label]
    agreed: Label | None
    judgements: Sequence[Judgement]


@needs(Role.RESEARCHER)
def answers_of_run(project: Project, run_id: int) -> dict[int, int]:
    """Return the newest answer of a run to each question."""
    with project.store.read() as session:
        return compared.newest_of_run(session, run_id)


@needs(Role.RESEARCHER)
def answers_of_retriever(project: Project, retriever: str) -> dict[int, int]:
    """Return the newest stored answer to each question that rests on a retriever, with the encoder in use."""
    encoder = project.encoder_choice.setting if parse_retriever(retriever).dense else ""
    with project.store.read() as session:
        return compared.newest_of_retriever(session, retriever, encoder)


@needs(Role.RESEARCHER)
def pair(
    project: Project,
    left: Mapping[int, int],
    right: Mapping[int, int],
    judge_id: int | None,
    phase: Phase | None = Phase.BLIND,
) -> list[AnswerPair]:
    """Return the questions that both sides answered, each with what counts of both answers.

    Args:
        project: Where the answers are.
        left: Question to answer of the first side.
        right: The same of the second.
        judge_id: Whose verdicts count; None for no judge's.
        phase: People's labels given in this phase count; None for the newest of any.
    """
    said, nothing = _said(project, judge_id, phase), Said()
    return [
        AnswerPair(
            question_id,
            left[question_id],
            right[question_id],
            said.get(left[question_id], nothing),
            said.get(right[question_id], nothing),
        )
        for question_id in sorted(left.keys() & right.keys())
    ]


def transitions(pairs: Sequence[AnswerPair]) -> list[list[int]]:
    """Return how often each label of people (rows, worst first) became each label (columns)."""
    table = [[0] * len(ORDERED) for _label in ORDERED]
    for one in pairs:
        left, right = one.left_said.label, one.right_said.label
        if left is not None and right is not None:
            table[ORDERED.index(left)][ORDERED.index(right)] += 1
    return table


@needs(Role.RESEARCHER)
def read_answers(project: Project, answer_ids: Sequence[int]) -> list[Answer]:
    """Return answers with everything under them, in the order of the ids."""
    with project.store.read() as session:
        return reading.read_answers(session, answer_ids)


def withheld_segments(answers: Sequence[Answer]) -> set[int]:
    """Return the segments under some answers whose address the record of one of them withholds."""
    return {hit.segment.segment_id for answer in answers for hit in answer.hits if hit.url_hidden}


@needs(Role.RESEARCHER)
def voices(project: Project, answer_ids: Sequence[int]) -> dict[int, Voices]:
    """Return everything that was said of answers."""
    with project.store.read() as session:
        events = annotations.histories(session, answer_ids)
        judged = judgements.judgements_of(session, answer_ids)
        settled = adjudications.adjudications(session, answer_ids)
    return {
        one: Voices(
            people={
                name: event.label
                for name, event in sorted(annotations.standing(events.get(one, [])).items())
                if event.label is not None
            },
            agreed=settled[one][-1].label if settled.get(one) else None,
            judgements=judged.get(one, []),
        )
        for one in answer_ids
    }


def _said(project: Project, judge_id: int | None, phase: Phase | None) -> dict[int, Said]:
    labels = side_by_side(project, judge_id, phase=phase)
    lines = zip(
        labels.answer_ids.tolist(),
        labels.human.tolist(),
        labels.judge.tolist(),
        labels.scores.tolist(),
        strict=True,
    )
    return {
        answer_id: Said(
            ORDERED[human] if human >= 0 else None,
            ORDERED[judge] if judge >= 0 else None,
            score if score == score else None,
        )
        for answer_id, human, judge, score in lines
    }
