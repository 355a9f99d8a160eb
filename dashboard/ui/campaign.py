"""One campaign: how far it is, its guidelines and its rules."""

import difflib

import streamlit as st

from dashboard.campaigns import ORDER_TEXTS, Campaign, Guidelines
from dashboard.services.campaigns import (
    CampaignSummary,
    campaigns_of,
    change_guidelines,
    get_campaign,
    guidelines,
    set_closed,
)
from dashboard.ui.actions import guarded
from dashboard.ui.campaign_progress import draw_progress
from dashboard.ui.campaigns import draw_needs, draw_way_back, draw_way_to_label, state
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, moment, number, percent
from dashboard.ui.new_campaign import draw_editor
from dashboard.ui.text import plain
from dashboard.ui.written import draw_written


def draw_campaign(visit: Visit, campaign_id: int) -> None:
    """Draw one campaign; who made it sees everybody's part, anybody else their own."""
    draw_way_back()
    summary = get_campaign(visit.project, campaign_id)
    campaign = summary.campaign
    is_owner = bool(visit.annotator) and visit.annotator == campaign.created_by
    own = {one.campaign_id for one in campaigns_of(visit.project, visit.annotator)}
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(plain(campaign.name), width="content", anchor=False)
        st.markdown(state(campaign), width="content")
        draw_way_to_label(campaign, is_own=campaign_id in own, is_known=bool(visit.annotator))
    draw_needs(summary.needs)
    progress, guide, rules = st.tabs([_("Progress"), _("Guidelines"), _("Rules")], key="campaign.tabs")
    with progress:
        draw_progress(visit, campaign, is_owner=is_owner)
    with guide:
        _draw_guidelines(visit, campaign, is_owner=is_owner)
    with rules:
        _draw_rules(visit, summary, is_owner=is_owner)


def _draw_guidelines(visit: Visit, campaign: Campaign, *, is_owner: bool) -> None:
    versions = guidelines(visit.project, campaign.campaign_id)
    newest = versions[-1]
    st.caption(_version_title(newest))
    if newest.text.strip():
        with st.container(border=True):
            draw_written(newest.text)
    else:
        st.info(_("This campaign has no guidelines yet."), icon=":material/menu_book:")
    if is_owner:
        with st.expander(_("Write a new version"), icon=":material/edit:", key="campaign.editing"):
            _draw_new_version(visit, campaign, newest)
    else:
        st.caption(_("Who made the campaign can change them."))
    if len(versions) > 1:
        st.subheader(_("Versions"))
        for before, after in reversed(list(zip(versions, versions[1:], strict=False))):
            with st.expander(_version_title(after)):
                st.code(difference(before.text, after.text), language="diff", wrap_lines=True)
        with st.expander(_version_title(versions[0])):
            draw_written(versions[0].text or _("empty"))


def _draw_new_version(visit: Visit, campaign: Campaign, newest: Guidelines) -> None:
    key, base = f"campaign.text-{campaign.campaign_id}", f"campaign.base-{campaign.campaign_id}"
    begun = st.session_state.get(base)
    if key not in st.session_state or st.session_state[key] == begun:
        st.session_state[key] = st.session_state[base] = newest.text
    elif begun != newest.text:
        st.warning(
            _("Another version was stored while you were writing. Compare before you store yours."),
            icon=":material/warning:",
        )
    text = draw_editor(key)
    st.caption(_("Labels given from then on carry the new version; those given before keep theirs."))
    st.button(
        _("Store as version {number}").format(number=newest.version + 1),
        type="primary",
        icon=":material/save:",
        disabled=text == newest.text,
        on_click=guarded(_store_version),
        args=(visit, campaign.campaign_id, key, base),
        key="campaign.store",
    )


def _store_version(visit: Visit, campaign_id: int, key: str, base: str) -> None:
    text = str(st.session_state[key])
    change_guidelines(visit.project, campaign_id, text, visit.annotator)
    st.session_state[base] = text


def difference(before: str, after: str) -> str:
    """Return what changed from one text to the next, line by line, with two lines around each change."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
    return "\n".join(list(lines)[2:])


def _version_title(one: Guidelines) -> str:
    return _("Version {number} · {name} · {moment}").format(
        number=one.version, name=plain(one.annotator), moment=moment(one.created_at)
    )


def _draw_rules(visit: Visit, summary: CampaignSummary, *, is_owner: bool) -> None:
    campaign = summary.campaign
    yes_or_no = {True: _("yes"), False: _("no")}
    facts = {
        _("Answers"): number(summary.needs.answers),
        _("Independent labels for each answer"): number(campaign.labels_per_answer),
        _("Who takes part"): _("whoever comes")
        if campaign.is_open_to_all
        else ", ".join(plain(name) for name in campaign.members),
        _("Assigned beforehand"): yes_or_no[campaign.is_assigned],
        _("Blind"): yes_or_no[campaign.is_blind],
        _("Order"): _(ORDER_TEXTS[campaign.order]),
    }
    if is_owner:
        # Whoever labels must not be able to work out which answers come twice.
        facts[_("Share of hidden repeats")] = percent(campaign.repeat_share)
        facts[_("Seed")] = str(campaign.seed)
    facts[_("Made by")] = f"{plain(campaign.created_by)}, {moment(campaign.created_at)}"
    if campaign.closed_at is not None:
        facts[_("Ended")] = moment(campaign.closed_at)
    st.markdown("  \n".join(f"**{name}**: {value}" for name, value in facts.items()))
    st.caption(
        _("Rules stay as they are, so that labels can be compared. Make another campaign to change them.")
    )
    if not is_owner:
        return
    is_open = campaign.closed_at is None
    st.button(
        _("End the campaign") if is_open else _("Let it go on"),
        icon=":material/flag:" if is_open else ":material/play_arrow:",
        help=_("Nobody gets another answer of it; every label stays.") if is_open else None,
        on_click=guarded(set_closed),
        args=(visit.project, campaign.campaign_id, is_open),
        key="campaign.end",
    )
