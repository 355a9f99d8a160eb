"""What the address says, read with distrust: addresses are typed and shared by people."""

import streamlit as st


def number_in_address(name: str) -> int | None:
    """Return the whole number of a parameter of the address, None where there is none."""
    value = st.query_params.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 18 else None


def put_number(name: str, value: int | None) -> None:
    """Put a number into the address, so that a reload or a shared link finds it; None takes it out."""
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = str(value)


def chosen_answer() -> int | None:
    """Return the answer that the address names, None when it names none."""
    return number_in_address("answer")


def choose_answer(answer_id: int | None) -> None:
    """Put an answer into the address, so that a reload or a shared link shows it again."""
    put_number("answer", answer_id)


def chosen_campaign() -> int | None:
    """Return the campaign that the address names, None when it names none."""
    return number_in_address("campaign")
