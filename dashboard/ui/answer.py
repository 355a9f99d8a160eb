"""An answer as it is read: question, text with its citations, references, and who wrote it."""

from collections.abc import Sequence

import streamlit as st

from dashboard.answering.citations import Citation, pieces
from dashboard.clock import short_clock
from dashboard.models import Answer, Hit, Reference
from dashboard.ui.i18n import _
from dashboard.ui.player import play
from dashboard.ui.text import paragraphs, plain
from dashboard.web_address import is_web_address

EXTRACTIVE = "extractive"


def draw_question(answer: Answer) -> None:
    """Draw the question with its number."""
    st.markdown(f"#### {answer.question.number}. {paragraphs(answer.question.text)}")


def draw_answer(answer: Answer, scope: object, references: Sequence[Reference] | None = None) -> None:
    """Draw the answer's text and its references, each of which makes the player of that scope jump.

    `references` are those to draw; None means all.
    """
    shown = answer.references if references is None else references
    st.markdown(with_citations(answer.text, len(answer.hits)))
    if shown:
        _draw_references(answer, scope, shown)


def author(model: str) -> str:
    """Return who wrote an answer as Markdown."""
    return plain(author_text(model))


def author_text(model: str) -> str:
    """Return who wrote an answer, in words."""
    if model == EXTRACTIVE:
        return _("extractive answer, no language model")
    return model or _("model not named in this record")


def with_citations(text: str, k: int) -> str:
    """Return an answer as Markdown that shows exactly its text, with its citations as badges."""
    return "".join(
        "".join(f":gray-badge[{rank}]" for rank in piece.ranks)
        if isinstance(piece, Citation)
        else paragraphs(piece.text)
        for piece in pieces(text, k)
    )


def _draw_references(answer: Answer, scope: object, references: Sequence[Reference]) -> None:
    hits = {hit.rank: hit for hit in answer.hits}
    with st.container(gap="xsmall"):
        for position, reference in enumerate(references):
            _draw_reference(scope, position, reference, hits.get(reference.rank or 0))


def _draw_reference(scope: object, position: int, reference: Reference, hit: Hit | None) -> None:
    title = plain(reference.title) or _("Reference")
    if hit is not None:
        st.button(
            f"**[{hit.rank}]** {title} · {short_clock(hit.segment.start_s) or _('no times')}",
            key=f"reference-{scope}-{position}",
            icon=":material/play_circle:",
            type="tertiary",
            help=_("Play this moment"),
            on_click=play,
            args=(scope, hit.rank),
        )
    elif is_web_address(reference.url):
        st.link_button(title, reference.url, icon=":material/open_in_new:", type="tertiary")
    else:
        st.caption(title)
