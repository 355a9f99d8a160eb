"""A page with a desk and one of everything that its keys must reach; what happened stands on it in words."""

import time

import streamlit as st

from dashboard.ui.desk import Pace, Press, draw_desk, seconds_on

KEYS = {
    "?": Press(".st-key-help button"),
    "n": Press(".st-key-note textarea", "focus"),
    "p": Press(".st-key-more button"),
    "x": Press(".st-key-missing button"),
    "Shift+1": Press(".st-key-strip button:nth-of-type(1)"),
    "Shift+2": Press(".st-key-strip button:nth-of-type(2)"),
    **{f"g {digit}": Press(f".st-key-mark button:nth-of-type({digit + 1})") for digit in range(4)},
}


def count(name: str) -> None:
    """Count that something happened."""
    st.session_state[name] = st.session_state.get(name, 0) + 1


def say(name: str) -> None:
    """Write a line that a test reads."""
    st.text(f"{name}={st.session_state.get(name, 0)}")


def number(name: str, otherwise: float) -> float:
    """Return a number from the page's address."""
    return float(st.query_params.get(name, otherwise))


@st.dialog("Help")
def draw_help() -> None:
    """Draw a dialog with a field to type in."""
    st.text_input("Search", key="search")


@st.fragment(run_every=0.1)
def watch(item: str) -> None:
    """Write down what was reported without a run of the page."""
    say("reports")
    st.text(f"seconds={seconds_on(item)}")


count("runs")
for digit in ("1", "2", "3"):
    st.button(f"Give {digit}", key=f"give-{digit}", shortcut=digit, on_click=count, args=(f"given-{digit}",))
if st.button("Help", key="help"):
    draw_help()
st.segmented_control("Strip", ["one", "two"], key="strip")
st.pills("Mark", ["zero", "one", "two", "three"], key="mark")
with st.popover("More", key="more"):
    st.text("unfolded")
st.button("Next item", key="next", on_click=count, args=("item",))
st.text_area("Note", key="note", persist_state="session")
item = f"item-{st.session_state.get('item', 0)}"
time.sleep(number("slow", 0))
st.button("Take away or put back", key="move", on_click=count, args=("moves",))
if st.session_state.get("moves", 0) % 2 == 0:
    draw_desk(
        item=item,
        keys=KEYS,
        note=".st-key-note",
        on_report=lambda: count("reports"),
        pace=Pace(draft_after=number("draft_after", 0.2)),
    )
for name in ("runs", "item", "given-1", "given-2", "given-3", "strip", "mark", "note"):
    say(name)
if "watch" in st.query_params:
    watch(item)
