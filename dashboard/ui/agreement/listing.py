"""A paged list of answers with both sides' labels."""

from collections import Counter
from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.labels import Label
from dashboard.services.browsing import summaries
from dashboard.ui.addressed import draw_pages, page_number
from dashboard.ui.agreement.choice import Laboratory
from dashboard.ui.exposure import note_shown
from dashboard.ui.i18n import ngettext
from dashboard.ui.labels import badge, people_and_judge
from dashboard.ui.runs import run_texts
from dashboard.ui.text import plain

PAGE_SIZE = 25

Labelled = tuple[int, Label, Label | None]
"""An answer with people's label and the judge's, None where that did not give one."""


def draw_list(lab: Laboratory, shown: Sequence[Labelled], notes: Mapping[int, str] | None = None) -> None:
    """List answers page by page, each with both labels, what is noted of it and the way to it."""
    st.caption(ngettext("{count} answer", "{count} answers", len(shown)))
    pages = -(-len(shown) // PAGE_SIZE)
    start = (page_number(pages) - 1) * PAGE_SIZE
    _draw_lines(lab, shown[start : start + PAGE_SIZE], notes or {})
    draw_pages(pages)


def _draw_lines(lab: Laboratory, shown: Sequence[Labelled], notes: Mapping[int, str]) -> None:
    sides = {answer_id: (human, judge) for answer_id, human, judge in shown}
    # Whoever looks has then seen these verdicts.
    note_shown(lab.project, lab.visit.annotator, sides)
    lines = summaries(lab.project, list(sides))
    asked = Counter((line.number, line.question) for line in lines)
    runs = run_texts(lab.offered.runs) if asked.total() > len(asked) else {}
    with st.container(height=330, border=False, key="agreement-answers"):
        for summary in lines:
            human, judge = sides[summary.answer_id]
            title = f"**{summary.number}.** {plain(summary.question)}"
            if asked[summary.number, summary.question] > 1:
                title += f" · {plain(runs.get(summary.run_id, ''))}"
            said = people_and_judge(badge(human), badge(judge))
            if note := notes.get(summary.answer_id):
                said += f" :small[· {note}]"
            with st.container(horizontal=True, vertical_alignment="center", wrap=False):
                with st.container(width="stretch"):
                    st.page_link(
                        "pages/explore.py", label=title, query_params={"answer": str(summary.answer_id)}
                    )
                st.markdown(said, width="content")
