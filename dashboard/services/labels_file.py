"""Labels from a plain table: one line an item and rater."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dashboard.agreement.majority import majority
from dashboard.agreement.table import MISSING
from dashboard.corpus.markup import one_line
from dashboard.errors import N_, NotFound, RecordError
from dashboard.services.agreement import SideBySide

NEEDED = ("item", "rater", "label")
"""Columns of the table; a column `score` may be there, too."""

ADJUDICATED = "adjudicated"
"""The rater whose label is the agreed one of an item."""

Codes = npt.NDArray[np.int64]


def read_labels(
    path: Path, judge: str, categories: tuple[str, ...], annotator: str = "", other_judge: str = ""
) -> tuple[SideBySide, Codes | None]:
    """Put people's and judge's labels of a table side by side.

    An item's human label is that of the rater `adjudicated`, else the majority's, or the chosen annotator's.
    An empty label is none; where the judge gave it, the item is unscored.

    Args:
        path: A CSV file with the columns item, rater, label and, if there are any, score.
        judge: The rater who is the judge.
        categories: The labels, lowest first.
        annotator: One person; empty for all.
        other_judge: Another rater who is a judge; empty for none.

    Returns:
        The sides, items in the order of the file, and the codes of the other judge.

    Raises:
        RecordError: The categories are too few, the file cannot be read, or a line is wrong.
        NotFound: There is no such rater.
    """
    if len(set(categories)) < max(2, len(categories)) or "" in categories:
        raise RecordError(
            N_("Two or more different categories are needed, lowest first: found “{found}”. Give I,P,C."),
            found=",".join(categories),
        )
    table = _read(path, categories)
    for name in filter(None, (judge, other_judge)):
        _check_rater(path, name, table.raters)
    people = sorted(table.raters.keys() - {judge, other_judge, ADJUDICATED})
    if annotator:
        _check_rater(path, annotator, people)
        people = [annotator]
    n = len(table.items)
    ratings = np.full((n, len(people)), MISSING, dtype=np.int64)
    for column, name in enumerate(people):
        ratings[:, column] = table.codes_of(name)
    human = majority(ratings, len(categories)).chosen
    if ADJUDICATED in table.raters and not annotator:
        agreed = table.codes_of(ADJUDICATED)
        human = np.where(agreed != MISSING, agreed, human)
    given = table.lines_of(judge)
    unscored, scores = np.zeros(n, dtype=np.bool_), np.full(n, np.nan)
    unscored[table.item[given]] = table.code[given] == MISSING
    scores[table.item[given]] = table.score[given]
    sides = SideBySide(
        answer_ids=np.arange(n),
        question_ids=np.arange(n),
        human=human,
        judge=table.codes_of(judge),
        unscored=unscored,
        scores=scores,
        ratings=ratings,
        people=tuple(people),
        tied=int(((ratings != MISSING).any(axis=1) & (human == MISSING)).sum()),
        categories=categories,
    )
    return sides, table.codes_of(other_judge) if other_judge else None


@dataclass(frozen=True, slots=True)
class _Table:
    """A table's lines by column; items and raters are numbered in the order of the file."""

    items: dict[str, int]
    raters: dict[str, int]
    item: Codes
    rater: Codes
    code: Codes
    score: npt.NDArray[np.float64]

    def lines_of(self, rater: str) -> npt.NDArray[np.intp]:
        return np.flatnonzero(self.rater == self.raters[rater])

    def codes_of(self, rater: str) -> Codes:
        found = np.full(len(self.items), MISSING, dtype=np.int64)
        given = self.lines_of(rater)
        found[self.item[given]] = self.code[given]
        return found


