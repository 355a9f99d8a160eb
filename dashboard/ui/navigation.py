"""What the address says, read with distrust: addresses are typed and shared by people."""

import streamlit as st


def chosen_answer() -> int | None:
    """Return the answer that the address names, None when it names none."""
    value = st.query_params.get("answer", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 18 else None


def choose_answer(answer_id: int | None) -> None:
    """Put an answer into the address, so that a reload or a shared link shows it again."""
    if answer_id is None:
        st.query_params.pop("answer", None)
    else:
        st.query_params["answer"] = str(answer_id)
