"""The parts of the page: one at a time, chosen in the address; what is hidden computes nothing."""

from collections.abc import Callable

from dashboard.errors import N_
from dashboard.ui.addressed import turn_to
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _
from dashboard.ui.retrieval.compare import draw_compare
from dashboard.ui.retrieval.failures import draw_failures
from dashboard.ui.retrieval.map import draw_map
from dashboard.ui.retrieval.measure import draw_measure
from dashboard.ui.retrieval.runs import draw_runs
from dashboard.ui.retrieval.tune import draw_tune

PARTS: dict[str, tuple[str, Callable[[Visit], None]]] = {
    "measure": (N_("Measure"), draw_measure),
    "compare": (N_("Compare"), draw_compare),
    "runs": (N_("Two runs"), draw_runs),
    "map": (N_("Map"), draw_map),
    "failures": (N_("Why it failed"), draw_failures),
    "tune": (N_("Tune"), draw_tune),
}
"""Each part's title and what draws it, in order."""


def draw_part(visit: Visit) -> None:
    """Draw the row of parts and the one that is chosen."""
    chosen = turn_to(_("Part"), "part", list(PARTS), lambda code: _(PARTS[code][0]))
    PARTS[chosen][1](visit)
