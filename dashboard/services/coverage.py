"""What of the corpus the retriever ever brings up."""

from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.project import Project
from dashboard.store import coverage
from dashboard.store.coverage import CoverageTotals, LectureCoverage


@needs(Role.RESEARCHER)
def coverage_totals(project: Project, run_id: int | None = None) -> CoverageTotals:
    """Return how much of the corpus was ever a hit: of all stored answers, or of those of one run."""
    with project.store.read() as session:
        return coverage.coverage_totals(session, run_id)


@needs(Role.RESEARCHER)
def lecture_coverage(
    project: Project, page: int, size: int, run_id: int | None = None, *, never: bool
) -> list[LectureCoverage]:
    """Return a page, counted from 1, of the lectures never retrieved, or of all, least covered first."""
    with project.store.read() as session:
        return coverage.lecture_coverage(session, (page - 1) * size, size, run_id, never=never)
