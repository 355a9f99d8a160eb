"""Captions as plain values: what was spoken when, and the windows made of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption: a text and the seconds at which it is spoken (None in documents without times)."""

    start_s: float | None
    end_s: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Window:
    """Whole cues that make one segment: start of the first cue, end of the last, and the encoder's tokens."""

    start_s: float | None
    end_s: float | None
    text: str
    tokens: int
