"""Two or more retrievers or runs on the same questions: figures, wins and losses, each question."""

import math
from collections.abc import Mapping

import streamlit as st

from dashboard.errors import N_
from dashboard.retrieval.evaluation.intervals import Estimate
from dashboard.retrieval.evaluation.measures import JUDGED, MRR, NDCG, PRECISION, RECALL, SUCCESS, named
from dashboard.services.comparing import Change, Comparison, QuestionChange, compare, moved
from dashboard.services.evaluating import Evaluated
from dashboard.services.publishing import Cell, Table
from dashboard.services.truth import Truth
from dashboard.ui.actions import guarded
from dashboard.ui.addressed import choose, choose_several, draw_pages, page_number
from dashboard.ui.agreement.plots import Row, draw_chart, forest, forest_table
from dashboard.ui.agreement.tables import draw_downloads, draw_table, two_digits
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, ngettext, number, percent
from dashboard.ui.retrieval.choice import choose_cutoff, choose_truth, evaluated_by, offered_rankers
from dashboard.ui.retrieval.compare_question import Compared, draw_question, paired_answers
from dashboard.ui.retrieval.figures import SHOWN, as_figure
from dashboard.ui.text import plain

PAGE_SIZE = 15
UNFAIR = 0.1
"""Difference between the shares of graded segments from which the side with fewer is at a disadvantage."""

MEASURES = (NDCG, MRR, RECALL, PRECISION, SUCCESS)

CHANGES = {
    Change.WORSE: N_("got worse"),
    Change.BETTER: N_("got better"),
    Change.SAME: N_("stayed the same"),
    Change.UNKNOWN: N_("cannot be measured"),
}


