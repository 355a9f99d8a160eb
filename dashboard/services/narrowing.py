"""Which labels are compared: those of a judge and of people, on the answers that somebody asks about."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dashboard.agreement.table import MISSING
from dashboard.models import Phase
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.agreement import SideBySide, side_by_side
from dashboard.services.project import Project
from dashboard.store import browse, campaigns
from dashboard.store.browse import AnswerFilter


@dataclass(frozen=True, slots=True)
class Choice:
    """Which labels are compared, and on which answers.

    Attributes:
        judge_id: The judge; None leaves its side empty.
        annotator: One person; empty for all.
        phase: Labels given in this phase; empty for the newest label of any.
        campaign_id: Only answers of this campaign and labels given in it.
        run_id: Only answers of this run.
        tag: Only answers to questions with this tag.
    """

    judge_id: int | None
    annotator: str = ""
    phase: str = "blind"
    campaign_id: int | None = None
    run_id: int | None = None
    tag: str = ""

    @property
    def of_phase(self) -> Phase | None:
        """The phase, None for any."""
        return Phase(self.phase) if self.phase else None


@needs(Role.RESEARCHER)
def labels_of(project: Project, choice: Choice) -> SideBySide:
    """Return both sides' labels on the chosen answers.

    Raises:
        NotFound: There is no such campaign.
    """
    campaign, wanted = campaign_name(project, choice), _wanted(project, choice)
    labels = side_by_side(project, choice.judge_id, choice.annotator, choice.of_phase, campaign)
    if wanted is None:
        return labels
    return keep(labels, np.isin(labels.answer_ids, sorted(wanted)))


@needs(Role.RESEARCHER)
def campaign_name(project: Project, choice: Choice) -> str | None:
    """Return the name of the chosen campaign, None where none is chosen."""
    if choice.campaign_id is None:
        return None
    with project.store.read() as session:
        return campaigns.get_campaign(session, choice.campaign_id).name


@needs(Role.RESEARCHER)
def known_campaigns(project: Project) -> dict[int, str]:
    """Return the name of every campaign, the newest first."""
    with project.store.read() as session:
        return {one.campaign_id: one.name for one in campaigns.list_campaigns(session)}


def _wanted(project: Project, choice: Choice) -> set[int] | None:
    """Return the answers that campaign, run and tag leave, None for all."""
    wanted: set[int] | None = None
    with project.store.read() as session:
        if choice.run_id is not None or choice.tag:
            wanted = set(browse.all_answers(session, AnswerFilter(run_id=choice.run_id, tag=choice.tag)))
        if choice.campaign_id is not None:
            items = set(campaigns.answers_of(session, choice.campaign_id))
            wanted = items if wanted is None else wanted & items
    return wanted


def keep(labels: SideBySide, where: npt.NDArray[np.bool_]) -> SideBySide:
    """Return the labels of some answers only, and of the people who labelled any of them."""
    ratings = labels.ratings[where]
    columns = (ratings != MISSING).any(axis=0)
    human = labels.human[where]
    return replace(
        labels,
        answer_ids=labels.answer_ids[where],
        question_ids=labels.question_ids[where],
        human=human,
        judge=labels.judge[where],
        unscored=labels.unscored[where],
        scores=labels.scores[where],
        ratings=ratings[:, columns],
        people=tuple(name for name, is_kept in zip(labels.people, columns, strict=True) if is_kept),
        tied=int(((ratings != MISSING).any(axis=1) & (human == MISSING)).sum()),
    )
