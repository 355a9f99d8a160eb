"""What is in the corpus, and taking more lectures in."""

import streamlit as st

from dashboard.ui.corpus import draw_ingest, draw_lectures, draw_state, draw_work
from dashboard.ui.frame import Visit, open_page
from dashboard.ui.i18n import _


def main(visit: Visit) -> None:
    st.title(_("Corpus"))
    draw_state(visit.project)
    work = st.container()
    lectures, ingest = st.tabs([_("Lectures"), _("Take lectures in")])
    with lectures:
        draw_lectures(visit.project)
    with ingest:
        draw_ingest(visit.project)
    with work:
        draw_work()


with open_page("corpus") as page:
    main(page)
