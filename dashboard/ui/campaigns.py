"""The list of campaigns, and the ways between list, form and one campaign."""

import streamlit as st

from dashboard.campaigns import Campaign
from dashboard.services.campaigns import CampaignSummary, campaigns_of, list_campaigns
from dashboard.store.campaigns import Needs
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, moment, ngettext, number
from dashboard.ui.navigation import put_number
from dashboard.ui.text import plain

_ADDRESS = ("campaign", "new", "label", "judge_label", "annotator", "run", "tag", "text")
"""What the pages of campaigns keep in the address."""


def draw_list(visit: Visit) -> None:
    """Draw every campaign with how far it is, the newest first."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title(_("Campaigns"), width="content")
        st.button(
            _("New campaign"), icon=":material/add:", type="primary", on_click=open_form, key="campaigns.new"
        )
    found = list_campaigns(visit.project)
    if not found:
        st.info(
            _(
                "There is no campaign yet. A campaign says which answers are labelled, how often, by whom "
                "and in which order."
            ),
            icon=":material/checklist:",
        )
        return
    own = {one.campaign_id for one in campaigns_of(visit.project, visit.annotator)}
    for summary in found:
        _draw_line(visit, summary, is_own=summary.campaign.campaign_id in own)


def _draw_line(visit: Visit, summary: CampaignSummary, *, is_own: bool) -> None:
    campaign = summary.campaign
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch"):
                st.button(
                    f"**{plain(campaign.name)}**",
                    key=f"open-campaign-{campaign.campaign_id}",
                    type="tertiary",
                    on_click=open_campaign,
                    args=(campaign.campaign_id,),
                )
            draw_way_to_label(campaign, is_own=is_own, is_known=bool(visit.annotator))
        draw_needs(summary.needs)
        st.caption(
            " · ".join(
                (
                    state(campaign),
                    ngettext("{count} answer", "{count} answers", summary.needs.answers),
                    _("made by {name}, {moment}").format(
                        name=plain(campaign.created_by), moment=moment(campaign.created_at)
                    ),
                )
            )
        )


def draw_needs(needs: Needs) -> None:
    """Draw how many of the wanted labels were given."""
    given = needs.wanted - needs.left
    st.progress(
        given / needs.wanted if needs.wanted else 0.0,
        text=_("{given} of {wanted} labels").format(given=number(given), wanted=number(needs.wanted)),
    )


def draw_way_to_label(campaign: Campaign, *, is_own: bool, is_known: bool) -> None:
    """Draw the link to the campaign's queue; it is closed to the uninvited, and to all after the end."""
    is_open = campaign.closed_at is None
    st.page_link(
        "pages/annotate.py",
        label=_("Label answers"),
        icon=":material/edit_note:",
        query_params={"campaign": str(campaign.campaign_id)},
        disabled=not is_open or (is_known and not is_own),
        help=None if is_own or not (is_open and is_known) else _("You are not among those invited."),
    )


def state(campaign: Campaign) -> str:
    """Return whether a campaign runs, as a badge."""
    if campaign.closed_at is None:
        return ":green-badge[" + _("open") + "]"
    return ":gray-badge[" + _("ended") + "]"


def open_campaign(campaign_id: int | None) -> None:
    """Put a campaign into the address, and nothing else; None for the list of all."""
    for name in _ADDRESS:
        st.query_params.pop(name, None)
    put_number("campaign", campaign_id)


def open_form() -> None:
    """Put the form for a new campaign into the address."""
    open_campaign(None)
    put_number("new", 1)


def draw_way_back() -> None:
    """Draw the way back to the list."""
    st.button(
        _("All campaigns"),
        icon=":material/arrow_back:",
        type="tertiary",
        on_click=open_campaign,
        args=(None,),
        key="campaigns.back",
    )
