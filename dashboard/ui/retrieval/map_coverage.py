"""Lectures that no answer ever rests on, and how much of each lecture was ever retrieved."""

import streamlit as st

from dashboard.services.browsing import choices
from dashboard.services.coverage import coverage_totals, lecture_coverage
from dashboard.store.coverage import CoverageTotals, LectureCoverage
from dashboard.ui.addressed import choose, draw_pages, page_number, turn_to
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, ngettext, number, percent
from dashboard.ui.runs import run_texts
from dashboard.ui.text import plain

PAGE_SIZE = 20


def draw_coverage(visit: Visit) -> None:
    """Draw how much was ever a hit and the list of lectures, a page at a time."""
    runs = run_texts(choices(visit.project).runs)
    named = {str(run_id): f"{run_id} · {title}" for run_id, title in runs.items()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        run = choose(_("Run"), "run", list(named), named.__getitem__, width=320, nothing=_("any"))
        which = turn_to(_("Lectures"), "lectures", ["never", "all"], _which_text)
    run_id = int(run) if run else None
    totals = coverage_totals(visit.project, run_id)
    _draw_totals(totals)
    is_never = which == "never"
    count = totals.lectures - totals.retrieved_lectures if is_never else totals.lectures
    if not count:
        st.success(_("Every lecture was retrieved at least once."), icon=":material/check:")
        return
    pages = -(-count // PAGE_SIZE)
    for one in lecture_coverage(visit.project, page_number(pages), PAGE_SIZE, run_id, never=is_never):
        _draw_lecture(one)
    draw_pages(pages)


def _draw_totals(totals: CoverageTotals) -> None:
    never = totals.lectures - totals.retrieved_lectures
    with st.container(horizontal=True):
        st.metric(
            _("Lectures never retrieved"),
            _("{count} of {all}").format(count=number(never), all=number(totals.lectures)),
            border=True,
        )
        share = totals.retrieved_segments / totals.segments if totals.segments else 0.0
        st.metric(
            _("Segments ever retrieved"),
            _("{count} of {all}").format(
                count=number(totals.retrieved_segments), all=number(totals.segments)
            ),
            percent(share),
            delta_color="off",
            delta_arrow="off",
            border=True,
        )
    st.caption(
        _(
            "Over all stored hits. A lecture that never comes up may be one that nobody asked about, or one "
            "that the retriever cannot find."
        )
    )


def _draw_lecture(one: LectureCoverage) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width="stretch"):
            st.page_link(
                "pages/corpus.py",
                label=plain(one.title),
                icon=":material/video_library:",
                query_params={"title": one.title},
            )
        text = _("{count} of {all} segments").format(count=number(one.retrieved), all=number(one.segments))
        answers = ngettext("{count} answer", "{count} answers", one.answers)
        st.markdown(f":small[{text} · {answers}]", width="content")


def _which_text(code: str) -> str:
    return _("Never retrieved") if code == "never" else _("All, least covered first")
