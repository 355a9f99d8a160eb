"""What there is to see of the corpus: the map, the scores, the coverage, what says nearly the same."""

from collections.abc import Callable

import streamlit as st

from dashboard.errors import N_
from dashboard.services.corpus import counts
from dashboard.ui.addressed import turn_to
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _
from dashboard.ui.retrieval.map_coverage import draw_coverage
from dashboard.ui.retrieval.map_duplicates import draw_duplicates
from dashboard.ui.retrieval.map_places import draw_places
from dashboard.ui.retrieval.map_scores import draw_score_spreads

VIEWS: dict[str, tuple[str, Callable[[Visit], None]]] = {
    "places": (N_("Places"), draw_places),
    "scores": (N_("Scores of the hits"), draw_score_spreads),
    "coverage": (N_("Never retrieved"), draw_coverage),
    "duplicates": (N_("Nearly the same"), draw_duplicates),
}
"""Each view's title and what draws it, in order."""


def draw_map(visit: Visit) -> None:
    """Draw the row of views and the one that is chosen."""
    _videos, segments = counts(visit.project)
    if not segments:
        st.info(_("There is no segment yet. Take lectures in first."), icon=":material/inbox:")
        st.page_link("pages/corpus.py", label=_("Corpus"), icon=":material/video_library:")
        return
    chosen = turn_to(_("View"), "view", list(VIEWS), lambda code: _(VIEWS[code][0]), forget=("run",))
    VIEWS[chosen][1](visit)
