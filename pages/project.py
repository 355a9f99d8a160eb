"""Records in and out, and how this project is set up."""

import streamlit as st

from dashboard.roles import Role
from dashboard.ui.audit import draw_audit
from dashboard.ui.frame import Visit, open_page
from dashboard.ui.i18n import _
from dashboard.ui.people import draw_people
from dashboard.ui.project import draw_export, draw_import, draw_settings


def main(visit: Visit) -> None:
    st.title(_("Project"))
    names = [_("Import records"), _("Export records"), _("People"), _("Settings")]
    is_admin = visit.role.covers(Role.ADMIN)
    taking_in, giving_out, people, settings, *of_admins = st.tabs(
        [*names, _("Audit")] if is_admin else names, on_change="rerun", key="project.tab"
    )
    with taking_in:
        draw_import(visit.project)
    with giving_out:
        draw_export(visit.project)
    with people:
        draw_people(visit)
    with settings:
        draw_settings(visit.project)
    for tab in of_admins:
        with tab:
            if tab.open:
                draw_audit(visit.project)


with open_page("project") as page:
    main(page)
