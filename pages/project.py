"""Records in and out, and how this project is set up."""

import streamlit as st

from dashboard.ui.frame import Visit, open_page
from dashboard.ui.i18n import _
from dashboard.ui.people import draw_people
from dashboard.ui.project import draw_export, draw_import, draw_settings


def main(visit: Visit) -> None:
    st.title(_("Project"))
    taking_in, giving_out, people, settings = st.tabs(
        [_("Import records"), _("Export records"), _("People"), _("Settings")]
    )
    with taking_in:
        draw_import(visit.project)
    with giving_out:
        draw_export(visit.project)
    with people:
        draw_people(visit)
    with settings:
        draw_settings(visit.project)


with open_page("project") as page:
    main(page)
