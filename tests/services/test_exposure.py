"""A label counts as blind only while its giver has seen no verdict."""

from dashboard.labels import Label
from dashboard.models import Phase
from dashboard.services.desk import Place
from dashboard.services.exposure import note_exposure
from dashboard.services.labelling import Response, respond
from dashboard.services.project import Project
from dashboard.store import annotations


def phases(project: Project, answer_id: int) -> dict[str, Phase]:
    with project.store.read() as session:
        return {one.annotator: one.phase for one in annotations.history(session, answer_id)}


def give(project: Project, answer_id: int, annotator: str) -> None:
    respond(
        project,
        Place(answer_id),
        Response(label=Label.CORRECT),
        event_id=f"{annotator}-{answer_id}",
        annotator=annotator,
    )


def test_a_label_after_the_verdicts_were_shown_is_revealed_for_that_person_only(answered: Project) -> None:
    note_exposure(answered, "Ana", [1])
    give(answered, 1, "Ana")
    give(answered, 1, "Bia")
    give(answered, 2, "Ana")
    assert phases(answered, 1) == {"Ana": Phase.REVEALED, "Bia": Phase.BLIND}
    assert phases(answered, 2) == {"Ana": Phase.BLIND}


def test_being_shown_again_writes_nothing(answered: Project) -> None:
    note_exposure(answered, "Ana", [1, 2])
    before = answered.store.revision()
    note_exposure(answered, "Ana", [2, 1])
    assert answered.store.revision() == before


def test_looking_without_a_name_leaves_nothing(answered: Project) -> None:
    before = answered.store.revision()
    note_exposure(answered, "", [1, 2])
    assert answered.store.revision() == before
