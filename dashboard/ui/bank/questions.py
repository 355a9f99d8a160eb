"""The list of questions; its filters live in the address."""

from functools import partial

import streamlit as st

from dashboard.services import questions
from dashboard.services.bank_file import TYPES, write_bank
from dashboard.store.questions import ANSWERED, UNANSWERED, QuestionFilter, StoredQuestion
from dashboard.ui.addressed import choose, draw_pages, page_number, type_in
from dashboard.ui.bank.address import ANSWER, IMPORT, begin_question, choose_question, turn_to_part
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, ngettext
from dashboard.ui.text import plain

PAGE_SIZE = 20
SHOWN = 220


def draw_questions(visit: Visit) -> None:
    """Draw the filters, the ways onward, and the page of the list that the address asks for."""
    chosen = _draw_filters(visit)
    total = questions.count(visit.project, chosen)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(ngettext("{count} question", "{count} questions", total), width="content")
        st.button(_("Add a question"), icon=":material/add:", on_click=begin_question, key="questions.new")
        if total:
            _draw_ways_onward(visit, chosen, total)
    if not total:
        _draw_empty(chosen)
        return
    pages = -(-total // PAGE_SIZE)
    for one in questions.find(visit.project, chosen, page_number(pages), PAGE_SIZE):
        _draw_line(one)
    draw_pages(pages)


def tag_badges(tags: tuple[str, ...]) -> str:
    """Return tags as Markdown."""
    return " ".join(f":gray-badge[{plain(tag)}]" for tag in tags)


def _draw_filters(visit: Visit) -> QuestionFilter:
    answered = {ANSWERED: _("answered"), UNANSWERED: _("not answered yet")}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = type_in(_("Text or number"), "text", width=260)
        tag = choose(_("Tag"), "tag", questions.tags_in_use(visit.project), width=180, nothing=_("any"))
        state = choose(
            _("Answers"), "answered", list(answered), answered.__getitem__, width=180, nothing=_("any")
        )
    return QuestionFilter(text=text, tag=tag, answered=state)


def _draw_ways_onward(visit: Visit, chosen: QuestionFilter, total: int) -> None:
    st.button(
        ngettext("Answer this {count} question", "Answer these {count} questions", total),
        icon=":material/play_arrow:",
        on_click=turn_to_part,
        args=(ANSWER,),
        key="questions.answer",
    )
    with st.popover(_("Download"), icon=":material/download:"):
        for kind, mime in TYPES.items():
            st.download_button(
                kind.upper(),
                data=partial(write_bank, visit.project, chosen, kind),
                file_name=f"veredito-questions.{kind}",
                mime=mime,
                on_click="ignore",
                key=f"questions.download-{kind}",
                width="stretch",
            )


def _draw_line(one: StoredQuestion) -> None:
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch"):
                st.button(
                    f"**{one.number}.** {plain(shortened(one.text))}",
                    key=f"open-question-{one.question_id}",
                    type="tertiary",
                    on_click=choose_question,
                    args=(one.question_id,),
                )
            st.markdown(_state(one), width="content")
        facts = [
            tag_badges(one.tags),
            _("reference answer") if one.reference_answer else "",
            ngettext("{count} link to the answer", "{count} links to the answer", len(one.links))
            if one.links
            else "",
        ]
        if any(facts):
            st.caption(" · ".join(fact for fact in facts if fact))


def _state(one: StoredQuestion) -> str:
    if not one.answers:
        return ":orange-badge[" + _("no answer") + "]"
    return ":green-badge[" + ngettext("{count} answer", "{count} answers", one.answers) + "]"


def shortened(text: str) -> str:
    """Return a text short enough for a line of a list."""
    return text if len(text) <= SHOWN else text[:SHOWN].rstrip() + "…"


def _draw_empty(chosen: QuestionFilter) -> None:
    if chosen != QuestionFilter():
        st.info(_("No question passes these filters. Remove one of them."), icon=":material/filter_alt_off:")
        return
    st.info(_("There is no question yet. Add one, or import a question bank."), icon=":material/inbox:")
    st.button(
        _("Import questions"),
        icon=":material/upload:",
        type="primary",
        on_click=turn_to_part,
        args=(IMPORT,),
        key="questions.import",
    )
