"""JSON transcripts: Whisper's `{"segments": [...]}` and the lists that YouTube transcript tools write."""

import json
from typing import Any

from dashboard.corpus.captions import Transcript
from dashboard.cues import Cue
from dashboard.errors import N_, CorpusError

_LATEST_S = 360_000_000.0  # 99,999 hours, the latest time that the SRT reader takes


_MOST_VALUES = 4_000_000
"""A day of words with their times has a tenth of that."""


def read_json(text: str, file: str) -> Transcript:
    """Read `{"segments": [{"start", "end", "text"}]}` or a list of `{"text", "start", "duration"}`.

    Times are seconds. Either shape may give `end` or `duration`; other fields are ignored.

    Raises:
        CorpusError: Not JSON (NaN and infinities included), nested too deeply, another shape, or a value of
            the wrong type; the message names the segment, counted from 1.
    """
    parsed = _parsed(text, file)
    segments = parsed.get("segments") if isinstance(parsed, dict) else parsed
    if not isinstance(segments, list):
        raise CorpusError(
            N_(
                "{file} is not a transcript: found {found}, expected an object with a list of segments "
                "(Whisper) or a list of texts with start and duration (YouTube). Export it again."
            ),
            file=file,
            found=_shown(parsed),
        )
    return Transcript(tuple(_cue(segment, number, file) for number, segment in enumerate(segments, start=1)))


def _parsed(text: str, file: str) -> Any:
    def refuse(constant: str) -> None:
        raise CorpusError(
            N_(
                "{file} is not valid JSON: found {found} where a number belongs. Export the transcript again."
            ),
            file=file,
            found=constant,
        )

    if len(text) > _MOST_VALUES and sum(text.count(sign) for sign in ",[{") > _MOST_VALUES:
        raise CorpusError(
            N_("{file} is not a transcript: it holds more than {limit} values. Export it again."),
            file=file,
            limit=_MOST_VALUES,
        )
    try:
        return json.loads(text, parse_constant=refuse)
    except json.JSONDecodeError as error:
        raise CorpusError(
            N_("{file} is not valid JSON: line {line}, column {column}: {found}. Export it again."),
            file=file,
            line=error.lineno,
            column=error.colno,
            found=error.msg,
        ) from error
    except RecursionError as error:
        raise CorpusError(
            N_("{file} is not a transcript: its brackets are nested too deeply. Export it again."), file=file
        ) from error
    except ValueError as error:
        raise CorpusError(
            N_("{file} is not a transcript: found a number with too many digits. Export it again."), file=file
        ) from error


def _cue(segment: Any, number: int, file: str) -> Cue:
    if not isinstance(segment, dict):
        raise CorpusError(
            N_("{file}: segment {number} is {found}, expected an object. Correct it or export it again."),
            file=file,
            number=number,
            found=_shown(segment),
        )
    text = segment.get("text")
    if not isinstance(text, str):
        raise CorpusError(
            N_('{file}: "text" of segment {number} is {found}, expected a text. Correct it.'),
            file=file,
            number=number,
            found=_shown(text),
        )
    start = _seconds(segment, "start", number, file)
    if "end" in segment:
        return Cue(start, _seconds(segment, "end", number, file), text)
    return Cue(start, start + _seconds(segment, "duration", number, file), text)


def _seconds(segment: dict[str, Any], name: str, number: int, file: str) -> float:
    value = segment.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LATEST_S:
        return float(value)
    raise CorpusError(
        N_(
            '{file}: "{field}" of segment {number} is {found}, expected seconds from the start of the video. '
            "Correct it or export it again."
        ),
        file=file,
        field=name,
        number=number,
        found=_shown(value),
    )


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "{…}"
    return "[…]" if isinstance(value, list) else json.dumps(value, ensure_ascii=False)[:40]