def draw_compare(visit: Visit) -> None:
    """Draw the choice of what is compared, the figures, and the questions that changed."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        truth = choose_truth(visit)
        if truth is None:
            return
        offered = offered_rankers(visit, truth)
        chosen = choose_several(
            _("Retrievers or runs, the first is the one to beat"),
            "rankers",
            list(offered),
            offered.__getitem__,
            at_first=list(offered)[:2],
            width=430,
            forget=("question", "with"),
        )
        k = choose_cutoff()
        measure = choose(
            _("Figure"), "measure", MEASURES, lambda one: named(one, k), width=140, forget=("question",)
        )
    st.caption(
        _(
            "Another encoder or other windows are compared as runs: a run keeps what it found, so answer the "
            "questions once under each setting."
        )
    )
    if len(chosen) < 2:
        st.info(_("Choose at least two to compare."), icon=":material/compare_arrows:")
        return
    evaluated: dict[str, Evaluated] = {}
    for one in chosen:
        found = evaluated_by(visit, truth, one, k)
        if found is None:
            return
        evaluated[one] = found
    first, others = chosen[0], chosen[1:]
    name = named(measure, k)
    state = (
        visit.project.store.revision(),
        visit.project.store.corpus_version(),
        visit.project.encoder_choice.setting,
    )
    comparisons = {
        one: _compared(truth.code, first, one, k, name, state, truth, evaluated[first], evaluated[one])
        for one in others
    }
    _draw_figures(offered, first, comparisons, k)
    other = others[0]
    if len(others) > 1:
        other = choose(
            _("Compared with"), "with", others, offered.__getitem__, width=300, forget=("question",)
        )
    sides = (offered[first], offered[other])
    _draw_pair(visit, Compared(truth, (first, other), sides, k, name), comparisons[other])


@st.cache_resource(max_entries=16, show_spinner=False)
def _compared(
    code: str,
    first: str,
    second: str,
    k: int,
    name: str,
    state: tuple[int, str, str],
    _truth: Truth,
    _left: Evaluated,
    _right: Evaluated,
) -> Comparison:
    """Return a comparison, whose intervals are drawn once for each state of store, corpus and encoder."""
    return compare(_truth, _left, _right, k, name)


def _draw_figures(
    offered: Mapping[str, str], first: str, comparisons: Mapping[str, Comparison], k: int
) -> None:
    table = figures_table(offered, first, comparisons, k)
    draw_table(table)
    st.caption(
        _("Δ is the difference to the first, paired by question, with its 95% interval; n = {count}.").format(
            count=", ".join(dict.fromkeys(number(len(one.changes)) for one in comparisons.values()))
        )
    )
    draw_downloads("retrieval-comparison", table, _("Figures side by side"))


def figures_table(
    offered: Mapping[str, str], first: str, comparisons: Mapping[str, Comparison], k: int
) -> Table:
    """Return every figure of each, and the differences to the first."""
    columns = [_("Figure"), offered[first]]
    for one in comparisons:
        columns += [offered[one], "Δ"]
    rows: list[tuple[Cell, ...]] = []
    for measure in SHOWN:
        name = named(measure, k)
        base = next(iter(comparisons.values())).left.figures[name]
        cells: list[Cell] = [name, _with_interval(base)]
        for found in comparisons.values():
            cells += [
                _with_interval(found.right.figures[name]),
                _with_interval(found.differences[name], True),
            ]
        rows.append(tuple(cells))
    return Table(tuple(columns), tuple(rows))


def _draw_pair(visit: Visit, compared: Compared, comparison: Comparison) -> None:
    st.subheader(" → ".join(plain(side) for side in compared.sides))
    _warn_of_unjudged(comparison, compared.k)
    st.markdown(f"**{verdict(comparison, compared.name)}**")
    left, right = st.columns(2, gap="large")
    with left:
        names = [named(one, compared.k) for one in MEASURES]
        rows = [Row(one, as_figure(comparison.differences[one])) for one in names]
        title = _("Second less first")
        draw_chart(
            "retrieval-differences",
            forest(rows, title, is_difference=True),
            forest_table(rows, _("Figure"), title),
            _("Differences between the two with their intervals"),
        )
    with right:
        _draw_moved(visit, compared, comparison)
    _draw_questions(visit, compared, comparison)


def _warn_of_unjudged(comparison: Comparison, k: int) -> None:
    name = named(JUDGED, k)
    first, second = comparison.left.figures[name].value, comparison.right.figures[name].value
    if abs(first - second) >= UNFAIR:
        st.warning(
            _(
                "Of the first {k} segments {first} have a grade on one side and {second} on the other, and "
                "one without a grade counts as not relevant: grade more before you trust the difference."
            ).format(k=number(k), first=percent(first), second=percent(second)),
            icon=":material/balance:",
        )


def verdict(comparison: Comparison, name: str) -> str:
    """Return in one sentence which of the two does better, or that these questions do not show it."""
    counts = _("better on {better}, worse on {worse}, the same on {same} questions").format(
        better=number(comparison.count(Change.BETTER)),
        worse=number(comparison.count(Change.WORSE)),
        same=number(comparison.count(Change.SAME)),
    )
    by = comparison.differences[name]
    if by.low > 0.0:
        said = _("The second does better by {figure} ({name}): {counts}.")
    elif by.high < 0.0:
        said = _("The second does worse by {figure} ({name}): {counts}.")
    else:
        said = _("These questions do not show which is better by {name}, {figure}: {counts}.")
    return said.format(figure=_with_interval(by, is_signed=True), name=name, counts=counts)


def _draw_moved(visit: Visit, compared: Compared, comparison: Comparison) -> None:
    st.markdown("**" + _("Did the answers move with it?") + "**")
    if not compared.truth.is_stored:
        st.caption(_("Titles are no stored questions, so there are no answers to them."))
        return
    pairs = paired_answers(visit.project, compared)
    if not pairs:
        st.caption(
            _(
                "No question has stored answers of both. Answer the question bank once with each retriever "
                "to see whether labels and scores move with the evidence."
            )
        )
        return
    rows = tuple(
        (
            _(CHANGES[one.change]),
            one.questions,
            _with_interval(one.label, True),
            _with_interval(one.score, True),
        )
        for one in moved(comparison.changes, pairs)
    )
    table = Table((_("Retrieval"), _("Questions"), _("People's label"), _("Judge's score")), rows)
    draw_table(table)
    st.caption(
        _(
            "Mean change from the first's answers to the second's: labels count 0, 0.5 and 1, scores run "
            "from 0 to 1. The judge is the one with most judgements."
        )
    )
    draw_downloads("retrieval-moved", table, _("Changes of the answers"))


def _draw_questions(visit: Visit, compared: Compared, comparison: Comparison) -> None:
    asked = st.query_params.get("question", "")
    opened = next((one for one in comparison.changes if str(one.question) == asked), None)
    if opened is not None:
        st.button(
            _("Back to the list"), icon=":material/arrow_back:", key="compare.back", on_click=guarded(_close)
        )
        draw_question(visit, compared, opened)
        return
    st.subheader(_("Questions"))
    options = [one.value for one in CHANGES if comparison.count(one)]
    texts = {one.value: f"{_(text)} ({number(comparison.count(one))})" for one, text in CHANGES.items()}
    change = choose(_("Change"), "change", options, texts.__getitem__, width=230, nothing=_("all"))
    shown = [one for one in comparison.changes if change in ("", one.change.value)]
    if change == Change.BETTER:
        shown = shown[::-1]
    st.caption(ngettext("{count} question", "{count} questions", len(shown)))
    pages = -(-len(shown) // PAGE_SIZE)
    start = (page_number(pages) - 1) * PAGE_SIZE
    for one in shown[start : start + PAGE_SIZE]:
        _draw_line(one, compared.name)
    draw_pages(pages)


def _draw_line(one: QuestionChange, name: str) -> None:
    left, right = one.left.values[name], one.right.values[name]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        with st.container(width="stretch"):
            st.button(
                plain(one.text),
                key=f"open-change-{one.question}",
                type="tertiary",
                on_click=guarded(_open),
                args=(one.question,),
            )
        by = "" if math.isnan(one.by) else f" **{_signed(one.by)}**"
        st.markdown(f":small[{_digits(left)} → {_digits(right)}]{by}", width="content")


def _open(question: int) -> None:
    st.query_params["question"] = str(question)


def _close() -> None:
    st.query_params.pop("question", None)


def _with_interval(estimate: Estimate, is_signed: bool = False) -> str:
    write = _signed if is_signed else _digits
    if math.isnan(estimate.value):
        return "–"
    if math.isnan(estimate.low):
        return write(estimate.value)
    # Blanks that do not break: a cell in three lines is hard to read, and a wide table scrolls.
    parts = (f"{write(estimate.value)}", f"[{write(estimate.low)};", f"{write(estimate.high)}]")
    return "\N{NO-BREAK SPACE}".join(parts)


def _digits(value: float) -> str:
    return "–" if math.isnan(value) else two_digits(value)


def _signed(value: float) -> str:
    # Not −0.00, nor +0.00, for what rounds to nothing.
    shown = round(value, 2) + 0.0
    return ("+" if shown > 0 else "") + two_digits(shown)
