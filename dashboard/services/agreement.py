"""How far judge and people agree: collecting the labels and handing them to the figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dashboard.agreement.humans import human_report
from dashboard.agreement.majority import majority
from dashboard.agreement.report import agreement_report
from dashboard.agreement.result import AgreementReport
from dashboard.errors import N_, NotFound
from dashboard.labels import ORDERED, Label, code
from dashboard.models import Judge, Phase
from dashboard.services.people import known_annotators
from dashboard.services.project import Project
from dashboard.store import judgements, verdicts

MISSING = -1


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Both sides' labels of every answer that has any, in ascending order of the answers.

    Attributes:
        answer_ids: Shape (n,).
        question_ids: The answers' questions, shape (n,).
        human: Codes 0..2 of the people's label, -1 where there is none, shape (n,).
        judge: Codes 0..2 of the judge's label, -1 where there is none, shape (n,).
        unscored: True where the judge's reply could not be read, shape (n,).
        ratings: Each person's codes, -1 for none, shape (n, people).
        people: Names, in the order of the columns of `ratings`.
        tied: Answers left out because people's labels are tied and nobody adjudicated.
    """

    answer_ids: npt.NDArray[np.int64]
    question_ids: npt.NDArray[np.int64]
    human: npt.NDArray[np.int64]
    judge: npt.NDArray[np.int64]
    unscored: npt.NDArray[np.bool_]
    ratings: npt.NDArray[np.int64]
    people: tuple[str, ...]
    tied: int

    @property
    def both(self) -> npt.NDArray[np.bool_]:
        """True where people and judge both gave a label, shape (n,)."""
        given: npt.NDArray[np.bool_] = (self.human != MISSING) & (self.judge != MISSING)
        return given


def list_judges(project: Project) -> list[tuple[Judge, int]]:
    """Return every judge with its number of judgements, the one with most first."""
    with project.store.read() as session:
        return judgements.list_judges(session)


def find_judge(project: Project, name: str = "") -> Judge | None:
    """Return the judge of that name or number, or without one the judge with most judgements, if any.

    Raises:
        NotFound: There is no such judge, or the name is that of several; the message lists them.
    """
    judges = [judge for judge, _ in list_judges(project)]
    if not name:
        return judges[0] if judges else None
    found = [judge for judge in judges if name in (judge.config.name, str(judge.judge_id))]
    if len(found) == 1:
        return found[0]
    if not judges:
        raise NotFound(
            N_("There is no judge “{found}”: nothing was judged yet. Import records with judgements."),
            found=name,
        )
    known = ", ".join(describe_judge(judge) for judge in found or judges)
    if found:
        raise NotFound(
            N_("Several judges are called {found}. Choose one by its number: {known}."),
            found=name,
            known=known,
        )
    raise NotFound(N_("There is no judge “{found}”. Choose one of: {known}."), found=name, known=known)


def describe_judge(judge: Judge) -> str:
    """Return a judge's number and name, with what tells it apart from others of that name."""
    config = judge.config
    return " · ".join(
        part for part in (str(judge.judge_id), config.name, config.model, config.prompt_version) if part
    )


def side_by_side(
    project: Project, judge_id: int | None, annotator: str = "", phase: Phase | None = Phase.BLIND
) -> SideBySide:
    """Put people's and judge's labels side by side.

    The people's label is the adjudicated one, else the majority of the labels that count; when one annotator
    is chosen it is that person's.

    Args:
        project: Where the labels are.
        judge_id: The judge; None leaves the judge's side empty.
        annotator: One person; empty for all.
        phase: Labels given in this phase count; None for the newest of any.
    """
    with project.store.read() as session:
        labels = verdicts.person_labels(session, phase, annotator)
        agreed = {} if annotator else verdicts.agreed_labels(session)
        judged = verdicts.judge_labels(session, judge_id) if judge_id is not None else []
        questions = verdicts.questions_of_answers(session)
    answer_ids = sorted({*agreed, *(one.answer_id for one in judged), *(one.answer_id for one in labels)})
    place = {answer_id: index for index, answer_id in enumerate(answer_ids)}
    people = tuple(sorted({one.annotator for one in labels}))
    column = {name: index for index, name in enumerate(people)}

    judge = np.full(len(answer_ids), MISSING, dtype=np.int64)
    unscored = np.zeros(len(answer_ids), dtype=np.bool_)
    ratings = np.full((len(answer_ids), len(people)), MISSING, dtype=np.int64)
    for one in labels:
        ratings[place[one.answer_id], column[one.annotator]] = code(one.label)
    human = majority(ratings, len(ORDERED)).chosen
    for answer_id, label in agreed.items():
        human[place[answer_id]] = code(label)
    for verdict in judged:
        index = place[verdict.answer_id]
        unscored[index] = verdict.label is None
        judge[index] = MISSING if verdict.label is None else code(verdict.label)
    return SideBySide(
        answer_ids=np.array(answer_ids, dtype=np.int64),
        question_ids=np.array([questions.get(one, 0) for one in answer_ids], dtype=np.int64),
        human=human,
        judge=judge,
        unscored=unscored,
        ratings=ratings,
        people=people,
        tied=int(((ratings != MISSING).any(axis=1) & (human == MISSING)).sum()),
    )