def _read(path: Path, categories: tuple[str, ...]) -> _Table:
    items: dict[str, int] = {}
    raters: dict[str, int] = {}
    codes = {"": MISSING} | {name: code for code, name in enumerate(categories)}
    rows: list[tuple[int, int, int, float, int]] = []
    for line, item, rater, label, score in _rows(path):
        if not item or not rater:
            raise _wrong(
                path,
                line,
                N_("{path}, line {line}: there is no {column}. Fill it in."),
                column="rater" if item else "item",
            )
        if label not in codes:
            codes[label] = _code(path, line, label, categories)
        place = items.setdefault(item, len(items)), raters.setdefault(rater, len(raters))
        rows.append((*place, codes[label], _score(path, line, score) if score else np.nan, line))
    if not rows:
        raise RecordError(
            N_("{path} has no labels: found only its first line. Add one line for each item and rater."),
            path=path,
        )
    item_of, rater_of, code, scores, lines = (np.array(column) for column in zip(*rows, strict=True))
    pairs = item_of * len(raters) + rater_of
    _, first, inverse = np.unique(pairs, return_index=True, return_inverse=True)
    again = np.flatnonzero(first[inverse] != np.arange(len(pairs)))
    if len(again):
        line, before = lines[again[0]], lines[first[inverse[again[0]]]]
        raise _wrong(
            path,
            int(line),
            N_("{path}, line {line}: {rater} has a label for {item} in line {before}, too. Keep one."),
            rater=one_line(list(raters)[rater_of[again[0]]])[:80],
            item=one_line(list(items)[item_of[again[0]]])[:80],
            before=int(before),
        )
    return _Table(items, raters, item_of, rater_of, code, scores)


def _rows(path: Path) -> Iterator[tuple[int, str, str, str, str]]:
    """Yield line, item, rater, label and score of every line that is not empty."""
    content = _text(path)
    header = content.lstrip().partition("\n")[0]
    # Spreadsheets in Portuguese part the columns by semicolons.
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        missing = [name for name in NEEDED if name not in names]
        if missing:
            raise RecordError(
                N_("{file} lacks the columns {missing}: found {columns}. Add them to its first line."),
                file=path,
                missing=", ".join(missing),
                columns=one_line(", ".join(names))[:200],
            )
        item, rater, label = (names.index(name) for name in NEEDED)
        score = names.index("score") if "score" in names else None
        for cells in reader:
            if len(cells) != len(names):
                if not any(cells):
                    continue
                raise _wrong(
                    path,
                    reader.line_num,
                    N_("{path}, line {line}: expected {expected} cells, found {found}. Mend the line."),
                    expected=len(names),
                    found=len(cells),
                )
            yield (
                reader.line_num,
                cells[item].strip(),
                cells[rater].strip(),
                cells[label].strip(),
                "" if score is None else cells[score].strip(),
            )
    except csv.Error as error:
        raise _wrong(
            path,
            reader.line_num,
            N_("{path}, line {line}: not CSV ({reason}). Save it again as CSV in UTF-8."),
            reason=error,
        ) from error


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RecordError(
            N_("The table {path} cannot be read: {reason}. Give a CSV file."),
            path=path,
            reason=error.strerror or error,
        ) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _wrong(
            path,
            content.count(b"\n", 0, error.start) + 1,
            N_("{path}, line {line}: not UTF-8, found the byte {found}. Save the file as CSV UTF-8."),
            found=f"0x{content[error.start]:02x}",
        ) from error


def _code(path: Path, line: int, label: str, categories: tuple[str, ...]) -> int:
    """Return the code of a label that is written otherwise than its category: “c” for C, “3.0” for 3."""
    for code, category in enumerate(categories):
        if label.casefold() == category.casefold() or _same_number(label, category):
            return code
    raise _wrong(
        path,
        line,
        N_("{path}, line {line}: the label is “{found}”. Use one of {known}, or give other --categories."),
        found=one_line(label)[:80],
        known=", ".join(categories),
    )


def _same_number(one: str, other: str) -> bool:
    try:
        return float(one) == float(other)
    except ValueError:
        return False


def _score(path: Path, line: int, cell: str) -> float:
    # Spreadsheets in Portuguese write a decimal comma.
    try:
        score = float(cell.replace(",", "."))
    except ValueError:
        score = np.inf
    if np.isinf(score):
        raise _wrong(
            path,
            line,
            N_("{path}, line {line}: the score is “{found}”. Give a number or leave it empty."),
            found=one_line(cell)[:80],
        )
    return score


def _check_rater(path: Path, name: str, among: Iterable[str]) -> None:
    if name not in among:
        raise NotFound(
            N_("No rater of {path} is called “{found}”. Choose one of: {known}."),
            path=path,
            found=name,
            known=one_line(", ".join(sorted(among)))[:500],
        )


def _wrong(path: Path, line: int, message: str, **found: object) -> RecordError:
    return RecordError(message, path=path, line=line, **found)
