"""What a person has been shown: whoever has seen a verdict on an answer no longer labels it blind."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.models import Annotation, Judgement
from dashboard.roles import Role
from dashboard.services import access
from dashboard.services.access import needs
from dashboard.services.project import Project
from dashboard.store import annotations, exposure, judgements, turns
from dashboard.store.people import annotator_id


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What others said of an answer: the judges, and what each other person's newest event says."""

    judgements: list[Judgement]
    people: list[Annotation]


@needs(Role.ANNOTATOR, own="annotator")
def note_exposure(project: Project, annotator: str, answer_ids: Sequence[int]) -> None:
    """Remember that a person is being shown the verdicts on these answers; without a name, nothing."""
    if not annotator:
        return
    access.check_reach(project, answer_ids, "exposure.reveal")
    with project.store.read() as session:
        new = exposure.not_yet_seen(session, annotator, answer_ids)
    if new:
        with project.store.write() as session:
            exposure.add_exposure(session, annotator, new)
            turns.close_repeats(session, annotator_id(session, annotator), new)


@needs(Role.ANNOTATOR, own="annotator")
def reveal(project: Project, annotator: str, answer_id: int) -> Verdicts:
    """Return what others said of an answer, once it is on record that this person has been shown it."""
    note_exposure(project, annotator, [answer_id])
    with project.store.read() as session:
        people = annotations.standing(annotations.history(session, answer_id))
        return Verdicts(
            judgements=judgements.judgements_of(session, [answer_id]).get(answer_id, []),
            people=[event for name, event in sorted(people.items()) if name != annotator],
        )
