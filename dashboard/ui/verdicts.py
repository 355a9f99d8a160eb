"""What judges said of an answer."""

from collections.abc import Sequence

import streamlit as st

from dashboard.judging.case import Case
from dashboard.judging.reasoning import parts_of
from dashboard.models import Judgement, NewJudgement
from dashboard.ui.i18n import _, moment, number
from dashboard.ui.judge_names import judge_name
from dashboard.ui.labels import badge_with_text
from dashboard.ui.text import paragraphs, plain
from dashboard.ui.verdict_details import draw_more, draw_signs, draw_unscored


def draw_judgements(judgements: Sequence[Judgement], *, whole: bool, case: Case | None = None) -> None:
    """Draw judgements; `whole` adds what the judge was, what it cost and its reply to the letter.

    `case` is what was judged, so that grades of sentences and segments can be told with their texts.
    """
    if not judgements:
        st.caption(_("No judge has judged this answer yet."))
    for judgement in judgements:
        draw_verdict(judgement.verdict, judge_name(judgement.judge.config))
        if whole:
            draw_more(judgement.verdict, judgement.judge.config.rubric, case)
            _draw_details(judgement)


def draw_verdict(verdict: NewJudgement, name: str) -> None:
    """Draw a verdict: label, score and reasoning in its parts, or why there is none; and what is odd."""
    words = [badge_with_text(verdict.label), f"**{plain(name)}**"]
    if verdict.score is not None:
        words.append(_("score {score}").format(score=number(verdict.score, 2)))
    st.markdown(" · ".join(words))
    draw_signs(verdict)
    if verdict.error or verdict.reason:
        draw_unscored(verdict)
    if verdict.reasoning:
        draw_reasoning(verdict.reasoning)


def draw_reasoning(reasoning: str) -> None:
    """Draw a reasoning under its headings where it has the three, else as it is."""
    parts = parts_of(reasoning)
    if parts is None:
        st.markdown(paragraphs(reasoning))
        return
    said = {
        _("Criteria"): parts.criteria,
        _("Supporting evidence"): parts.evidence,
        _("Score given"): parts.score,
    }
    st.markdown("  \n".join(f"**{title}**: {paragraphs(text)}" for title, text in said.items() if text))


def _draw_details(judgement: Judgement) -> None:
    config, verdict = judgement.judge.config, judgement.verdict
    given = {name: value for name, value in config.parameters.items() if isinstance(value, str | int | float)}
    facts = {
        _("Rubric"): plain(config.rubric),
        _("Model"): plain(config.model),
        _("Prompt version"): plain(config.prompt_version),
        _("Parameters"): plain(", ".join(f"{name} = {value}" for name, value in given.items())),
        _("Raw score"): _number(verdict.raw_score, 2),
        _("Tokens in"): _number(verdict.tokens_in),
        _("Tokens out"): _number(verdict.tokens_out),
        _("Milliseconds"): _number(verdict.latency_ms),
        _("Stored"): moment(verdict.created_at) if verdict.created_at else "",
        _("Reply to the letter"): paragraphs(verdict.raw_reply),
    }
    with st.expander(_("How it was judged")):
        st.markdown("  \n".join(f"**{name}**: {value}" for name, value in facts.items() if value))


def _number(value: float | None, digits: int = 0) -> str:
    return "" if value is None else number(value, digits)
