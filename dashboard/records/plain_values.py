"""Reading plain JSON values strictly: every field has the type it should, or the message names it."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from dashboard.errors import N_, RecordError
from dashboard.records.reading import shown
from dashboard.records.record import in_utc
from dashboard.web_address import is_web_address

_Member = TypeVar("_Member", bound=StrEnum)
_Item = TypeVar("_Item")
_NEEDED = object()
_BIGGEST = 2**63 - 1
_DEEPEST = 32
_CODE = re.compile(r"[a-z0-9_]{0,20}")


class Fields:
    """The fields of one JSON object; each is taken once, and what is left over is an error.

    Args:
        path: Where the object is in its record, such as `hits[2]`; empty for the record itself.
        values: The object.
    """

    def __init__(self, path: str, values: Mapping[str, Any]) -> None:
        self._path = path
        self._values = values
        self._taken: set[str] = set()

    @classmethod
    def of(cls, path: str, value: object) -> "Fields":
        """Return the fields of a value that must be an object."""
        if not isinstance(value, dict):
            raise _wrong(path or "record", N_("{field}: expected an object, found {found}."), value)
        return cls(path, value)

    def name(self, key: str) -> str:
        """Return a field's full name for a message."""
        return f"{self._path}.{key}" if self._path else key

    def done(self) -> None:
        """Refuse fields that nobody took, because importing would lose them."""
        left = sorted(set(self._values) - self._taken)
        if left:
            raise RecordError(
                N_("{field} is not a field of the format; remove it or correct its name."),
                field=shown(self.name(left[0])),
            )

    def take(self, keys: Iterable[str]) -> dict[str, Any]:
        """Return the fields of these names that are there, unchecked."""
        return {key: self._get(key) for key in keys if key in self._values}

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; without a default it must be there."""
        value = self._get(key, _NEEDED if default is None else default)
        if not isinstance(value, str):
            raise _wrong(self.name(key), N_("{field}: expected a text, found {found}."), value)
        return value

    def code(self, key: str) -> str:
        """Return a short word that programs know, empty where it is missing."""
        value = self.text(key, "")
        if not _CODE.fullmatch(value):
            raise _wrong(
                self.name(key), N_("{field}: expected a word such as “unreadable”, found {found}."), value
            )
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty where it is missing."""
        value = self._get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise _wrong(self.name(key), N_("{field}: expected a list of texts, found {found}."), value)
        return tuple(value)

    def texts_by_name(self, key: str) -> dict[str, str]:
        """Return an object whose values are texts, empty where it is missing."""
        value = self._get(key, {})
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            raise _wrong(self.name(key), N_("{field}: expected an object of texts, found {found}."), value)
        return value

    def link(self, key: str) -> str:
        """Return an http(s) address, empty where it is missing."""
        url = self.text(key, "")
        if url and not is_web_address(url):
            raise _wrong(self.name(key), N_("{field}: expected an http(s) address, found {found}."), url)
        return url

    def flag(self, key: str, default: bool = False) -> bool:
        """Return true or false, the default where it is missing."""
        value = self._get(key, default)
        if not isinstance(value, bool):
            raise _wrong(self.name(key), N_("{field}: expected true or false, found {found}."), value)
        return value

    def integer(self, key: str, low: int = -_BIGGEST, high: int = _BIGGEST) -> int:
        """Return a whole number that must be there."""
        value = self._get(key, _NEEDED)
        if type(value) is not int or not low <= value <= high:
            raise _wrong(self.name(key), N_("{field}: expected a whole number, found {found}."), value)
        return value

    def optional_integer(self, key: str) -> int | None:
        """Return a whole number, None where it is missing or null."""
        return None if self._get(key, None) is None else self.integer(key)

    def number(self, key: str, low: float = -math.inf, high: float = math.inf) -> float:
        """Return a finite number that must be there."""
        value = self._get(key, _NEEDED)
        if type(value) is int and abs(value) <= _BIGGEST:
            value = float(value)
        if type(value) is not float or not math.isfinite(value) or not low <= value <= high:
            expected = N_("{field}: expected a finite number, found {found}.")
            if math.isfinite(low):
                expected = N_("{field}: expected a number from 0 to 1, found {found}.")
            raise _wrong(self.name(key), expected, value)
        return value

    def optional_number(self, key: str, low: float = -math.inf, high: float = math.inf) -> float | None:
        """Return a finite number, None where it is missing or null."""
        return None if self._get(key, None) is None else self.number(key, low, high)

    def member(self, key: str, kind: type[_Member]) -> _Member:
        """Return one of the words of a vocabulary that must be there."""
        value = self._get(key, _NEEDED)
        try:
            return kind(value)
        except ValueError:
            raise RecordError(
                N_("{field}: expected one of {expected}, found {found}."),
                field=self.name(key),
                expected=", ".join(kind),
                found=shown(value),
            ) from None

    def optional_member(self, key: str, kind: type[_Member]) -> _Member | None:
        """Return one of the words of a vocabulary, None where it is missing or null."""
        return None if self._get(key, None) is None else self.member(key, kind)

    def members(self, key: str, kind: type[_Member]) -> tuple[_Member, ...]:
        """Return a list of words of a vocabulary, empty where it is missing."""
        return tuple(Fields(self.name(key), {word: word}).member(word, kind) for word in self.texts(key))

    def moment(self, key: str) -> datetime | None:
        """Return a time in UTC, None where it is missing or null."""
        value = self._get(key, None)
        return None if value is None else read_moment(self.name(key), value)

    def inner(self, key: str) -> "Fields":
        """Return the fields of an object that must be there."""
        return Fields.of(self.name(key), self._get(key, _NEEDED))

    def anything(self, key: str) -> dict[str, Any]:
        """Return an object of any JSON values, not too deep; empty where it is missing."""
        value = self._get(key, {})
        if not isinstance(value, dict) or not _shallow(value, _DEEPEST):
            raise _wrong(
                self.name(key), N_("{field}: expected an object of few levels, found {found}."), value
            )
        return value

    def _get(self, key: str, default: object = _NEEDED) -> Any:
        self._taken.add(key)
        value = self._values.get(key, default)
        if value is _NEEDED:
            raise RecordError(N_("{field} is missing."), field=self.name(key))
        return value


def items(name: str, value: object, read: Callable[[Fields], _Item]) -> tuple[_Item, ...]:
    """Return a list of objects, each read strictly."""
    if not isinstance(value, list):
        raise _wrong(name, N_("{field}: expected a list, found {found}."), value)
    found = []
    for place, item in enumerate(value):
        fields = Fields.of(f"{name}[{place}]", item)
        found.append(read(fields))
        fields.done()
    return tuple(found)


def write_moment(moment: datetime | None) -> str | None:
    """Return a time as ISO 8601 in UTC, None for none."""
    return None if moment is None else in_utc(moment).isoformat()


def read_moment(field: str, value: object) -> datetime:
    """Return the time that an ISO 8601 text gives, in UTC."""
    try:
        if isinstance(value, str):
            return in_utc(datetime.fromisoformat(value))
    except (ValueError, OverflowError):
        pass
    raise _wrong(
        field, N_("{field}: expected a time such as 2026-03-01T12:00:00+00:00, found {found}."), value
    )


def _wrong(field: str, message: str, value: object) -> RecordError:
    return RecordError(message, field=field, found=shown(value))


def _shallow(value: object, levels: int) -> bool:
    inner: Iterable[object] = ()
    if isinstance(value, dict):
        inner = value.values()
    elif isinstance(value, list):
        inner = value
    return levels > 0 and all(_shallow(item, levels - 1) for item in inner)
