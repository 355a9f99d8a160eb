"""The whole page as one HTML file that needs no network: every part with its charts, tables and sentences."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from dashboard.services.publishing import Table, texts
from dashboard.ui.agreement.choice import Laboratory, choice_in_words
from dashboard.ui.agreement.coefficients import coefficients_table, labels_table
from dashboard.ui.agreement.figures import TITLES, figure_text, reason_text
from dashboard.ui.agreement.headline import verdict
from dashboard.ui.agreement.judges import (
    ALTERNATIVE,
    NO_TRIPLE,
    ONE_JUDGE,
    compared_in_words,
    contests_table,
    difference_rows,
    get_comparison,
    get_test,
    mcnemar_in_words,
    other_judges,
    passed_in_words,
    wins_in_words,
)
from dashboard.ui.agreement.matrix import confusion, confusion_table
from dashboard.ui.agreement.methods import methods, prevalence_table
from dashboard.ui.agreement.plots import LIGHT, Build, Row, forest, forest_table
from dashboard.ui.agreement.scores import (
    AREA,
    NO_SCORES,
    cuts_in_words,
    cuts_table,
    distribution,
    distribution_table,
    get_cuts,
)
from dashboard.ui.agreement.shares import get_shares, needed_table, share_rows
from dashboard.ui.agreement.slicing import KINDS, WHY_BLIND, judge_rows, phase_rows, slice_rows, time_rows
from dashboard.ui.agreement.stages import QUESTIONS, SHARE_RIGHT, get_stages, stage_rows, stages_table
from dashboard.ui.agreement.tables import two_digits
from dashboard.ui.i18n import _, language

STYLE = (
    "body{font-family:sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#101818}"
    "table{border-collapse:collapse;margin:1rem 0;display:block;overflow-x:auto}"
    "td,th{border:1px solid #CBD5D5;padding:.3rem .6rem}"
    "td+td,th+th{text-align:right}"
)

Piece = str | Build | Table
"""A sentence, a chart or a table."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page."""

    title: str
    pieces: tuple[Piece, ...]


def whole_page(lab: Laboratory, other: int | None, epsilon: float) -> str:
    """Return the page as one HTML file.

    Args:
        lab: What is compared.
        other: The judge that the chosen one is compared with; None for the first other one.
        epsilon: How far the judge may fall short in the alternative-annotator test.
    """
    title = escape(_("Agreement"))
    drawn = _Drawn()
    body = "".join(drawn.section(section) for section in _sections(lab, other, epsilon))
    return (
        f'<!doctype html><html lang="{escape(language())}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title} · Veredito</title>'
        f"<style>{STYLE}</style></head><body><h1>{title}</h1>"
        f"<p><b>{escape(verdict(lab.report.kappa_linear, lab.ceiling.kappa_linear))}</b></p>"
        f"<p>{escape('; '.join(choice_in_words(lab)))}</p>{body}</body></html>"
    )


def _sections(lab: Laboratory, other: int | None, epsilon: float) -> Iterator[Section]:
    report = lab.report
    yield Section(_("Confusion matrix"), (confusion(report, "", in_shares=False), confusion_table(report)))
    yield Section(_("Share of each label"), (prevalence_table(report),))
    yield Section(_("Scores"), _scores(lab))
    rows = [Row(_(title), getattr(report, name)) for name, title in TITLES.items() if name != "percent"]
    yield Section(
        _("Coefficients"),
        (
            forest(rows, _("Coefficient with its 95% interval")),
            coefficients_table(report),
            labels_table(report),
        ),
    )
    for kind, title in KINDS.items():
        rows, _more = slice_rows(lab, kind)
        yield Section(_("Slices by") + f": {_(title)}", _forest(rows, _(title), lab))
    yield Section(_("Blind and revealed"), (_(WHY_BLIND), *_forest(phase_rows(lab), _("Phase"))))
    yield Section(_("Two judges"), _judges(lab, other))
    yield Section(_("Over time"), _forest(time_rows(lab), _("From"), lab))
    yield Section(_("By judge and prompt version"), _forest(judge_rows(lab), _("Judge")))
    yield Section(_("In place of a person?"), _alternative(lab, epsilon))
    rows = share_rows(get_shares(lab.choice, lab.revision))
    share = _("Share of correct answers")
    reasons = [f"{row.name}: {reason_text(row.figure)}" for row in rows if row.figure.reason]
    yield Section(
        share,
        (forest(rows, share, in_percent=True), forest_table(rows, _("Estimate"), _("Value")), *reasons),
    )
    yield Section(_("Labels needed"), (needed_table(report),))
    yield Section(_("Errors by stage"), _stages(lab))
    yield Section(_("Methods"), (methods(lab),))


