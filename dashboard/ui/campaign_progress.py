"""How far a campaign and its people are, drawn."""

import math
import time
from collections.abc import Mapping

import streamlit as st

from dashboard.agreement.figure import Figure, Undefined
from dashboard.campaigns import Campaign
from dashboard.errors import N_
from dashboard.labels import FIRST_KEY_IS_BEST
from dashboard.responses import FLAG_TEXTS
from dashboard.services.browsing import summaries
from dashboard.services.progress import CampaignProgress, Progress, Raised, campaign_progress, own_progress
from dashboard.ui.agreement.figures import interval_text, value_text
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, day, ngettext, number, percent
from dashboard.ui.labels import badge
from dashboard.ui.resources import get_project
from dashboard.ui.text import plain

SHOWN_FLAGGED = 100
METRIC_WIDTH = 170
"""Pixels; two stand side by side on a phone."""

FRESH_SECONDS = 600
"""An expected end is drawn anew after so long, even where nothing was said."""

WITH_OTHERS = {
    Undefined.NO_PAIRS: N_("nobody else has labelled the same answers yet"),
    Undefined.ONE_CATEGORY: N_("the labels do not vary enough for this figure"),
    Undefined.NO_VARIATION: N_("too few or too equal labels for an interval"),
    Undefined.UNSTABLE: N_("too few labels for a stable interval"),
}
CONSISTENCY = {**WITH_OTHERS, Undefined.NO_PAIRS: N_("no answer was labelled a second time yet")}
"""Why a figure or its interval is a dash, in words."""


def draw_progress(visit: Visit, campaign: Campaign, *, is_owner: bool) -> None:
    """Draw everybody's progress to who made the campaign, and to anybody else their own."""
    st.caption(
        _(
            "Who made the campaign sees everybody's figures, anybody else their own. While anybody may come "
            "under any name, this keeps views apart, not secrets."
        )
    )
    if not visit.annotator:
        st.info(_("Choose or type your name in the menu to see your part."), icon=":material/person:")
        return
    found = get_progress(visit, campaign.campaign_id, "" if is_owner else visit.annotator)
    if is_owner:
        _draw_all(found)
    elif found.people:
        _draw_metrics(found.people[0], is_own=True)
    else:
        st.info(_("You have not labelled anything here yet."), icon=":material/inbox:")
    _draw_flagged(visit, found.flagged, is_owner=is_owner)


def draw_own_progress(visit: Visit, campaign_id: int) -> None:
    """Draw how far the visitor is in a campaign, in a few lines, without what needs other people's labels.

    It reads the visitor's events anew each time, so a popover should call it only while it is open. The
    agreement figures stay away from where people label: a figure that moves with a label would tell of the
    others' labels, and of which answers come twice.
    """
    own = own_progress(visit.project, campaign_id, visit.annotator)
    facts = _facts(own, is_own=True)
    st.markdown("  \n".join(f"{name}: **{value}**" for name, value in facts.items()))
    st.markdown(distribution(own))
    st.page_link(
        "pages/campaigns.py",
        label=_("See the campaign"),
        icon=":material/checklist:",
        query_params={"campaign": str(campaign_id)},
    )


