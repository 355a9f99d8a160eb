"""One question: looked at, changed, added or deleted."""

from dataclasses import dataclass

import streamlit as st

from dashboard.answering.moments import moment_url
from dashboard.clock import short_clock
from dashboard.question_bank import BankQuestion, Link
from dashboard.records.bank_links import read_link, write_link
from dashboard.services import questions
from dashboard.services.corpus import find_videos
from dashboard.services.project import Project
from dashboard.store.questions import StoredQuestion
from dashboard.ui.actions import guarded
from dashboard.ui.bank.address import choose_question
from dashboard.ui.bank.questions import shortened
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, ngettext
from dashboard.ui.navigation import number_in_address
from dashboard.ui.text import link_target, plain
from dashboard.web_address import is_web_address

LONGEST_TEXT = 20_000
LARGEST_NUMBER = 2**53 - 1
SHOWN_LECTURES = 6
WIDTH = 860

_TOLD = "questions.told"


@dataclass(slots=True)
class _Saving:
    """What pressing the drawn button did, so that pressing it again, or beginning again, does it once."""

    question_id: int | None = None
    is_new: bool = False


def is_one_chosen() -> bool:
    """Return whether the address asks for one question, or for another one."""
    return number_in_address("question") is not None or number_in_address("new") is not None


def draw_question(visit: Visit) -> None:
    """Draw the question that the address names, or an empty form."""
    st.button(
        _("All questions"),
        icon=":material/arrow_back:",
        type="tertiary",
        on_click=choose_question,
        args=(None,),
        key="questions.back",
    )
    if message := st.session_state.pop(_TOLD, ""):
        st.success(message, icon=":material/check:")
    question_id = number_in_address("question")
    if question_id is None:
        st.subheader(_("New question"))
        _draw_form(visit.project, None)
        return
    found = questions.question_of(visit.project, question_id)
    st.subheader(_("Question {number}").format(number=found.number))
    with st.container(width=WIDTH):
        _draw_facts(found)
    _draw_form(visit.project, found)


def _draw_facts(found: StoredQuestion) -> None:
    if found.answers:
        st.page_link(
            "pages/explore.py",
            label=ngettext("{count} answer in Explore", "{count} answers in Explore", found.answers),
            icon=":material/table_view:",
            query_params={"text": found.text},
        )
    for link in found.links:
        url = moment_url(link.url, link.start_s) if is_web_address(link.url) else ""
        title = plain(link.title or link.video_id or link.url)
        text = f"[{title}]({link_target(url)})" if url else title
        time = f" · {short_clock(link.start_s)}" if link.start_s is not None else ""
        st.markdown(f":material/video_library: {text}{time}")


def _draw_form(project: Project, found: StoredQuestion | None) -> None:
    key = f"questions.{found.question_id if found else 'new'}"
    with st.container(width=WIDTH):
        number = found.number if found else questions.next_number(project)
        entered = int(st.number_input(_("Number"), 0, LARGEST_NUMBER, number, key=f"{key}.number", width=160))
        _draw_taken(project, entered, found)
        st.text_area(
            _("Question"), found.text if found else "", key=f"{key}.text", max_chars=LONGEST_TEXT, height=100
        )
        if found and found.is_used:
            st.caption(
                _(
                    "Something was said of this question already. Another wording is stored as a new "
                    "question and this one stays."
                )
            )
        tags = found.tags if found else ()
        st.multiselect(
            _("Tags"),
            list(dict.fromkeys([*tags, *questions.tags_in_use(project)])),
            tags,
            accept_new_options=True,
            placeholder=_("Choose tags or type new ones"),
            key=f"{key}.tags",
        )
        st.text_area(
            _("Reference answer"),
            found.reference_answer if found else "",
            key=f"{key}.reference",
            max_chars=LONGEST_TEXT,
            height=100,
            help=_("What is held to be right. Judges of correctness are shown it."),
        )
        st.text_area(
            _("Where the answer is known"),
            "\n".join(map(write_link, found.links)) if found else "",
            key=f"{key}.links",
            height=90,
            placeholder="aula-01?t=90\nhttps://…",
            help=_(
                "One link a line: an http or https address, or the id of a lecture, with the second after "
                "?t= or without. An address of a lecture that is here becomes a link to that lecture."
            ),
        )
        _draw_lectures(project, key)
        _draw_buttons(project, key, found)


