"""All answers, filtered and paged in the database, and everything about one of them."""

import streamlit as st

from dashboard.services.browsing import choices
from dashboard.ui.browsing import draw_filters, draw_list
from dashboard.ui.frame import Visit, open_page
from dashboard.ui.i18n import _
from dashboard.ui.navigation import chosen_answer
from dashboard.ui.record import draw_record
from dashboard.ui.runs import run_texts


def main(visit: Visit) -> None:
    answer_id = chosen_answer()
    if answer_id is not None:
        draw_record(visit, answer_id)
        return
    st.title(_("Explore"))
    offered = choices(visit.project)
    titles = run_texts(offered.runs)
    draw_list(visit, draw_filters(offered, titles), titles)


with open_page("explore") as page:
    main(page)
