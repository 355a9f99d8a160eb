"""The people who label."""

from dashboard.services.project import Project
from dashboard.store import people


def known_annotators(project: Project) -> list[str]:
    """Return every annotator's name, in alphabetical order."""
    with project.store.read() as session:
        return people.list_annotators(session)
