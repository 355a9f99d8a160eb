"""The failed answers page by page, each with its cause, both sides' labels and the ways to it."""

from collections import Counter
from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.errors import N_
from dashboard.responses import FLAG_TEXTS
from dashboard.services.browsing import summaries
from dashboard.services.failures import CAUSES, Failure
from dashboard.services.stages import KIND, RIGHT, STRICT, UNJUDGED
from dashboard.store.browse import AnswerSummary
from dashboard.ui.addressed import choose, draw_pages, page_number
from dashboard.ui.exposure import note_shown
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, ngettext, number
from dashboard.ui.labels import badge, people_and_judge
from dashboard.ui.retrieval.failures_chart import cause_title
from dashboard.ui.text import plain

PAGE_SIZE = 15

VERDICTS: dict[str, str] = {
    "any": N_("whatever the judge says"),
    "wrong": N_("judge wrong"),
    RIGHT: N_("judge right"),
    KIND: N_("judge too kind"),
    STRICT: N_("judge too strict"),
    UNJUDGED: N_("unjudged"),
}
"""What the list can be narrowed to, the first at first."""


def draw_failures_list(visit: Visit, found: Sequence[Failure], runs: Mapping[int, str]) -> None:
    """Draw the choice of cause and of the judge's verdict, and a page of the answers that are left."""
    st.subheader(_("Answers"))
    counts = Counter(one.cause for one in found)
    causes = {
        cause.value: f"{cause_title(cause)} ({number(counts[cause])})" for cause in CAUSES if counts[cause]
    }
    with st.container(horizontal=True, gap="small"):
        cause = choose(
            _("Cause"),
            "cause",
            list(causes),
            causes.__getitem__,
            width=240,
            nothing=_("every cause"),
            is_titled=False,
        )
        verdicts = {verdict: _(text) for verdict, text in VERDICTS.items()}
        verdict = choose(
            _("Judge"), "outcome", list(verdicts), verdicts.__getitem__, width=240, is_titled=False
        )
    shown = [one for one in found if cause in ("", one.cause) and _is_meant(one, verdict)]
    if not shown:
        st.caption(_("No answer."))
        return
    st.caption(ngettext("{count} answer", "{count} answers", len(shown)))
    pages = -(-len(shown) // PAGE_SIZE)
    start = (page_number(pages) - 1) * PAGE_SIZE
    page = {one.answer_id: one for one in shown[start : start + PAGE_SIZE]}
    # Whoever looks has then seen these verdicts.
    note_shown(visit.project, visit.annotator, page)
    for summary in summaries(visit.project, list(page)):
        one = page[summary.answer_id]
        _draw_line(one, summary, runs.get(one.run_id, "") if len(runs) > 1 else "")
    draw_pages(pages)


def _is_meant(one: Failure, verdict: str) -> bool:
    return verdict in ("any", one.verdict) or (verdict == "wrong" and one.verdict in (KIND, STRICT))


def _draw_line(one: Failure, summary: AnswerSummary, run: str) -> None:
    address = {"answer": str(one.answer_id)}
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            with st.container(width="stretch"):
                st.page_link(
                    "pages/explore.py",
                    label=f"**{summary.number}.** {plain(summary.question)}",
                    query_params=address,
                )
            st.markdown(people_and_judge(badge(one.human), badge(one.judge)), width="content")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(" · ".join([f"**{cause_title(one.cause)}**", *_notes(one, run)]), width="stretch")
            st.page_link(
                "pages/annotate.py",
                label=_("Grade"),
                icon=":material/edit_note:",
                query_params=address,
                width="content",
            )


def _notes(one: Failure, run: str) -> list[str]:
    graded = (
        _("{graded} of {count} segments graded").format(graded=number(one.graded), count=number(one.segments))
        if one.segments
        else _("no segments stored")
    )
    flags = [_("flag: {name}").format(name=_(FLAG_TEXTS[flag])) for flag in sorted(one.flags)]
    return [graded, _(VERDICTS[one.verdict]), *flags, *([plain(run)] if run else [])]
