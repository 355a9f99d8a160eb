"""The question bank: its questions, changed and taken in, those that mean the same, and answering them."""

import streamlit as st

from dashboard.ui.bank.editing import draw_question, is_one_chosen
from dashboard.ui.bank.parts import draw_part
from dashboard.ui.frame import Visit, open_page
from dashboard.ui.i18n import _


def main(visit: Visit) -> None:
    st.title(_("Questions"))
    if is_one_chosen():
        draw_question(visit)
    else:
        draw_part(visit)


with open_page("questions") as page:
    main(page)
