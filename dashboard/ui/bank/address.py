"""What the page of questions keeps in the address."""

import streamlit as st

from dashboard.store.questions import ANSWERED, UNANSWERED, QuestionFilter
from dashboard.ui.addressed import set_choice
from dashboard.ui.navigation import put_number

LIST, IMPORT, ALIKE, ANSWER = "list", "import", "alike", "answer"
"""The parts by their names in the address."""

PART = "part"


def filter_in_address() -> QuestionFilter:
    """Return the filter of the list, also on parts that do not draw its boxes."""
    asked = st.query_params
    answered = asked.get("answered", "")
    return QuestionFilter(
        text=asked.get("text", "").strip(),
        tag=asked.get("tag", ""),
        answered=answered if answered in (ANSWERED, UNANSWERED) else "",
    )


def choose_question(question_id: int | None) -> None:
    """Put a question into the address, to be looked at and changed; None for the list."""
    st.query_params.pop("new", None)
    put_number("question", question_id)


def begin_question() -> None:
    """Put the form for another question into the address."""
    choose_question(None)
    put_number("new", 1)


def turn_to_part(part: str) -> None:
    """Put a part into the address; what the list is narrowed to stays."""
    choose_question(None)
    set_choice(PART, part)
