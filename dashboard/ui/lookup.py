"""What a campaign's people can look up while they label: its guidelines and how far they are."""

import streamlit as st

from dashboard.services.campaigns import guidelines
from dashboard.ui.campaign_progress import draw_own_progress
from dashboard.ui.i18n import _
from dashboard.ui.labels import hinted
from dashboard.ui.workplace import Workplace
from dashboard.ui.written import draw_written


def draw_guidelines(work: Workplace) -> None:
    """Draw the guidelines under which labels are given now, on demand; nothing outside of campaigns."""
    if work.campaign is None:
        return
    title = hinted(_("Guide"), "D")
    with st.popover(title, icon=":material/menu_book:", key="guidelines", on_change="rerun") as opened:
        if opened.open:
            newest = guidelines(work.visit.project, work.campaign.campaign_id)[-1]
            st.caption(_("Version {number}").format(number=newest.version))
            draw_written(newest.text or _("This campaign has no guidelines yet."))


def draw_mine(work: Workplace) -> None:
    """Draw the person's own figures in the campaign, on demand; nothing outside of campaigns."""
    if work.campaign is None:
        return
    title = hinted(_("Mine"), "P")
    with st.popover(title, icon=":material/insights:", key="own-progress", on_change="rerun") as opened:
        if opened.open:
            st.caption(_("My progress"))
            draw_own_progress(work.visit, work.campaign.campaign_id)
