"""How far judge and people agree, with intervals, and where they do not."""

import streamlit as st

from dashboard.ui.agreement.choice import open_laboratory
from dashboard.ui.agreement.headline import draw_headline
from dashboard.ui.agreement.parts import draw_part
from dashboard.ui.frame import Visit, open_page
from dashboard.ui.i18n import _


def main(visit: Visit) -> None:
    st.title(_("Agreement"))
    lab = open_laboratory(visit)
    if lab is None:
        st.info(
            _("No judge has judged anything yet. Let one judge, or import records that hold judgements."),
            icon=":material/inbox:",
        )
        st.page_link(
            "pages/judge.py",
            label=_("Let a judge judge"),
            icon=":material/smart_toy:",
            query_params={"part": "new"},
        )
        st.page_link("pages/project.py", label=_("Import records"), icon=":material/folder_open:")
        return
    draw_headline(lab)
    draw_part(lab)


with open_page("agreement") as page:
    main(page)
