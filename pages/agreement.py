"""How far judge and people agree, with intervals, and where they do not."""

import streamlit as st

from dashboard.ui.agreement import draw_choice, draw_disagreements, draw_figures, get_agreement
from dashboard.ui.charts import draw_confusion
from dashboard.ui.frame import Visit, open_page
from dashboard.ui.i18n import _


def main(visit: Visit) -> None:
    st.title(_("Agreement"))
    chosen = draw_choice(visit.project)
    if chosen is None:
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
    found = get_agreement(visit.project, chosen)
    draw_figures(found)
    left, right = st.columns(2, gap="large")
    with left:
        draw_confusion(found.report)
    with right:
        draw_disagreements(visit, found)


with open_page("agreement") as page:
    main(page)
