"""What people of the project write in Markdown, such as guidelines: drawn as such, but it loads nothing."""

import re

import streamlit as st

_JOINER = "\N{WORD JOINER}"
_IMAGE = re.compile(r"!(?=\[)")
_TARGET = re.compile(r"\](?=[(:](?!\s*<?https?://))", re.IGNORECASE)
_AUTOLINK = re.compile(r"<(?=[a-z][a-z0-9+.-]{1,31}:)(?!https?://)", re.IGNORECASE)
_MAIL = re.compile(r"(?<=[^\s/@])@(?=\w)")


def harmless(markdown: str) -> str:
    """Return Markdown without images, and with links to web addresses only.

    What would become something else is broken up by an invisible sign, so that it is shown as it was
    written, in code as well, where a backslash would be seen. An image becomes a link to it.
    """
    for pattern in (_IMAGE, _TARGET, _AUTOLINK, _MAIL):
        markdown = pattern.sub(lambda found: found[0] + _JOINER, markdown)
    return markdown


def draw_written(markdown: str) -> None:
    """Draw Markdown that a person wrote; it may come from anybody, so it loads nothing from anywhere."""
    st.markdown(harmless(markdown), anchors=False)
