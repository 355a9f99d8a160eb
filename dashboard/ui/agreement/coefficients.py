"""The table of coefficients, what each means, and the figures of each label."""

import streamlit as st

from dashboard.agreement.labels_needed import HALF_WIDTH, labels_needed
from dashboard.agreement.result import AgreementReport
from dashboard.labels import ORDERED, STYLES, Label
from dashboard.services.publishing import Cell, Table
from dashboard.ui.agreement.choice import Laboratory
from dashboard.ui.agreement.figures import TITLES, interval_text, meaning, reason_text, value_text
from dashboard.ui.agreement.plots import Row, draw_chart, forest, forest_table
from dashboard.ui.agreement.tables import draw_downloads
from dashboard.ui.i18n import _, number
from dashboard.ui.labels import badge_with_text


def draw_coefficients(lab: Laboratory) -> None:
    """Draw every coefficient with its interval, and why they differ."""
    report = lab.report
    st.markdown(
        _(
            "They differ in what they call chance and in what a near miss costs: weighted figures forgive "
            "one step, percent forgives chance altogether, and AC1 and AC2 suffer least from uneven labels."
        )
    )
    left, right = st.columns(2, gap="large")
    with left:
        rows = [Row(_(title), getattr(report, name)) for name, title in TITLES.items() if name != "percent"]
        draw_chart(
            "coefficients",
            forest(rows, _("Coefficient with its 95% interval")),
            forest_table(rows, _("Coefficient"), _("Value")),
            _("Every coefficient of agreement with its interval"),
        )
    with right:
        for name, title in TITLES.items():
            figure = getattr(report, name)
            is_share = name == "percent"
            st.markdown(
                f"{_(title)}: **{value_text(figure.value, in_percent=is_share)}** "
                f":small[{interval_text(figure, in_percent=is_share)} · n = {number(figure.n)}]",
                help=meaning(name),
            )
            if figure.reason:
                st.caption(reason_text(figure))
    st.subheader(_("Each label"))
    _draw_labels(report)
    st.subheader(_("Tables"))
    draw_downloads("coefficients", coefficients_table(report), _("Coefficients of agreement"))
    draw_downloads("labels", labels_table(report), _("Each label"))


def coefficients_table(report: AgreementReport) -> Table:
    """Return all coefficients with what is still needed to know them well."""
    rows: list[tuple[Cell, ...]] = []
    for name, title in TITLES.items():
        figure = getattr(report, name)
        needed = labels_needed(figure).value
        more = None if needed != needed else int(needed)
        rows.append((_(title), figure.value, figure.low, figure.high, figure.n, more))
    wanted = _("Labels needed for ±{width}").format(width=number(HALF_WIDTH, 2))
    return Table((_("Coefficient"), _("Value"), _("Low"), _("High"), "n", wanted), tuple(rows))


def labels_table(report: AgreementReport) -> Table:
    """Return precision, recall and F1 of each label with their intervals."""
    rows: list[tuple[Cell, ...]] = []
    for label in ORDERED[::-1]:
        for name, figure in zip(_measures(), report.per_label[label.value], strict=True):
            rows.append(
                (
                    f"{label.value} {_(STYLES[label].text)}",
                    name,
                    figure.value,
                    figure.low,
                    figure.high,
                    figure.n,
                )
            )
    return Table((_("Label"), _("Figure"), _("Value"), _("Low"), _("High"), "n"), tuple(rows))


def _measures() -> tuple[str, str, str]:
    return _("Precision"), _("Recall"), "F1"


def _draw_labels(report: AgreementReport) -> None:
    st.caption(
        _(
            "Precision: how often people agree when the judge gives the label. Recall: how often the judge "
            "gives it when people do. F1 joins both."
        )
    )
    for column, label in zip(st.columns(len(ORDERED)), ORDERED[::-1], strict=True):
        with column, st.container(border=True, gap="xsmall"):
            st.markdown(badge_with_text(Label(label)))
            for name, figure in zip(_measures(), report.per_label[label.value], strict=True):
                st.markdown(
                    f"{name}: **{value_text(figure.value, in_percent=True)}** "
                    f":small[{interval_text(figure, in_percent=True)} · n = {number(figure.n)}]"
                )
                if figure.reason:
                    st.caption(reason_text(figure))
