"""How good retrieval is, what another would find, why answers failed, and a better encoder from labels."""

import streamlit as st

from dashboard.ui.frame import Visit, open_page
from dashboard.ui.i18n import _
from dashboard.ui.retrieval.parts import draw_part


def main(visit: Visit) -> None:
    st.title(_("Retrieval"))
    draw_part(visit)


with open_page("retrieval") as page:
    main(page)