def judge_agreement(labels: SideBySide) -> AgreementReport:
    """Return every figure between the people and the judge."""
    return agreement_report(
        labels.human,
        labels.judge,
        categories=[label.value for label in ORDERED],
        unscored=labels.unscored,
        clusters=labels.question_ids,
    )


def human_agreement(labels: SideBySide) -> AgreementReport:
    """Return the same figures between the annotators."""
    return human_report(
        labels.ratings, categories=[label.value for label in ORDERED], clusters=labels.question_ids
    )


def figures(project: Project, judge: str = "", annotator: str = "", phase: str = "blind") -> dict[str, Any]:
    """Return every figure as the command line prints it.

    Args:
        project: Where the labels are.
        judge: Name of the judge; empty for the one with most judgements.
        annotator: One person; empty for all.
        phase: `blind`, `revealed` or `any`.

    Raises:
        NotFound: There is no such judge, annotator or phase.
    """
    phases = {"blind": Phase.BLIND, "revealed": Phase.REVEALED, "any": None}
    if phase not in phases:
        raise NotFound(
            N_("There is no phase {found}. Choose one of: {known}."), found=phase, known=", ".join(phases)
        )
    people = known_annotators(project)
    if annotator and not people:
        raise NotFound(N_("There is no annotator “{found}”: nobody has labelled yet."), found=annotator)
    if annotator and annotator not in people:
        raise NotFound(
            N_("There is no annotator “{found}”. Choose one of: {known}."),
            found=annotator,
            known=", ".join(people),
        )
    chosen = find_judge(project, judge)
    labels = side_by_side(project, chosen.judge_id if chosen else None, annotator, phases[phase])
    found = judge_agreement(labels).to_json()
    return {
        "judge": chosen.config.name if chosen else None,
        "annotator": annotator or None,
        "phase": phase,
        **found,
        "counts": {**found["counts"], "tied": labels.tied},
        "humans": human_agreement(labels).to_json(),
    }


def in_words(found: Mapping[str, Any]) -> str:
    """Return the main figures as lines of text."""
    names = ("percent", "kappa_linear", "kappa", "kappa_quadratic", "gwet_ac2_linear", "alpha_ordinal")
    lines = [f"judge {found['judge'] or '-'}, phase {found['phase']}, n = {found['n']}"]
    for name in names:
        figure = found[name]
        value, low, high = (
            "-" if figure[part] is None else f"{figure[part]:.3f}" for part in ("value", "low", "high")
        )
        lines.append(f"{name:<16} {value:>6}  [{low}, {high}]  {figure.get('reason', '')}".rstrip())
    return "\n".join(lines)


def disagreements(labels: SideBySide) -> list[tuple[int, Label, Label]]:
    """Return the answers on which people and judge differ, the farthest apart first.

    Returns:
        Answer, people's label, judge's label.
    """
    index = np.flatnonzero(labels.both & (labels.human != labels.judge))
    distance = np.abs(labels.human[index] - labels.judge[index])
    return [
        (int(labels.answer_ids[one]), ORDERED[labels.human[one]], ORDERED[labels.judge[one]])
        for one in index[np.argsort(-distance, kind="stable")]
    ]
