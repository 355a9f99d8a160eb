"""What may enter the database: the same on SQLite, which takes nearly anything, as on PostgreSQL."""

from dataclasses import fields, is_dataclass

from dashboard.errors import N_, RecordError

LONGEST = {
    "annotator": 200,
    "campaign": 200,
    "caption_kind": 50,
    "event_id": 64,
    "key": 64,
    "language": 20,
    "tags": 200,
    "video_id": 200,
}
"""Most characters of the fields that have a limit."""

NEEDED = {"annotator", "event_id"}
"""Fields without which nobody could tell one person, or one event, from another."""

WIDE = {"number", "corpus_id"}
"""Whole numbers of up to 2**53, above which there is room for the next ones; all others have 31 bits."""


def check_entered(value: object, field: str = "") -> None:
    """Refuse a value that one of the databases could not keep.

    Args:
        value: A text, a number, or dataclasses and sequences of them. Mappings are JSON, which keeps all.
        field: Its name for the message; what is inside is named after it, as in `hits[0].text`. Where it ends
            in a space it is a place, such as a line, and not a name.

    Raises:
        RecordError: A text holds NUL or half a surrogate pair, is too long or missing, or a whole number is
            too large; the field is named.
    """
    _check(value, field, field)


def _check(value: object, path: str, name: str) -> None:
    if isinstance(value, str):
        _check_text(value, path, name)
    elif isinstance(value, int):
        _check_number(value, path, 53 if name in WIDE else 31)
    elif isinstance(value, (tuple, list)):
        for place, item in enumerate(value):
            _check(item, f"{path}[{place}]", name)
    elif is_dataclass(value):
        for field in fields(value):
            _check(getattr(value, field.name), _inside(path, field.name), field.name)


def _inside(path: str, name: str) -> str:
    return f"{path}.{name}" if path and not path.endswith(" ") else path + name


def _check_text(text: str, field: str, name: str) -> None:
    limit = LONGEST.get(name)
    if name in NEEDED and not text.strip():
        raise RecordError(N_("{field} is empty. Fill it in."), field=field)
    if limit is not None and len(text) > limit:
        raise RecordError(
            N_("{field} has {found} characters, more than the limit of {limit}. Shorten it."),
            field=field,
            found=len(text),
            limit=limit,
        )
    if "\0" in text:
        raise RecordError(N_("{field} holds the character NUL, which is no text. Remove it."), field=field)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise RecordError(
            N_("{field} holds half of a character, as from a wrong encoding. Type it again."), field=field
        ) from None


def _check_number(number: int, field: str, bits: int) -> None:
    if not -(2**bits) <= number < 2**bits:
        raise RecordError(
            N_("{field} is {found}, more than a database can keep. Use a smaller number."),
            field=field,
            found=number,
        )
