"""Two answers to one question beside each other: what differs word by word, and what was said of each."""

import streamlit as st

from dashboard.labels import Label
from dashboard.models import Answer
from dashboard.services.answer_pairs import Voices, read_answers, voices
from dashboard.services.word_diff import Span, word_diff
from dashboard.ui.answer import author
from dashboard.ui.exposure import note_shown
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, number, percent
from dashboard.ui.judge_names import judge_title
from dashboard.ui.labels import badge
from dashboard.ui.text import paragraphs, plain

LEFT_ONLY, RIGHT_ONLY = ":orange-background[~~{}~~]", ":blue-background[**{}**]"

BREAK = "  \n"
"""What parts the lines of a paragraph in Markdown."""


def draw_pair(visit: Visit, left: int, right: int, sides: tuple[str, str]) -> None:
    """Draw both answers; whoever looks has then seen what others and judges said of them.

    Args:
        visit: Who looks.
        left: The first answer.
        right: The second one.
        sides: Where each comes from, in words.
    """
    ids = [left, right]
    note_shown(visit.project, visit.annotator, ids)
    answers = {one.answer_id: one for one in read_answers(visit.project, ids)}
    said = voices(visit.project, ids)
    difference = word_diff(answers[left].text, answers[right].text)
    st.caption(
        _(
            "The answers share {share} of their words. Struck out: only in the first. Bold: only in the "
            "second."
        ).format(share=percent(difference.same))
    )
    columns = st.columns(2, gap="large")
    spans = (difference.left, difference.right)
    for column, answer_id, side, only, pattern in zip(
        columns, ids, sides, spans, (LEFT_ONLY, RIGHT_ONLY), strict=True
    ):
        with column:
            _draw_answer(answers[answer_id], side, diffed(answers[answer_id].text, only, pattern))
            _draw_voices(said[answer_id])
            st.page_link(
                "pages/explore.py",
                label=_("Open the record"),
                icon=":material/open_in_full:",
                query_params={"answer": str(answer_id)},
            )


def diffed(text: str, only: tuple[Span, ...], pattern: str) -> str:
    """Return Markdown that is drawn as the text with some spans written by a pattern."""
    parts, at = [], 0
    for start, end in only:
        # A mark ends with its line, and leaves the blanks at its ends outside.
        marked = [_marked(line, pattern) for line in paragraphs(text[start:end]).split(BREAK)]
        parts += [paragraphs(text[at:start]), BREAK.join(marked)]
        at = end
    return "".join([*parts, paragraphs(text[at:])])


def _marked(line: str, pattern: str) -> str:
    words = line.strip()
    indent = line[: len(line) - len(line.lstrip())]
    return f"{indent}{pattern.format(words)}" if words else ""


def _draw_answer(answer: Answer, side: str, text: str) -> None:
    st.markdown(f"**{plain(side)}**")
    with st.container(border=True):
        st.markdown(text or "–")
    st.caption(author(answer.model))


def _draw_voices(said: Voices) -> None:
    if said.agreed is not None:
        st.markdown(_("Agreed label") + f": {badge(said.agreed)}")
    if said.people:
        people = " · ".join(f"{plain(name)} {badge(label)}" for name, label in said.people.items())
        st.markdown(_("People") + f": {people}")
    else:
        st.caption(_("Nobody has labelled this answer."))
    for one in said.judgements:
        verdict = one.verdict
        label: Label | str = verdict.label if verdict.label is not None else "?"
        score = ""
        if verdict.score is not None:
            score = " · " + _("Score {score}").format(score=number(verdict.score, 2))
        st.markdown(_("Judge") + f": {plain(judge_title(one.judge))} {badge(label)}{score}")
