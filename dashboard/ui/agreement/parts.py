"""The parts below the first screen: one at a time, chosen in the address; what is hidden computes nothing."""

from collections.abc import Callable

from dashboard.errors import N_
from dashboard.ui.addressed import turn_to
from dashboard.ui.agreement.choice import Laboratory
from dashboard.ui.agreement.coefficients import draw_coefficients
from dashboard.ui.agreement.judges import draw_alternative, draw_comparison
from dashboard.ui.agreement.matrix import draw_matrix
from dashboard.ui.agreement.publish import draw_publish
from dashboard.ui.agreement.scores import draw_scores
from dashboard.ui.agreement.shares import draw_needed, draw_shares
from dashboard.ui.agreement.slicing import draw_phases, draw_slices, draw_time
from dashboard.ui.agreement.stages import draw_stages
from dashboard.ui.i18n import _

PARTS: dict[str, tuple[str, Callable[[Laboratory], None]]] = {
    "matrix": (N_("Confusion matrix"), draw_matrix),
    "scores": (N_("Scores"), draw_scores),
    "coefficients": (N_("Coefficients"), draw_coefficients),
    "slices": (N_("Slices"), draw_slices),
    "phases": (N_("Blind and revealed"), draw_phases),
    "judges": (N_("Two judges"), draw_comparison),
    "time": (N_("Time and versions"), draw_time),
    "alternative": (N_("In place of a person?"), draw_alternative),
    "shares": (N_("Share correct"), draw_shares),
    "needed": (N_("Labels needed"), draw_needed),
    "stages": (N_("Errors by stage"), draw_stages),
    "publish": (N_("Publish"), draw_publish),
}
"""Each part's title and what draws it, in order."""


def draw_part(lab: Laboratory) -> None:
    """Draw the row of parts and the one that is chosen."""
    chosen = turn_to(
        _("Part"), "part", list(PARTS), lambda code: _(PARTS[code][0]), forget=("cell", "stage", "outcome")
    )
    PARTS[chosen][1](lab)
