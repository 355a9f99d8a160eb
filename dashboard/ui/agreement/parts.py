"""The parts below the first screen: one at a time, chosen in the address; what is hidden computes nothing."""

from collections.abc import Callable

from dashboard.errors import N_
from dashboard.ui.addressed import turn_to
from dashboard.ui.agreement.choice import Laboratory
from dashboard.ui.agreement.coefficients import draw_coefficients
from dashboard.ui.agreement.matrix import draw_matrix
from dashboard.ui.i18n import _

PARTS: dict[str, tuple[str, Callable[[Laboratory], None]]] = {
    "matrix": (N_("Confusion matrix"), draw_matrix),
    "coefficients": (N_("Coefficients"), draw_coefficients),
}
"""Each part's title and what draws it, in order."""


def draw_part(lab: Laboratory) -> None:
    """Draw the row of parts and the one that is chosen."""
    chosen = turn_to(_("Part"), "part", list(PARTS), lambda code: _(PARTS[code][0]))
    PARTS[chosen][1](lab)
