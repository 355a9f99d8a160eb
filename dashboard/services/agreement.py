"""How far judge and people agree: collecting the labels and handing them to the figures."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dashboard.agreement.alt_test import EPSILON, AltTest, Score, alt_test
from dashboard.agreement.auc import auc
from dashboard.agreement.compare import Comparison, compare_judges
from dashboard.agreement.corrected import CorrectedRate, corrected_rate
from dashboard.agreement.cut_points import CutPoints, cut_points
from dashboard.agreement.figure import Figure
from dashboard.agreement.humans import human_report
from dashboard.agreement.majority import majority
from dashboard.agreement.report import agreement_report
from dashboard.agreement.resampling import RESAMPLES, SEED
from dashboard.agreement.result import AgreementReport
from dashboard.agreement.table import MISSING
from dashboard.errors import N_, NotFound, RecordError
from dashboard.labels import ORDERED, STYLES, Label, code
from dashboard.models import Judge, Phase
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.project import Project
from dashboard.store import judgements, verdicts

CATEGORIES = tuple(label.value for label in ORDERED)
"""The categories of every project, lowest first."""


@dataclass(frozen=True, slots=True)
class Method:
    """How figures are computed.

    Attributes:
        epsilon: How far the judge may fall short in the alternative-annotator test.
        alt_score: How that test measures closeness.
        resamples: Bootstrap resamples.
        seed: Seed of the bootstrap.
    """

    epsilon: float = EPSILON
    alt_score: Score = "accuracy"
    resamples: int = RESAMPLES
    seed: int = SEED


DEFAULT = Method()


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Both sides' labels of every answer that has any, in ascending order of the answers.

    Attributes:
        answer_ids: Shape (n,).
        question_ids: The answers' questions, shape (n,).
        human: Codes of the people's label, -1 where there is none, shape (n,).
        judge: Codes of the judge's label, -1 where there is none, shape (n,).
        unscored: True where the judge's reply could not be read, shape (n,).
        scores: The judge's score, NaN where there is none, shape (n,).
        ratings: Each person's codes, -1 for none, shape (n, people).
        people: Names, in the order of the columns of `ratings`.
        tied: Answers left out because people's labels are tied and nobody adjudicated.
        categories: The names behind the codes, lowest first.
    """

    answer_ids: npt.NDArray[np.int64]
    question_ids: npt.NDArray[np.int64]
    human: npt.NDArray[np.int64]
    judge: npt.NDArray[np.int64]
    unscored: npt.NDArray[np.bool_]
    scores: npt.NDArray[np.float64]
    ratings: npt.NDArray[np.int64]
    people: tuple[str, ...]
    tied: int
    categories: tuple[str, ...] = CATEGORIES

    @property
    def both(self) -> npt.NDArray[np.bool_]:
        """True where people and judge both gave a label, shape (n,)."""
        given: npt.NDArray[np.bool_] = (self.human != MISSING) & (self.judge != MISSING)
        return given


@needs(Role.RESEARCHER)
def list_judges(project: Project) -> list[tuple[Judge, int]]:
    """Return every judge with its number of judgements, the one with most first."""
    with project.store.read() as session:
        return judgements.list_judges(session)


@needs(Role.RESEARCHER)
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


@needs(Role.RESEARCHER)
def side_by_side(
    project: Project,
    judge_id: int | None,
    annotator: str = "",
    phase: Phase | None = Phase.BLIND,
    campaign: str | None = None,
) -> SideBySide:
    """Put people's and judge's labels side by side.

    The people's label is the adjudicated one, else the majority of the labels that count; when one annotator
    is chosen it is that person's.

    Args:
        project: Where the labels are.
        judge_id: The judge; None leaves the judge's side empty.
        annotator: One person; empty for all.
        phase: Labels given in this phase count; None for the newest of any.
        campaign: People's labels given in the campaign of this name count; None for all.
    """
    with project.store.read() as session:
        labels = verdicts.person_labels(session, phase, annotator, campaign)
        agreed = {} if annotator else verdicts.agreed_labels(session)
        judged = verdicts.judge_labels(session, judge_id) if judge_id is not None else []
        questions = verdicts.questions_of_answers(session)
    answer_ids = sorted({*agreed, *(one.answer_id for one in judged), *(one.answer_id for one in labels)})
    place = {answer_id: index for index, answer_id in enumerate(answer_ids)}
    people = tuple(sorted({one.annotator for one in labels}))
    column = {name: index for index, name in enumerate(people)}

    judge = np.full(len(answer_ids), MISSING, dtype=np.int64)
    unscored = np.zeros(len(answer_ids), dtype=np.bool_)
    scores = np.full(len(answer_ids), np.nan)
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
        scores[index] = np.nan if verdict.score is None else verdict.score
    return SideBySide(
        answer_ids=np.array(answer_ids, dtype=np.int64),
        question_ids=np.array([questions.get(one, 0) for one in answer_ids], dtype=np.int64),
        human=human,
        judge=judge,
        unscored=unscored,
        scores=scores,
        ratings=ratings,
        people=people,
        tied=int(((ratings != MISSING).any(axis=1) & (human == MISSING)).sum()),
    )


