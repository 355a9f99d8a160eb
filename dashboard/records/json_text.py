"""JSON text, strictly: no NaN, no infinity, no half characters, no nesting beyond what Python can follow."""

import json
import math
import re
from typing import Any

from dashboard.errors import N_, RecordError
from dashboard.records.reading import shown

MOST_VALUES = 4_000_000
"""Values in a JSON text, each of which becomes an object of some hundred bytes, whatever it holds."""

_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def write_json(value: object) -> str:
    """Return a value as JSON on one line, in Unicode."""
    try:
        return _ENCODER.encode(value)
    except (TypeError, ValueError) as error:
        raise RecordError(
            N_("The record holds a value that JSON cannot carry ({found}); export it as Markdown."),
            found=shown(str(error)),
        ) from error


def read_json(text: str, *, is_lenient: bool = False) -> Any:
    """Return the value of a JSON text.

    Args:
        text: The JSON.
        is_lenient: Whether NaN and infinity, which many programs write for a missing number, are null.

    Raises:
        RecordError: It is not JSON, or holds what no record may hold.
    """
    if len(text) > MOST_VALUES and sum(text.count(sign) for sign in ",[{") > MOST_VALUES:
        raise RecordError(N_("The JSON holds more than {limit} values; split it."), limit=MOST_VALUES)
    refuse = _missing if is_lenient else _refuse
    try:
        value = json.loads(text, parse_constant=refuse, parse_float=_finite)
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise RecordError(N_("The JSON is nested too deeply for a record.")) from None
    except UnicodeEncodeError:
        raise RecordError(N_("The JSON holds half of a surrogate pair, which is no character.")) from None
    except json.JSONDecodeError as error:
        raise RecordError(
            N_("Expected JSON, found “{found}” ({reason} at character {place})."),
            found=shown(text[error.pos : error.pos + 40]),
            reason=error.msg,
            place=error.pos + 1,
        ) from None
    except ValueError as error:
        raise RecordError(
            N_("The JSON holds a number of too many digits: {found}"), found=shown(str(error))
        ) from None
    return value


def _refuse(constant: str) -> float:
    raise RecordError(N_("Expected a finite number, found {found}."), found=constant)


def _missing(constant: str) -> None:
    return None


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse(shown(text))
