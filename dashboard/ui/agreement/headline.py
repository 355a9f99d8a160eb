"""The first screen: how far the judge agrees with people, beside how far people agree among themselves."""

import math

import streamlit as st

from dashboard.agreement.figure import Figure
from dashboard.agreement.labels_needed import HALF_WIDTH, labels_needed
from dashboard.agreement.result import AgreementReport
from dashboard.labels import ORDERED
from dashboard.services.narrowing import Choice
from dashboard.ui.agreement.choice import Laboratory, get_report
from dashboard.ui.agreement.figures import (
    NO_SECOND_PERSON,
    figure_text,
    interval_text,
    meaning,
    reason_text,
    value_text,
)
from dashboard.ui.i18n import _, ngettext, number
from dashboard.ui.labels import badge


def draw_headline(lab: Laboratory) -> None:
    """Draw the verdict in one sentence and the figures that it rests on."""
    report, ceiling = lab.report, lab.ceiling
    if not report.n:
        _draw_way_elsewhere(lab)
    st.markdown(f"**{verdict(report.kappa_linear, ceiling.kappa_linear)}**")
    kappa, people, share, labels = st.columns([6, 6, 6, 9])
    with kappa:
        _draw_figure(_("Linear-weighted kappa"), report.kappa_linear, help_text=meaning("kappa_linear"))
    with people:
        _draw_figure(
            _("People among themselves"),
            ceiling.kappa_linear,
            help_text=_(
                "The same kappa between people, the mean over their pairs: the most that a judge can be "
                "asked for. Where people's side is a majority, a good judge can come out above it."
            ),
            reason=_(NO_SECOND_PERSON) if not ceiling.n else "",
        )
    with share:
        _draw_figure(_("Percent agreement"), report.percent, help_text=meaning("percent"), in_percent=True)
    with labels, st.container(border=True, height="stretch", gap="xsmall"):
        _draw_prevalence(report)
    _draw_counts(lab, report)


def verdict(judge: Figure, people: Figure) -> str:
    """Return in one sentence how the judge's kappa stands to that of people among themselves."""
    if math.isnan(judge.value):
        return _("Whether the judge agrees with people cannot be said: {reason}.").format(
            reason=reason_text(judge)
        )
    if math.isnan(judge.low):
        return _("How well the judge agrees with people cannot be said yet: {reason}.").format(
            reason=reason_text(judge)
        )
    if judge.low <= 0.0:
        return _("These labels do not show that the judge agrees with people more than chance would.")
    if math.isnan(people.value) or math.isnan(people.low):
        return _(
            "The judge agrees with people more than chance would; how far people agree among themselves is "
            "not known."
        )
    if judge.high < people.low:
        return _("The judge agrees with people clearly less than people agree among themselves.")
    if judge.low > people.high:
        return _("The judge agrees with people more than people agree among themselves.")
    if judge.value < people.value:
        return _(
            "The judge agrees with people somewhat less than people agree among themselves, but the "
            "intervals overlap: it may be chance."
        )
    return _("The judge agrees with people about as well as people agree among themselves.")


def needed_text(figure: Figure) -> str:
    """Return how many more labels would bring a figure's interval down to a half-width of 0.10."""
    needed = labels_needed(figure)
    if math.isnan(needed.value):
        return ""
    if not needed.value:
        return _("The interval is within ±{width}.").format(width=number(HALF_WIDTH, 2))
    return _("About {count} more labelled answers for ±{width}.").format(
        count=number(needed.value), width=number(HALF_WIDTH, 2)
    )


def _draw_figure(
    title: str, figure: Figure, *, help_text: str, in_percent: bool = False, reason: str = ""
) -> None:
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.metric(title, value_text(figure.value, in_percent=in_percent), help=help_text)
        st.caption(
            _("95% interval: {interval}").format(interval=interval_text(figure, in_percent=in_percent))
            + f"  \nn = {number(figure.n)}"
        )
        if reason or figure.reason:
            st.caption(reason or reason_text(figure))
        elif not in_percent and title == _("Linear-weighted kappa"):
            st.caption(needed_text(figure))


def _draw_prevalence(report: AgreementReport) -> None:
    st.caption(
        _("Share of each label"),
        help=_(
            "With its 95% interval. Kappa falls where nearly all labels are the same, so read them together."
        ),
    )
    sides = (("human", _("People")), ("judge", _("Judge")))
    for column, (side, title) in zip(st.columns(2, gap="small"), sides, strict=True):
        shares = report.prevalence[side]
        column.markdown(
            f":small[{title}]  \n"
            + "  \n".join(
                f"{badge(label)} :small[{figure_text(shares[label.value], in_percent=True)}]"
                for label in ORDERED[::-1]
            )
        )


def _draw_counts(lab: Laboratory, report: AgreementReport) -> None:
    counts = report.counts
    st.caption(
        " · ".join(
            (
                ngettext(
                    "{count} answer with both labels", "{count} answers with both labels", counts.matched
                ),
                _("{count} by people only").format(count=number(counts.human_only)),
                _("{count} by the judge only").format(count=number(counts.judge_only)),
                _("{count} unscored").format(count=number(counts.unscored)),
                _("{count} tied").format(count=number(lab.labels.tied)),
            )
        )
    )


def _draw_way_elsewhere(lab: Laboratory) -> None:
    choice = lab.choice
    if not choice.phase:
        return
    anywhere = Choice(choice.judge_id, choice.annotator, "", choice.campaign_id, choice.run_id, choice.tag)
    if get_report(anywhere, lab.revision).n:
        st.info(
            _("No answer has both labels in this phase, but some have in another: choose it under “Phase”."),
            icon=":material/filter_alt:",
        )