def _forest(rows: list[Row], name: str, lab: Laboratory | None = None) -> tuple[Piece, ...]:
    if not rows:
        return (_("There is no answer with both labels."),)
    measure = _("Linear-weighted kappa")
    line = lab.report.kappa_linear if lab is not None else None
    reasons = [f"{row.name}: {reason_text(row.figure)}" for row in rows if row.figure.reason]
    return (forest(rows, measure, line=line), forest_table(rows, name, measure), *reasons)


def _scores(lab: Laboratory) -> tuple[Piece, ...]:
    table = distribution_table(lab.labels)
    if not table.rows:
        return (_(NO_SCORES),)
    cuts, area = get_cuts(lab.choice, lab.revision)
    pieces: tuple[Piece, ...] = (
        distribution(table, cuts),
        table,
        _(AREA).format(figure=figure_text(area, in_percent=False)),
        cuts_in_words(cuts),
    )
    return (*pieces, cuts_table(cuts)) if cuts.chosen is not None else pieces


def _judges(lab: Laboratory, other: int | None) -> tuple[Piece, ...]:
    others = other_judges(lab)
    if not others:
        return (_(ONE_JUDGE),)
    other = other if other in others else next(iter(others))
    found = get_comparison(lab.choice, lab.revision, other)
    heading = _("Compared with") + f": {others[other]}"
    if not found.n:
        return heading, _(NO_TRIPLE)
    rows, title = difference_rows(found), _("The chosen judge less the other")
    return (
        heading,
        compared_in_words(found),
        forest(rows, title, is_difference=True),
        forest_table(rows, _("Figure"), title),
        *mcnemar_in_words(found),
    )


def _alternative(lab: Laboratory, epsilon: float) -> tuple[Piece, ...]:
    found = get_test(replace(lab.choice, annotator=""), lab.revision, epsilon)
    said = (_(ALTERNATIVE), f"ε = {two_digits(epsilon)}", passed_in_words(found))
    return (*said, wins_in_words(found), contests_table(found)) if found.contests else said


def _stages(lab: Laboratory) -> tuple[Piece, ...]:
    found = get_stages(lab.choice, lab.revision)
    if not found:
        return (_("Nobody has labelled these answers yet."),)
    return _(QUESTIONS), forest(stage_rows(found), _(SHARE_RIGHT), in_percent=True), stages_table(found)


class _Drawn:
    """Writes sections; only the first chart brings the script that draws all of them."""

    def __init__(self) -> None:
        self._has_script = False

    def section(self, section: Section) -> str:
        return f"<h2>{escape(section.title)}</h2>" + "".join(map(self._piece, section.pieces))

    def _piece(self, piece: Piece) -> str:
        if isinstance(piece, str):
            return f"<p>{escape(piece)}</p>"
        return _table(piece) if isinstance(piece, Table) else self._chart(piece)

    def _chart(self, build: Build) -> str:
        chart: Any = build(LIGHT)
        config = {"displaylogo": False, "responsive": True}
        drawn = chart.to_html(full_html=False, include_plotlyjs=not self._has_script, config=config)
        self._has_script = True
        return str(drawn)


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(title)}</th>" for title in table.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(text)}</td>" for text in texts(row, two_digits)) + "</tr>"
        for row in table.rows
    )
    return f"<table><tr>{head}</tr>{rows}</table>"
