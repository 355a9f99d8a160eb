"""Every action of the desk has a key; `?` lists them."""

from functools import partial

import streamlit as st

from dashboard.labels import FIRST_KEY_IS_BEST, STYLES
from dashboard.responses import GRADE_TEXTS, GRADES, VERDICT_TEXTS, Verdict
from dashboard.services.labelling import renew
from dashboard.ui.actions import guarded
from dashboard.ui.desk import Press, draw_desk
from dashboard.ui.i18n import _
from dashboard.ui.workplace import Workplace, event_id, item

SHOWN_CARDS = 10

_NOTE = ".st-key-note-box textarea"

_PRESSES = {
    "4": Press(".st-key-cannot-tell button"),
    "n": Press(_NOTE, "focus"),
    "f": Press(".st-key-flags button"),
    "a": Press(".st-key-also button"),
    "Shift+ArrowRight": Press(".st-key-onward button"),
    "Shift+ArrowLeft": Press('[class*="st-key-previous-"] button'),
    "j": Press(".st-key-last button"),
    "d": Press(".st-key-guidelines button"),
    "p": Press(".st-key-own-progress button"),
    "?": Press(".st-key-keys button"),
    **{
        f"g {grade}": Press(f'.st-key-playing-card [class*="st-key-grade-"] button:nth-of-type({grade + 1})')
        for grade in GRADES
    },
    **{
        f"t {place}": Press(f'.st-key-citation-next [class*="st-key-support-"] button:nth-of-type({place})')
        for place in range(1, len(Verdict) + 1)
    },
}


def draw_keys(work: Workplace) -> None:
    """Bring the keys, the clock and the kept drafts to the desk."""
    if work.desk.place is None:
        draw_desk(item="", keys=_PRESSES, note="", on_report=lambda: None)
        return
    cards = {
        f"Shift+{rank % 10}": Press(f".st-key-card-{work.scope}-{rank} button")
        for rank in range(1, SHOWN_CARDS + 1)
    }
    draw_desk(
        item=item(work.scope, event_id(work)),
        keys={**_PRESSES, **cards},
        note=".st-key-note-box",
        once=".st-key-label-bar, .st-key-desk-bar",
        on_report=partial(guarded(renew), work.visit.project, work.place, work.visit.annotator),
    )


def draw_help() -> None:
    """Draw the button that lists the keys."""
    if st.button("?", key="keys", help=_("Keys")):
        st.dialog(_("Keys"), width="medium")(_list_keys)()


def _list_keys() -> None:
    key, action = _("Key"), _("What it does")
    rows = [f"| `{stroke}` | {text} |" for stroke, text in _in_words().items()]
    st.markdown("\n".join([f"| {key} | {action} |", "| --- | --- |", *rows]))


def _in_words() -> dict[str, str]:
    labels = {STYLES[label].shortcut: _(STYLES[label].text) for label in FIRST_KEY_IS_BEST}
    grades = ", ".join(f"{grade} {_(text)}" for grade, text in GRADE_TEXTS.items())
    verdicts = ", ".join(f"{place} {_(text)}" for place, text in enumerate(VERDICT_TEXTS.values(), start=1))
    return {
        **labels,
        "4": _("Cannot tell; then 5 to 8 for the reason"),
        "N": _("Write the note; Esc leaves it"),
        "F": _("Flags"),
        "A": _("Also acceptable"),
        "S / Shift+→": _("Skip, or go on"),
        "B / Shift+←": _("Previous"),
        "U": _("Undo"),
        "Shift+1 … Shift+0": _("Play card 1 to 10"),
        "G 0 … G 3": _("Relevance of the card that plays: {grades}").format(grades=grades),
        "T 1 … T 3": _("Does the next citation support its sentence: {verdicts}").format(verdicts=verdicts),
        "J": _("What was said of the answer labelled last"),
        "D": _("Guidelines"),
        "P": _("My progress"),
        "?": _("This list"),
    }