@needs(Role.RESEARCHER)
def codes_of(project: Project, labels: SideBySide, judge_id: int) -> npt.NDArray[np.int64]:
    """Return another judge's codes on the same answers, -1 where it has none."""
    with project.store.read() as session:
        judged = verdicts.judge_labels(session, judge_id)
    given = {one.answer_id: code(one.label) for one in judged if one.label is not None}
    return np.array([given.get(one, MISSING) for one in labels.answer_ids.tolist()], dtype=np.int64)


def judge_agreement(labels: SideBySide, method: Method = DEFAULT) -> AgreementReport:
    """Return every figure between the people and the judge."""
    return agreement_report(
        labels.human,
        labels.judge,
        categories=labels.categories,
        unscored=labels.unscored,
        clusters=labels.question_ids,
        resamples=method.resamples,
        seed=method.seed,
    )


def human_agreement(labels: SideBySide, method: Method = DEFAULT) -> AgreementReport:
    """Return the same figures between the annotators, the most that a judge can be asked for."""
    return human_report(
        labels.ratings,
        categories=labels.categories,
        clusters=labels.question_ids,
        resamples=method.resamples,
        seed=method.seed,
    )


def alternative_annotator(labels: SideBySide, method: Method = DEFAULT) -> AltTest:
    """Test whether the judge may stand in for one of the people.

    Raises:
        RecordError: Differences are asked for, but the categories are no numbers.
    """
    return alt_test(
        labels.ratings,
        labels.judge,
        values=_numbers(labels.categories, method.alt_score),
        annotators=labels.people,
        score=method.alt_score,
        epsilon=method.epsilon,
        clusters=labels.question_ids,
        resamples=method.resamples,
        seed=method.seed,
    )


def corrected_share(labels: SideBySide) -> CorrectedRate:
    """Estimate the share of the highest category, such as correct, from people and judge."""
    return corrected_rate(
        labels.human, labels.judge, categories=labels.categories, clusters=labels.question_ids
    )


def score_area(labels: SideBySide) -> Figure:
    """Return how well the judge's score, or its label where it has none, tells the best answers apart."""
    scores = labels.scores
    if np.isnan(scores).all():
        scores = np.where(labels.judge == MISSING, np.nan, labels.judge)
    known = labels.human != MISSING
    best = labels.human == len(labels.categories) - 1
    return auc(scores[known], best[known], labels.question_ids[known])


def score_cuts(labels: SideBySide, method: Method = DEFAULT) -> CutPoints:
    """Choose where the judge's score is best cut into labels."""
    return cut_points(
        labels.scores,
        labels.human,
        categories=labels.categories,
        clusters=labels.question_ids,
        resamples=method.resamples,
        seed=method.seed,
    )


def judges_compared(labels: SideBySide, other: npt.NDArray[np.int64], method: Method = DEFAULT) -> Comparison:
    """Return how the judge differs from another one, whose codes on the same answers are given."""
    return compare_judges(
        labels.human,
        labels.judge,
        other,
        categories=labels.categories,
        clusters=labels.question_ids,
        resamples=method.resamples,
        seed=method.seed,
    )


def _numbers(categories: tuple[str, ...], score: Score) -> list[float]:
    if categories == CATEGORIES:
        return [STYLES[label].number for label in ORDERED]
    try:
        return [float(category) for category in categories]
    except ValueError:
        if score == "neg_rmse":
            raise RecordError(
                N_("neg_rmse needs categories that are numbers: found {found}. Use accuracy."),
                found=", ".join(categories),
            ) from None
        return [float(place) for place in range(len(categories))]


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
