"""Question banks from files: what they would change is shown before anything is stored."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from dashboard.errors import RecordError
from dashboard.question_bank import BankQuestion
from dashboard.records.bank_links import write_link
from dashboard.services.bank_file import TYPES, BankFile, check_bank
from dashboard.services.questions import Change, Preview, preview, take_in
from dashboard.ui.bank.address import ALIKE, turn_to_part
from dashboard.ui.bank.questions import shortened, tag_badges
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, explain, number
from dashboard.ui.record_files import on_disk
from dashboard.ui.text import plain

SHOWN = 50
"""Most lines of a list of the preview."""


def draw_import(visit: Visit) -> None:
    """Read an uploaded bank, say what it would change, and store it only when the person says so."""
    st.markdown(
        _(
            "A table as CSV or XLSX, or JSONL, with the columns `number` and `text` and, if you like, "
            "`tags`, `reference_answer` and `links`. Several tags, or links, are parted by semicolons. "
            "Nothing is stored before you confirm."
        )
    )
    file = st.file_uploader(_("File"), type=list(TYPES), key="questions.file")
    if file is None:
        return
    with on_disk([file]) as paths, st.spinner(_("The file is being read …")):
        bank = _checked(file.file_id, paths[0])
    if not bank.questions:
        _draw_problems(bank.problems)
        return
    result = preview(visit.project, bank.questions)
    _draw_counts(result, len(bank.problems) + len(result.problems))
    problems = [*bank.problems, *(error for _question, error in result.problems)]
    if result.new or result.changed:
        text = _("Store the good questions") if problems else _("Store these questions")
        if st.button(text, type="primary", icon=":material/save:", key="questions.store"):
            done = take_in(visit.project, bank.questions)
            st.success(
                _("Stored: {new} new, {changed} changed.").format(
                    new=number(len(done.new)), changed=number(len(done.changed))
                ),
                icon=":material/check:",
            )
            st.button(
                _("Look for questions that mean the same"),
                icon=":material/join_inner:",
                on_click=turn_to_part,
                args=(ALIKE,),
                key="questions.look",
            )
            return
    elif not problems:
        st.info(_("The bank has all of this already."), icon=":material/check:")
    _draw_problems(problems)
    _draw_details(result)


@st.cache_data(max_entries=4, show_spinner=False)
def _checked(file_id: str, _path: Path) -> BankFile:
    try:
        bank = check_bank(_path)
    except RecordError as error:
        bank = BankFile(problems=[error])
    bank.problems = [_without(f"{_path.parent}/", error) for error in bank.problems]
    return bank


def _without(folder: str, error: RecordError) -> RecordError:
    """Return an error that does not name the folder, which only the server knows."""
    found = {
        name: str(value).replace(folder, "") if isinstance(value, (str, Path)) else value
        for name, value in error.found.items()
    }
    return RecordError(error.message, **found)


def _draw_counts(result: Preview, problems: int) -> None:
    with st.container(horizontal=True):
        for name, count in (
            (_("New"), len(result.new)),
            (_("Changed"), len(result.changed)),
            (_("Unchanged"), result.unchanged),
            (_("With a mistake"), problems),
        ):
            st.metric(name, number(count), border=True)


def _draw_problems(problems: Sequence[RecordError]) -> None:
    for error in problems[:SHOWN]:
        st.error(plain(explain(error)), icon=":material/error:")
    _draw_rest(len(problems))


def _draw_details(result: Preview) -> None:
    _draw_lines(_("New"), [_line(one) for one in result.new], is_open=True)
    _draw_lines(_("Changed"), [_line(one.question) + "  \n" + _changes(one) for one in result.changed])
    _draw_lines(
        _("The bank has this text under another number"),
        [
            _line(one) + "  \n" + _("there: {numbers}").format(numbers=", ".join(map(str, numbers)))
            for one, numbers in result.elsewhere
        ],
    )
    _draw_lines(
        _("The number is taken by another question"),
        [_line(one) + "  \n" + plain(shortened(texts[0])) for one, texts in result.taken],
    )
    _draw_lines(_("Twice in the file; the first counts"), [_line(one) for one in result.twice])


def _draw_lines(title: str, lines: Sequence[str], *, is_open: bool = False) -> None:
    if not lines:
        return
    with st.expander(f"{title} · {number(len(lines))}", expanded=is_open):
        for line in lines[:SHOWN]:
            st.markdown(line)
        _draw_rest(len(lines))


def _draw_rest(count: int) -> None:
    if count > SHOWN:
        st.caption(_("… and {count} more").format(count=number(count - SHOWN)))


def _line(one: BankQuestion) -> str:
    return f"**{one.number}.** {plain(shortened(one.text))} {tag_badges(one.tags)}"


def _changes(change: Change) -> str:
    parts = [tag_badges(change.tags)] if change.tags else []
    if change.is_reference_new:
        parts.append(_("reference answer") + ": " + plain(shortened(change.question.reference_answer)))
    if change.links:
        parts.append(_("links to the answer") + ": " + plain(", ".join(map(write_link, change.links))))
    return "+ " + " · ".join(parts)