def get_progress(visit: Visit, campaign_id: int, annotator: str) -> CampaignProgress:
    """Return how far a campaign is, computed again only after something was written, or after ten minutes.

    Args:
        visit: Whose project it is.
        campaign_id: The campaign.
        annotator: Only this person's part; empty for everybody's.
    """
    return _computed(
        campaign_id, annotator, visit.project.store.revision(), int(time.time() // FRESH_SECONDS)
    )


@st.cache_data(max_entries=32, show_spinner=False)
def _computed(campaign_id: int, annotator: str, revision: int, stretch: int) -> CampaignProgress:
    return campaign_progress(get_project(), campaign_id, annotator)


def distribution(progress: Progress) -> str:
    """Return Markdown for how often each label was given, from best to worst."""
    total = sum(progress.labels.values())
    parts = [
        f"{badge(label)} {number(progress.labels.get(label, 0))}"
        + (f" ({percent(progress.labels.get(label, 0) / total)})" if total else "")
        for label in FIRST_KEY_IS_BEST
    ]
    if progress.cannot_tell:
        parts.append(f"{badge('?')} {number(progress.cannot_tell)}")
    return " · ".join(part.replace(" ", "\N{NO-BREAK SPACE}") for part in parts)


def _draw_all(found: CampaignProgress) -> None:
    assert found.whole is not None
    _draw_metrics(found.whole, is_own=False)
    st.subheader(_("People"))
    if not found.people:
        st.caption(_("Nobody has begun yet."))
        return
    rows = [_row(person) for person in found.people]
    with st.container(key="campaign-people"):
        st.table(
            {name: [row[name] for row in rows] for name in rows[0]}, border="horizontal", width="content"
        )
    for person in found.people:
        if reasons := _reasons(person):
            st.caption(f"{plain(person.annotator)} · " + " · ".join(reasons))
    st.subheader(_("Labels given"))
    for person in found.people:
        st.markdown(f"**{plain(person.annotator)}**  \n{distribution(person)}")


def _draw_metrics(progress: Progress, *, is_own: bool) -> None:
    with st.container(horizontal=True):
        for name, value in _facts(progress, is_own=is_own).items():
            st.metric(name, value, border=True, width=METRIC_WIDTH)
    left, right = st.columns(2)
    with left:
        title = _("Agreement with others") if is_own else _("Agreement between people")
        _draw_figure(title, progress.with_others, WITH_OTHERS, in_percent=False)
    with right:
        _draw_figure(_("Consistency on repeats"), progress.consistency, CONSISTENCY, in_percent=True)
    st.markdown(distribution(progress))


def _facts(progress: Progress, *, is_own: bool) -> dict[str, str]:
    """Return the counts in words; to a person repeats are answers like any other, so they count as done."""
    return {
        _("Done"): number(progress.done + (progress.repeats if is_own else 0)),
        _("Left"): number(progress.left),
        _("Skips"): number(progress.skipped),
        _("Flagged"): number(progress.flagged),
        _("Cannot tell"): number(progress.cannot_tell),
        _("Median time"): _seconds(progress),
        _("Pace"): _pace(progress),
        _("Expected end"): _end(progress),
    }


def _row(person: Progress) -> dict[str, str]:
    return {
        _("Person"): f"**{plain(person.annotator)}**",
        **_facts(person, is_own=False),
        _("Agreement with others"): _figure(person.with_others, in_percent=False),
        _("Consistency on repeats"): _figure(person.consistency, in_percent=True),
    }


def _reasons(person: Progress) -> list[str]:
    """Return why a person's figures, or their intervals, are dashes."""
    figures = (
        (_("Agreement with others"), person.with_others, WITH_OTHERS),
        (_("Consistency on repeats"), person.consistency, CONSISTENCY),
    )
    return [
        f"{title}: {_(reasons[Undefined(figure.reason)])}"
        for title, figure, reasons in figures
        if figure is not None and figure.reason
    ]


def _draw_figure(
    title: str, figure: Figure | None, reasons: Mapping[Undefined, str], *, in_percent: bool
) -> None:
    if figure is None:
        return
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.metric(title, value_text(figure.value, in_percent=in_percent))
        interval = interval_text(figure, in_percent=in_percent)
        st.caption(_("95% interval: {interval}").format(interval=interval) + f" · n = {number(figure.n)}")
        if figure.reason:
            st.caption(_(reasons[Undefined(figure.reason)]))


def _figure(figure: Figure | None, *, in_percent: bool) -> str:
    if figure is None or math.isnan(figure.value):
        return "–"
    value, interval = (
        value_text(figure.value, in_percent=in_percent),
        interval_text(figure, in_percent=in_percent),
    )
    return f"**{value}** [{interval}] · n = {number(figure.n)}"


def _seconds(progress: Progress) -> str:
    return "–" if progress.median_seconds is None else f"{number(progress.median_seconds)} s"


def _pace(progress: Progress) -> str:
    return "–" if progress.pace is None else f"{number(progress.pace)}/h"


def _end(progress: Progress) -> str:
    return "–" if progress.expected_end is None else day(progress.expected_end)


def _draw_flagged(visit: Visit, flagged: Mapping[int, tuple[Raised, ...]], *, is_owner: bool) -> None:
    st.subheader(_("Flagged answers"))
    if not flagged:
        st.caption(_("No answer was flagged."))
        return
    if is_owner:
        st.caption(_("A record shows what judges and other people said of the answer."))
    for line in summaries(visit.project, list(flagged)[:SHOWN_FLAGGED]):
        title = f"**{line.number}.** {plain(line.question)}"
        with st.container(gap=None):
            if is_owner:
                st.page_link("pages/explore.py", label=title, query_params={"answer": str(line.answer_id)})
            else:
                st.markdown(title)
            st.caption(" · ".join(_raised(one) for one in flagged[line.answer_id]))
    hidden = len(flagged) - SHOWN_FLAGGED
    if hidden > 0:
        st.caption(ngettext("{count} more is not listed", "{count} more are not listed", hidden))


def _raised(raised: Raised) -> str:
    return f"{plain(raised.annotator)}: " + ", ".join(_(FLAG_TEXTS[flag]) for flag in raised.flags)
