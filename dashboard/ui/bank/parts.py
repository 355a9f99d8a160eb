"""The parts of the page: one at a time, chosen in the address; what is hidden computes nothing."""

from collections.abc import Callable

from dashboard.errors import N_
from dashboard.ui.addressed import turn_to
from dashboard.ui.bank.address import ALIKE, ANSWER, IMPORT, LIST, PART
from dashboard.ui.bank.alike import draw_alike
from dashboard.ui.bank.answering import draw_answering
from dashboard.ui.bank.questions import draw_questions
from dashboard.ui.bank.taking_in import draw_import
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _

PARTS: dict[str, tuple[str, Callable[[Visit], None]]] = {
    LIST: (N_("Questions"), draw_questions),
    ANSWER: (N_("Answer as a run"), draw_answering),
    IMPORT: (N_("Import"), draw_import),
    ALIKE: (N_("Duplicates"), draw_alike),
}
"""Each part's title and what draws it, in order."""


def draw_part(visit: Visit) -> None:
    """Draw the row of parts and the one that is chosen."""
    chosen = turn_to(_("Part"), PART, list(PARTS), lambda code: _(PARTS[code][0]), forget=("page",))
    PARTS[chosen][1](visit)
