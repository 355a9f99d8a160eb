"""Bytes of a text file to text, whatever program wrote it."""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from dashboard.corpus.captions import Notice
from dashboard.errors import N_, CorpusError

MAX_BYTES = 32 * 1024**2
"""Larger files are refused unread; a ten-hour lecture with word-level times takes about 10 MB."""

_BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WESTERN = re.compile(
    "[\\s -~\xa0ÀÁÂÃÄÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜàáâãäçèéêëìíîïñòóôõöùúûüªº°“”‘’–—…«»§•€£×÷±²³µ·¿¡]*"
)
_WESTERN_ENCODINGS = (("cp1252", "Windows-1252"), ("cp850", "MS-DOS 850"), ("mac_roman", "Mac OS Roman"))
_BINARY_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file without its byte order mark or NULs, and how it was read where that is news."""

    text: str
    warnings: tuple[Notice, ...] = ()


def decode_file(path: Path) -> Decoded:
    """Read a text file in whatever encoding it has.

    A byte order mark decides; then UTF-8; then Windows-1252 (which includes Latin-1), MS-DOS or Mac,
    where that gives only characters of Portuguese and its neighbours, because short texts are too little for
    statistics; then the best guess of charset-normalizer.

    Raises:
        CorpusError: The file is missing, unreadable, empty, too large, or not text.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise CorpusError(
                N_("{file} is too large for a transcript: found {size} bytes, at most {limit}. Split it."),
                file=str(path),
                size=size,
                limit=MAX_BYTES,
            )
        data = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
    return decode(data, str(path))


def decode(data: bytes, file: str) -> Decoded:
    """Turn the bytes of a text file into text; `file` names it in messages. See `decode_file`."""
    if not data:
        raise CorpusError(
            N_("{file} is empty: found 0 bytes. Export the captions again, or leave the file out."), file=file
        )
    text, warnings = _with_mark(data) or _without_mark(data, file)
    nulls = text.count("\0")
    if nulls > max(len(text) * _BINARY_SHARE, 1):
        raise _not_text(file)
    if nulls:
        warnings.append(Notice(N_("NUL characters were removed: {count}."), {"count": nulls}))
    return Decoded(text.replace("\0", ""), tuple(warnings))


def unreadable(path: Path, error: OSError) -> CorpusError:
    """Return the error to raise where the system will not let a file be read."""
    return CorpusError(
        N_("{file} cannot be read: {reason}. Check the path and its permissions."),
        file=str(path),
        reason=error.strerror or str(error),
    )


def _with_mark(data: bytes) -> tuple[str, list[Notice]] | None:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, errors="replace")
            return text, _encoding_notice(encoding) + _damage_notice(text.count("\ufffd"))
    return None


def _without_mark(data: bytes, file: str) -> tuple[str, list[Notice]]:
    wide = _wide_encoding(data)
    if wide:
        text = data.decode(wide, errors="replace")
        return text, _encoding_notice(wide) + _damage_notice(text.count("\ufffd"))
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    if data.count(0) > len(data) * _BINARY_SHARE:
        raise _not_text(file)
    text = data.decode("utf-8", errors="replace")
    damaged = text.count("\ufffd")
    if damaged * 10 <= sum(character > "\x7f" for character in text) - damaged:
        return text, _damage_notice(damaged)
    for encoding, name in _WESTERN_ENCODINGS:
        western = data.decode(encoding, errors="replace")
        if _WESTERN.fullmatch(western):
            return western, _encoding_notice(name)
    return _guessed(data, file)


def _wide_encoding(data: bytes) -> str | None:
    """Recognise UTF-16 without a mark: in Western text every other byte is NUL."""
    pairs = len(data) // 2
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if odd > pairs * 0.7 and even < pairs * 0.05:
        return "utf-16-le"
    if even > pairs * 0.7 and odd < pairs * 0.05:
        return "utf-16-be"
    return None


def _guessed(data: bytes, file: str) -> tuple[str, list[Notice]]:
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        raise _not_text(file)
    return str(best), _encoding_notice(best.encoding)


def _encoding_notice(encoding: str) -> list[Notice]:
    if encoding == "utf-8":
        return []
    return [
        Notice(
            N_("The file is not UTF-8 and was read as {encoding}; check its accents."), {"encoding": encoding}
        )
    ]


def _damage_notice(count: int) -> list[Notice]:
    if not count:
        return []
    return [Notice(N_("Damaged characters were replaced by \ufffd: {count}."), {"count": count})]


def _not_text(file: str) -> CorpusError:
    return CorpusError(
        N_("{file} is not a text file: found binary data. Give the captions as SRT, VTT, JSON or text."),
        file=file,
    )
