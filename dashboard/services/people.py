"""The people who label."""

from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.project import Project
from dashboard.store import people


@needs(Role.RESEARCHER)
def known_annotators(project: Project) -> list[str]:
    """Return every annotator's name, in alphabetical order."""
    with project.store.read() as session:
        return people.list_annotators(session)