def _draw_taken(project: Project, number: int, found: StoredQuestion | None) -> None:
    others = questions.others_with_number(project, number, found.question_id if found else None)
    for one in others[:3]:
        st.caption(
            ":material/info: "
            + _("Number {number} is also that of: {text}").format(
                number=number, text=plain(shortened(one.text))
            )
        )


def _draw_lectures(project: Project, key: str) -> None:
    """Offer to add lectures by their titles, which nobody knows by their ids."""
    text = st.text_input(
        _("Find a lecture by its title"), key=f"{key}.lecture", icon=":material/search:", width=400
    )
    if not text:
        return
    found = find_videos(project, text.strip(), 1, SHOWN_LECTURES)
    if not found:
        st.caption(_("No lecture has this in its title."))
    for summary in found:
        st.button(
            plain(summary.video.title),
            icon=":material/add_link:",
            type="tertiary",
            key=f"open-lecture-{summary.video.video_id}",
            on_click=guarded(_add_line),
            args=(f"{key}.links", summary.video.video_id),
            help=_("Add this lecture to the links"),
        )


def _add_line(key: str, line: str) -> None:
    lines = [one for one in str(st.session_state.get(key) or "").splitlines() if one.strip()]
    if line not in lines:
        st.session_state[key] = "\n".join([*lines, line])


def _draw_buttons(project: Project, key: str, found: StoredQuestion | None) -> None:
    with st.container(horizontal=True):
        st.button(
            _("Save") if found else _("Add"),
            type="primary",
            icon=":material/save:",
            on_click=guarded(_save),
            args=(project, key, found, _Saving()),
            key="questions.save",
        )
        if found and not found.is_used:
            with st.popover(_("Delete"), icon=":material/delete:"):
                st.markdown(_("Nothing was said of this question yet. Deleting it cannot be undone."))
                st.button(
                    _("Delete question {number}").format(number=found.number),
                    on_click=guarded(_delete),
                    args=(project, found),
                    key="questions.delete",
                )


def _save(project: Project, key: str, found: StoredQuestion | None, saving: _Saving) -> None:
    if saving.question_id is None:
        saving.question_id, saving.is_new = questions.save(
            project, _entered(key, found), found.question_id if found else None
        )
    if saving.is_new and found:
        told = _("The wording is another, so this is a new question. The former one stays as it was.")
    elif saving.is_new:
        told = _("The question was added.")
    else:
        told = _("The question was saved.")
    st.session_state[_TOLD] = told
    choose_question(saving.question_id)


def _entered(key: str, found: StoredQuestion | None) -> BankQuestion:
    state = st.session_state
    # A line that was left alone keeps the title of its link.
    known = {write_link(link): link for link in found.links} if found else {}
    lines = [line.strip() for line in str(state[f"{key}.links"] or "").splitlines() if line.strip()]
    return BankQuestion(
        number=int(state[f"{key}.number"]),
        text=str(state[f"{key}.text"] or ""),
        tags=tuple(str(tag).strip() for tag in state[f"{key}.tags"] if str(tag).strip()),
        reference_answer=str(state[f"{key}.reference"] or ""),
        links=tuple(_link(known, line) for line in lines),
    )


def _link(known: dict[str, Link], line: str) -> Link:
    return known[line] if line in known else read_link(line)


def _delete(project: Project, found: StoredQuestion) -> None:
    questions.delete(project, found.question_id)
    choose_question(None)
