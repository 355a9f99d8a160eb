"""The filtered list of answers; its filters live in the address."""

import streamlit as st

from dashboard.labels import FIRST_KEY_IS_BEST, STYLES, Label
from dashboard.services.browsing import Choices, count, find
from dashboard.store.browse import UNLABELLED, UNSCORED, AnswerFilter, AnswerSummary
from dashboard.ui.addressed import choose, draw_pages, page_number, type_in
from dashboard.ui.answer import with_citations
from dashboard.ui.exposure import note_shown
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, ngettext
from dashboard.ui.labels import badge, people_and_judge
from dashboard.ui.navigation import choose_answer
from dashboard.ui.text import plain

PAGE_SIZE = 20
SHOWN = 220

_LABELS = [*(label.value for label in FIRST_KEY_IS_BEST), UNLABELLED]
_JUDGE_LABELS = [*(label.value for label in FIRST_KEY_IS_BEST), UNSCORED, UNLABELLED]


def draw_filters(offered: Choices, titles: dict[int, str]) -> AnswerFilter:
    """Draw the filters and return what they ask for."""
    runs = {str(run_id): f"{run_id} · {title}" for run_id, title in titles.items()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = type_in(_("Text in question or answer"), "text", width=200)
        label = choose(_("Label"), "label", _LABELS, _label_text, width=135, nothing=_("any"))
        judge_label = choose(
            _("Judge's label"), "judge_label", _JUDGE_LABELS, _label_text, width=135, nothing=_("any")
        )
        annotator = choose(_("Annotator"), "annotator", offered.annotators, width=145, nothing=_("any"))
        run = choose(_("Run"), "run", list(runs), runs.__getitem__, width=160, nothing=_("any"))
        tag = choose(_("Tag"), "tag", offered.tags, width=145, nothing=_("any"))
    return AnswerFilter(
        label=label,
        judge_label=judge_label,
        annotator=annotator,
        run_id=int(run) if run else None,
        tag=tag,
        text=text,
    )


def filter_in_address() -> AnswerFilter:
    """Return the filter that the address holds, for pages that do not draw its boxes."""
    asked = st.query_params
    run = asked.get("run", "")
    return AnswerFilter(
        label=asked.get("label", ""),
        judge_label=asked.get("judge_label", ""),
        annotator=asked.get("annotator", ""),
        run_id=int(run) if run.isascii() and run.isdigit() and len(run) < 18 else None,
        tag=asked.get("tag", ""),
        text=asked.get("text", "").strip(),
    )


def in_address(chosen: AnswerFilter) -> dict[str, str]:
    """Return a filter as the parameters from which `filter_in_address` reads it."""
    parameters = {
        "label": chosen.label,
        "judge_label": chosen.judge_label,
        "annotator": chosen.annotator,
        "run": "" if chosen.run_id is None else str(chosen.run_id),
        "tag": chosen.tag,
        "text": chosen.text,
    }
    return {name: value for name, value in parameters.items() if value}


def in_words(chosen: AnswerFilter, titles: dict[int, str]) -> str:
    """Return what a filter asks for, as Markdown on one line."""
    codes = [*_LABELS, *_JUDGE_LABELS]
    label, judge_label = (
        _label_text(one) if one in codes else plain(one) for one in (chosen.label, chosen.judge_label)
    )
    run = "" if chosen.run_id is None else f"{chosen.run_id} · {titles.get(chosen.run_id, '')}"
    asked = {
        _("Text in question or answer"): plain(chosen.text),
        _("Label"): label,
        _("Judge's label"): judge_label,
        _("Annotator"): plain(chosen.annotator),
        _("Run"): run,
        _("Tag"): plain(chosen.tag),
    }
    return " · ".join(f"{name}: **{value}**" for name, value in asked.items() if value)


def draw_list(visit: Visit, chosen: AnswerFilter, titles: dict[int, str]) -> None:
    """Draw the page of the list that the address asks for, and the way to the others."""
    total = count(visit.project, chosen)
    if not total:
        _draw_empty(chosen)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(ngettext("{count} answer", "{count} answers", total), width="content")
        _draw_ways_onward(chosen, total)
    pages = -(-total // PAGE_SIZE)
    answers = find(visit.project, chosen, page_number(pages), PAGE_SIZE)
    note_shown(visit.project, visit.annotator, [summary.answer_id for summary in answers])
    for summary in answers:
        _draw_line(summary, titles.get(summary.run_id, ""))
    draw_pages(pages)


def _draw_ways_onward(chosen: AnswerFilter, total: int) -> None:
    st.page_link(
        "pages/campaigns.py",
        label=ngettext(
            "Make a campaign of this {count} answer", "Make a campaign of these {count} answers", total
        ),
        icon=":material/checklist:",
        query_params={"new": "1", **in_address(chosen)},
    )
    st.page_link(
        "pages/judge.py",
        label=_("Let a judge judge these"),
        icon=":material/smart_toy:",
        query_params={"part": "new", **in_address(chosen)},
    )


def _label_text(code: str) -> str:
    if code == UNLABELLED:
        return _("none yet")
    if code == UNSCORED:
        return _("unscored")
    return f"{code} · " + _(STYLES[Label(code)].text)


def _draw_line(summary: AnswerSummary, run: str) -> None:
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch"):
                st.button(
                    f"**{summary.number}.** {plain(_shortened(summary.question))}",
                    key=f"open-{summary.answer_id}",
                    type="tertiary",
                    on_click=choose_answer,
                    args=(summary.answer_id,),
                )
            people = "".join(badge(letter) for letter in summary.labels) or "–"
            judges = "".join(badge(letter) for letter in summary.judge_labels) or "–"
            st.markdown(people_and_judge(people, judges), width="content")
        st.caption(with_citations(_shortened(summary.answer), 100) + f"  ·  {plain(run)}")


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN].rstrip() + "…"


def _draw_empty(chosen: AnswerFilter) -> None:
    if chosen == AnswerFilter():
        st.info(_("There is no answer yet. Ask a question, or import records."), icon=":material/inbox:")
        st.page_link("pages/ask.py", label=_("Ask"), icon=":material/forum:")
    else:
        st.info(_("No answer passes these filters. Remove one of them."), icon=":material/filter_alt_off:")
