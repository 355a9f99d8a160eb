"""The people who label."""

from dashboard.services.project import Project
from dashboard.store import people


def number_of(project: Project, name: str) -> int | None:
    """Return the number of the annotator of that name, None while nothing was stored for them."""
    with project.store.read() as session:
        return people.find_annotator(session, name)


def known_annotators(project: Project) -> list[str]:
    """Return every annotator's name, in alphabetical order."""
    with project.store.read() as session:
        return people.list_annotators(session)
