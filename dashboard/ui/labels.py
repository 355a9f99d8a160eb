"""Labels as they are drawn: always a letter with its colour, and words where there is room."""

from dashboard.labels import STYLES, Label
from dashboard.models import Annotation
from dashboard.responses import Kind
from dashboard.ui.i18n import _

TONES = {Label.CORRECT: "blue", Label.PARTIAL: "orange", Label.INCORRECT: "violet"}
"""The names under which `.streamlit/config.toml` holds the label colours for text."""


def badge(label: Label | str | None) -> str:
    """Return Markdown for a label as a coloured letter; a dash for none, a question mark for unscored."""
    if label in ("", None):
        return "–"
    if label == "?":
        return ":gray-badge[?]"
    label = Label(str(label))
    return f":{TONES[label]}-badge[{label.value}]"


def badge_with_text(label: Label | None) -> str:
    """Return Markdown for a label with its name."""
    if label is None:
        return ":gray-badge[?] " + _("Unscored")
    return f"{badge(label)} " + _(STYLES[label].text)


def response_badge(event: Annotation) -> str:
    """Return Markdown for what a person said: the label's letter, a question mark for "cannot tell"."""
    return said_badge(event.kind, event.label)


def said_badge(kind: Kind, label: Label | None) -> str:
    """Return Markdown for what is said in a response of this kind."""
    return badge("?" if kind is Kind.CANNOT_TELL else label)


def hinted(text: str, key: str) -> str:
    """Return a title with the key that opens it, as Streamlit shows the keys of buttons."""
    return f"{text} :gray[{key}]"


def people_and_judge(people: str, judge: str) -> str:
    """Return Markdown for both sides' badges on one line."""
    return ":small[" + _("People {people} · Judge {judge}").format(people=people, judge=judge) + "]"


def button_text(label: Label, *, is_given: bool) -> str:
    """Return the text of the button that gives a label; the one given is filled, so in one colour."""
    letter = f"**{label.value}**"
    return f"{letter if is_given else f':{TONES[label]}[{letter}]'} · " + _(STYLES[label].text)
