"""What is taken along: the methods in words, the tables, and the whole page as one file."""

from dataclasses import replace
from html import escape
from typing import Any

import streamlit as st

from dashboard.agreement.resampling import RESAMPLES, SEED
from dashboard.agreement.result import AgreementReport
from dashboard.labels import ORDERED
from dashboard.services.publishing import Cell, Table, texts, versions
from dashboard.ui.addressed import turn_to
from dashboard.ui.agreement.choice import Laboratory, choice_in_words
from dashboard.ui.agreement.coefficients import coefficients_table, labels_table
from dashboard.ui.agreement.figures import TITLES, figure_text
from dashboard.ui.agreement.headline import verdict
from dashboard.ui.agreement.judges import contests_table, get_test
from dashboard.ui.agreement.matrix import confusion, confusion_table
from dashboard.ui.agreement.plots import LIGHT, Build, Row, forest, forest_table
from dashboard.ui.agreement.shares import get_shares, needed_table, share_rows
from dashboard.ui.agreement.slicing import KINDS, slice_rows
from dashboard.ui.agreement.tables import draw_downloads, two_digits
from dashboard.ui.i18n import _, language, number, spoken_here

STYLE = (
    "body{font-family:sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#101818}"
    "table{border-collapse:collapse;margin:1rem 0}td,th{border:1px solid #CBD5D5;padding:.3rem .6rem}"
    "td+td,th+th{text-align:right}"
)


def draw_publish(lab: Laboratory) -> None:
    """Draw the methods paragraph and what can be downloaded."""
    st.subheader(_("Methods"))
    st.caption(_("Copy and adapt it; the button is in the corner."))
    st.code(methods(lab), language=None, wrap_lines=True)
    st.subheader(_("Tables"))
    for name, (title, table) in tables(lab).items():
        draw_downloads(name, table, title)
    st.subheader(_("Pictures"))
    st.caption(
        _(
            "Every chart has its data and a page of its own below it, and above it a camera, which saves "
            "it as:"
        )
    )
    turn_to(_("Pictures"), "picture", ["svg", "png"], str.upper)
    st.subheader(_("The whole page"))
    st.download_button(
        _("One HTML file, which needs no network"),
        spoken_here(lambda: whole_page(lab).encode()),
        file_name="veredito-agreement.html",
        mime="text/html",
        icon=":material/download:",
        key="agreement.whole",
        on_click="ignore",
    )


def methods(lab: Laboratory) -> str:
    """Return the paragraph that says how the figures came about."""
    report, counts = lab.report, lab.report.counts
    sentences = [
        _("We compared a judge with people on {n} answers that both had labelled ({choice}).").format(
            n=number(report.n), choice="; ".join(choice_in_words(lab))
        ),
        _(
            "Left out were {human} answers labelled by people only, {judge} by the judge only, {unscored} "
            "whose judgement could not be read, and {tied} on which people's labels were tied."
        ).format(
            human=number(counts.human_only),
            judge=number(counts.judge_only),
            unscored=number(counts.unscored),
            tied=number(lab.labels.tied),
        ),
        _(
            "Linear-weighted kappa was {kappa} and percent agreement {percent}; among people the same kappa "
            "was {people} (n = {n})."
        ).format(
            kappa=figure_text(report.kappa_linear, in_percent=False),
            percent=figure_text(report.percent, in_percent=True),
            people=figure_text(lab.ceiling.kappa_linear, in_percent=False),
            n=number(lab.ceiling.n),
        ),
        _(
            "Brackets hold 95% intervals: Wilson's for shares of independent answers, else the percentile "
            "bootstrap with {resamples} resamples of whole questions with all their answers and labels (seed "
            "{seed})."
        ).format(resamples=number(RESAMPLES), seed=SEED),
        _("Computed with {versions}.").format(versions=versions()),
    ]
    return " ".join(sentences)


def tables(lab: Laboratory) -> dict[str, tuple[str, Table]]:
    """Return every table that is published, by the name of its file."""
    report = lab.report
    shares = share_rows(get_shares(lab.choice, lab.revision))
    test = get_test(replace(lab.choice, annotator=""), lab.revision, 0.2)
    return {
        "coefficients": (_("Coefficients of agreement"), coefficients_table(report)),
        "prevalence": (_("Share of each label"), prevalence_table(report)),
        "confusion": (_("Confusion matrix"), confusion_table(report)),
        "labels": (_("Each label"), labels_table(report)),
        "shares": (_("Share of correct answers"), forest_table(shares, _("Estimate"), _("Value"))),
        "alternative": (_("Alternative-annotator test"), contests_table(test)),
        "needed": (_("Labels needed"), needed_table(report)),
    }


def prevalence_table(report: AgreementReport) -> Table:
    """Return the share of each label on both sides."""
    rows: list[tuple[Cell, ...]] = []
    for side, title in (("human", _("People")), ("judge", _("Judge"))):
        for label in ORDERED[::-1]:
            figure = report.prevalence[side][label.value]
            rows.append((f"{title}, {label.value}", figure.value, figure.low, figure.high, figure.n))
    return Table((_("Label"), _("Value"), _("Low"), _("High"), "n"), tuple(rows))


def whole_page(lab: Laboratory) -> str:
    """Return the page as one HTML file: charts, tables and methods."""
    parts = [
        f"<p><b>{escape(verdict(lab.report.kappa_linear, lab.ceiling.kappa_linear))}</b></p>",
        f"<p>{escape('; '.join(choice_in_words(lab)))}</p>",
    ]
    scripts: bool = True
    for title, build in _charts(lab):
        parts += [f"<h2>{escape(title)}</h2>", _drawn(build, with_script=scripts)]
        scripts = False
    for title, table in tables(lab).values():
        parts += [f"<h2>{escape(title)}</h2>", _html_table(table)]
    parts += [f"<h2>{escape(_('Methods'))}</h2>", f"<p>{escape(methods(lab))}</p>"]
    title = escape(_("Agreement"))
    return (
        f'<!doctype html><html lang="{escape(language())}"><head><meta charset="utf-8">'
        f"<title>{title} · Veredito</title><style>{STYLE}</style></head>"
        f"<body><h1>{title}</h1>{''.join(parts)}</body></html>"
    )


def _charts(lab: Laboratory) -> list[tuple[str, Build]]:
    report = lab.report
    coefficients = [
        Row(_(title), getattr(report, name)) for name, title in TITLES.items() if name != "percent"
    ]
    found = [
        (_("Confusion matrix"), confusion(report, "", in_shares=False)),
        (_("Coefficients"), forest(coefficients, _("Coefficient with its 95% interval"))),
        (
            _("Share of correct answers"),
            forest(
                share_rows(get_shares(lab.choice, lab.revision)),
                _("Share of correct answers"),
                in_percent=True,
            ),
        ),
    ]
    for kind, title in KINDS.items():
        rows, _more = slice_rows(lab, kind)
        if rows:
            measure = _("Linear-weighted kappa")
            found.append((_(title), forest(rows, measure, line=report.kappa_linear)))
    return found


def _drawn(build: Build, *, with_script: bool) -> str:
    chart: Any = build(LIGHT)
    return str(chart.to_html(full_html=False, include_plotlyjs=with_script, config={"displaylogo": False}))


def _html_table(table: Table) -> str:
    head = "".join(f"<th>{escape(title)}</th>" for title in table.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(text)}</td>" for text in texts(row, two_digits)) + "</tr>"
        for row in table.rows
    )
    return f"<table><tr>{head}</tr>{rows}</table>"
