"""Labelling: what waits for a person, and keeping what the person says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboard.labels import Label
from dashboard.models import Annotation, Answer, Judgement, NewAnnotation, Phase
from dashboard.services.entered import check_entered
from dashboard.services.project import Project
from dashboard.store import annotations, answers, exposure, judgements, queue


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies before a person: an answer, the person's label on it, and how far the person is.

    `answer` is None when everything that was sent to annotation is labelled.
    """

    answer: Answer | None
    own: Annotation | None
    progress: queue.Progress


def sit_down(project: Project, annotator: str, answer_id: int | None = None, after: int = 0) -> Desk:
    """Return the answer to look at now.

    Args:
        project: Where the answers are.
        annotator: Whose turn it is.
        answer_id: A certain answer; None for the next that waits.
        after: Start looking above this answer, so that a skipped one is not handed out again at once.

    Raises:
        NotFound: The certain answer is not there.
    """
    with project.store.read() as session:
        if answer_id is None:
            answer_id = queue.next_unlabelled(session, annotator, after)
        progress = queue.progress(session, annotator)
        if answer_id is None:
            return Desk(None, None, progress)
        answer = answers.get_answer(session, answer_id)
        own = annotations.current(annotations.history(session, answer_id)).get(annotator)
    return Desk(answer, own, progress)


def previous(project: Project, answer_id: int) -> int | None:
    """Return the answer before this one in the queue, None at its beginning."""
    with project.store.read() as session:
        return queue.previous_queued(session, answer_id)


def save_label(
    project: Project,
    answer_id: int,
    *,
    event_id: str,
    annotator: str,
    label: Label,
    note: str = "",
    seconds: float | None = None,
) -> bool:
    """Keep a person's label; False when this very event was kept before.

    A label is `blind` as long as this person has not been shown what a judge, or anybody else, said of the
    answer. The judge's output is shown from a person's first label on, so every later one is `revealed`.

    Raises:
        NotFound: The answer is not there.
        RecordError: The name or the note cannot be stored; the message says why.
        StoreError: It could not be kept; nothing was changed.
    """
    new = NewAnnotation(event_id, annotator, label, Phase.BLIND, note, seconds)
    check_entered(new)
    with project.store.write() as session:
        earlier = annotations.current(annotations.history(session, answer_id)).get(annotator)
        if earlier is not None or exposure.has_seen(session, annotator, answer_id):
            new = replace(new, phase=Phase.REVEALED)
        return annotations.add_annotation(session, answer_id, new)


def note_exposure(project: Project, annotator: str, answer_ids: Sequence[int]) -> None:
    """Remember that a person is being shown the verdicts on these answers; without a name, nothing."""
    if not annotator:
        return
    with project.store.read() as session:
        new = exposure.not_yet_seen(session, annotator, answer_ids)
    if new:
        with project.store.write() as session:
            exposure.add_exposure(session, annotator, new)


def send_to_annotation(project: Project, answer_id: int) -> None:
    """Put an answer among those that wait for labels."""
    with project.store.write() as session:
        answers.send_to_annotation(session, answer_id)


def verdicts(project: Project, answer_id: int) -> list[Judgement]:
    """Return what the judges said of an answer, for those who have labelled it."""
    with project.store.read() as session:
        return judgements.judgements_of(session, [answer_id]).get(answer_id, [])
