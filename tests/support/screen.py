"""What a person reads on a page that Streamlit's test harness has run."""

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

PAGES = (
    "",
    "ask",
    "annotate",
    "campaigns",
    "adjudicate",
    "explore",
    "judge",
    "agreement",
    "corpus",
    "questions",
    "project",
)


def read(app: AppTest) -> str:
    """Return all texts of the page, each on a line of its own."""
    kinds = (app.title, app.header, app.subheader, app.markdown, app.caption, app.text)
    boxes = (app.info, app.warning, app.error, app.success)
    return "\n".join(str(element.value) for kind in (*kinds, *boxes) for element in kind)


def errors(app: AppTest) -> list[str]:
    """Return the errors that the page shows; a traceback is never among them.

    Raises:
        AssertionError: The page shows an exception.
    """
    assert not app.exception, app.exception
    return [str(one.value) for one in app.error]


def button(app: AppTest, words: str) -> Button:
    """Return the button that has these words on it."""
    found = [one for one in app.button if words in one.label]
    assert len(found) == 1, (words, [one.label for one in app.button])
    return found[0]
