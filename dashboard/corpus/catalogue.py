"""`videos.csv`: what a folder says about its lectures."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard.corpus.captions import Notice
from dashboard.corpus.decoding import decode_file
from dashboard.corpus.markup import one_line
from dashboard.corpus.names import MAX_ID, is_video_id
from dashboard.errors import N_, CorpusError
from dashboard.models import Video
from dashboard.web_address import is_web_address

if TYPE_CHECKING:
    import _csv

CATALOGUE = "videos.csv"
"""The file's name."""

_REQUIRED = ("video_id", "title", "captions")
_YEARS = range(1800, 2201)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the catalogue.

    Attributes:
        line: Line of the file on which the row ends.
        video: The lecture, None where its id cannot be used.
        captions: Its caption file, as written.
        caption_kind: How the captions came to be (`community`, `auto_generated`, …), as written.
        notices: What was wrong with the row; without a video, why.
    """

    line: int
    video: Video | None
    captions: str
    caption_kind: str
    notices: list[Notice] = field(default_factory=list)


def read_catalogue(path: Path) -> tuple[list[Entry], tuple[Notice, ...]]:
    """Read a `videos.csv`, its columns parted by commas, semicolons or tabs, in any encoding.

    Returns:
        Its rows, and what was noticed about the file as a whole.

    Raises:
        CorpusError: The file cannot be read, is no CSV, or lacks a required column.
    """
    decoded = decode_file(path)
    text = decoded.text
    header = text.lstrip("\n").split("\n", 1)[0]
    separator = max(",;\t", key=header.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        columns = [name.strip().lower() for name in next(rows, [])]
        missing = [name for name in _REQUIRED if name not in columns]
        if missing:
            raise CorpusError(
                N_("{file} lacks the columns {missing}: found {columns}. Add them to its first line."),
                file=str(path),
                missing=", ".join(missing),
                columns=one_line(", ".join(columns))[:200] or "''",
            )
        return list(_entries(rows, columns)), decoded.warnings
    except csv.Error as error:
        raise CorpusError(
            N_("{file} is not a table in CSV: line {line}: {reason}. Save it again as CSV."),
            file=str(path),
            line=rows.line_num,
            reason=str(error),
        ) from error


def _entries(rows: "_csv.Reader", columns: list[str]) -> Iterator[Entry]:
    for cells in rows:
        if any(cell.strip() for cell in cells):
            yield _entry(rows.line_num, dict(zip(columns, cells, strict=False)), len(cells) - len(columns))


def _entry(line: int, row: dict[str, str], surplus: int) -> Entry:
    row = {name: cell.strip() for name, cell in row.items()}
    captions, kind = row.get("captions", ""), one_line(row.get("caption_kind", ""))
    notices: list[Notice] = []
    if surplus > 0:
        notices.append(
            Notice(
                N_("Line {line} has {surplus} cells more than there are columns. Quote texts with commas."),
                {"line": line, "surplus": surplus},
            )
        )
        return Entry(line, None, captions, kind, notices)
    video_id = row["video_id"]
    if not is_video_id(video_id):
        notices.append(
            Notice(
                N_(
                    "Line {line}: {found} cannot be a video_id. "
                    "Give 1 to {most} characters without control characters."
                ),
                {"line": line, "found": repr(video_id[:40]), "most": MAX_ID},
            )
        )
        return Entry(line, None, captions, kind, notices)
    video = Video(
        video_id=video_id,
        title=one_line(row.get("title", "")) or video_id,
        title_en=one_line(row.get("title_en", "")),
        url=_url(row.get("url", ""), line, notices),
        year=_year(row.get("year", ""), line, notices),
        language=one_line(row.get("language", "")),
    )
    return Entry(line, video, captions, kind, notices)


def _url(text: str, line: int, notices: list[Notice]) -> str:
    if not text or is_web_address(text):
        return text
    notices.append(
        Notice(
            N_("Line {line}: the url {found} is not an http or https address and was dropped."),
            {"line": line, "found": repr(text[:80])},
        )
    )
    return ""


def _year(text: str, line: int, notices: list[Notice]) -> int | None:
    if not text:
        return None
    digits = text.removesuffix(".0")  # as spreadsheets and pandas write a column with gaps
    if digits.isdecimal() and len(digits) == 4 and int(digits) in _YEARS:
        return int(digits)
    notices.append(
        Notice(
            N_("Line {line}: the year {found} is not a year such as 2024 and was dropped."),
            {"line": line, "found": repr(text[:40])},
        )
    )
    return None
