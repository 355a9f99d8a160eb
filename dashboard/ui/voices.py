"""What people said of an answer, side by side or one after the other, and what was settled."""

from collections.abc import Sequence

import streamlit as st

from dashboard.models import Adjudication, Annotation, Phase
from dashboard.responses import FLAG_TEXTS, REASON_TEXTS, RESPONSES, Kind, Reason
from dashboard.services.adjudicating import Voice
from dashboard.ui.i18n import _, moment, number
from dashboard.ui.labels import badge, badge_with_text, response_badge
from dashboard.ui.text import paragraphs, plain


def draw_voices(voices: Sequence[Voice]) -> None:
    """Draw a card for each person, side by side."""
    if not voices:
        st.caption(_("Nobody has labelled this answer yet."))
    in_a_row = min(len(voices), 2 if len(voices) == 4 else 3)
    for first in range(0, len(voices), in_a_row or 1):
        columns = st.columns(in_a_row, gap="small")
        for column, voice in zip(columns, voices[first : first + in_a_row], strict=False):
            with column, st.container(border=True, gap="xsmall", height="stretch"):
                _draw_voice(voice)


def draw_event(event: Annotation) -> None:
    """Draw one thing that a person said, on lines of its own."""
    st.markdown(f"{_in_words(event)} · **{plain(event.annotator)}** · {_circumstances(event)}")
    _draw_more(event)


def draw_adjudications(settled: Sequence[Adjudication]) -> None:
    """Draw every adjudication, newest first: the agreed label, then those that it took the place of."""
    for place, one in enumerate(settled):
        text = (_("Agreed label: {label}") if place == 0 else _("Before: {label}")).format(
            label=badge_with_text(one.label)
        )
        details = " · ".join((f"**{plain(one.annotator)}**", moment(one.created_at), *_seconds(one.seconds)))
        st.markdown(f"{text} · {details}")
        if one.reason:
            st.caption(paragraphs(one.reason))


def _draw_voice(voice: Voice) -> None:
    name = f"**{plain(voice.annotator)}**"
    if voice.counts is None:
        st.markdown(f"– {name}")
    else:
        st.markdown(f"{response_badge(voice.counts)} {name}")
        st.caption(_circumstances(voice.counts))
        if voice.counts.kind is Kind.CANNOT_TELL:
            st.markdown(":small[" + _reason(voice.counts) + "]")
        _draw_more(voice.counts)
    if voice.others:
        _draw_others(voice)


def _draw_others(voice: Voice) -> None:
    """Draw the button behind which lies all that the person said of the answer and that does not count."""
    title = _("Also said: {labels}").format(labels=" ".join(_briefly(event) for event in voice.others))
    with st.popover(f":small[{title}]", type="tertiary", key=f"also-said-{voice.others[0].event_id}"):
        st.caption(
            _("What {name} said of this answer besides; it does not count here.").format(
                name=plain(voice.annotator)
            )
        )
        for event in voice.others:
            where = f" · {plain(event.campaign)}" if event.campaign else ""
            st.markdown(f"{_in_words(event)} · {_circumstances(event)}{where}")
            _draw_more(event)


def _draw_more(event: Annotation) -> None:
    """Draw what was said beside the label."""
    if event.also is not None:
        st.markdown(":small[" + _("also acceptable: {label}").format(label=badge(event.also)) + "]")
    if event.flags:
        st.markdown(" ".join(f":gray-badge[{_(FLAG_TEXTS[flag])}]" for flag in event.flags))
    if event.note:
        st.markdown(":small[" + paragraphs(event.note) + "]")


def _in_words(event: Annotation) -> str:
    if event.kind is Kind.CANNOT_TELL:
        return f"{badge('?')} " + _("Cannot tell") + f" ({_reason(event)})"
    if event.kind is Kind.SKIP:
        return _("Skipped")
    if event.kind is Kind.WITHDRAWN:
        return _("Taken back")
    return badge_with_text(event.label)


def _briefly(event: Annotation) -> str:
    return response_badge(event) if event.kind in RESPONSES else "–"


def _circumstances(event: Annotation) -> str:
    phase = _("blind") if event.phase is Phase.BLIND else _("judge visible")
    repeat = [_("hidden repeat")] if event.is_repeat else []
    return " · ".join([phase, *_seconds(event.seconds), moment(event.created_at), *repeat])


def _seconds(seconds: float | None) -> list[str]:
    return [f"{number(seconds)} s"] if seconds is not None else []


def _reason(event: Annotation) -> str:
    known = event.reason in set(Reason)
    return _(REASON_TEXTS[Reason(event.reason)]) if known else plain(event.reason)
