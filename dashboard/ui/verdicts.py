"""What judges said of an answer."""

from collections.abc import Sequence

import streamlit as st

from dashboard.models import Judgement
from dashboard.ui.i18n import _, moment, number
from dashboard.ui.labels import badge_with_text
from dashboard.ui.text import paragraphs, plain


def draw_judgements(judgements: Sequence[Judgement], *, whole: bool) -> None:
    """Draw judgements; `whole` adds what the judge was, what it cost and its reply to the letter."""
    if not judgements:
        st.caption(_("No judge has judged this answer yet."))
    for judgement in judgements:
        _draw_verdict(judgement)
        if whole:
            _draw_details(judgement)


def _draw_verdict(judgement: Judgement) -> None:
    config, verdict = judgement.judge.config, judgement.verdict
    score = _("score {score}").format(score=_number(verdict.score, 2) or "–")
    st.markdown(f"{badge_with_text(verdict.label)} · **{plain(config.name)}** · {score}")
    if verdict.error:
        st.caption(_("Unscored: {reason}").format(reason=plain(verdict.error)))
    if verdict.reasoning:
        st.markdown(paragraphs(verdict.reasoning))


def _draw_details(judgement: Judgement) -> None:
    config, verdict = judgement.judge.config, judgement.verdict
    facts = {
        _("Rubric"): plain(config.rubric),
        _("Model"): plain(config.model),
        _("Prompt version"): plain(config.prompt_version),
        _("Parameters"): plain(", ".join(f"{name} = {value}" for name, value in config.parameters.items())),
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
