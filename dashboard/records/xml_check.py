"""A look through XML before a reader that builds all of it in memory is given it; nothing here is kept.

A file of some kilobytes can hold millions of elements, attributes without end, or entities that name each
other, and each would become objects.
"""

from collections.abc import Iterable
from xml.parsers.expat import ExpatError, ParserCreate

DEEPEST = 64
"""Elements inside each other; workbooks have about ten."""

LONGEST_TAG = 2**18
"""Bytes between the beginning of a tag and its end."""

WIDEST_ROW = 16_384
"""Cells of the widest row that a spreadsheet can have."""

_BEFORE_A_TAG = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"


def is_xml(beginning: bytes) -> bool:
    """Tell whether a reader of XML would go beyond the beginning of a file."""
    return beginning.lstrip(_BEFORE_A_TAG).startswith(b"<")


def count_elements(parts: Iterable[bytes], most: int) -> int:
    """Return how many elements a document has.

    Args:
        parts: The document, as it is unfolded.
        most: Elements at most.

    Raises:
        ValueError: It is no XML, declares a document type, or has more of something than it may.
    """
    look = _Look(most)
    fed = 0
    try:
        for part in parts:
            look.parser.Parse(part, False)
            fed += len(part)
            if fed - look.parser.CurrentByteIndex > LONGEST_TAG + len(part):
                raise ValueError(f"a tag is longer than {LONGEST_TAG} bytes")
        look.parser.Parse(b"", True)
    except ExpatError as error:
        raise ValueError(str(error)) from None
    return look.elements


class _Look:
    def __init__(self, most: int) -> None:
        self.elements = 0
        self._most = most
        self._depth = 0
        self._cells = 0
        self.parser = ParserCreate()
        self.parser.ordered_attributes = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._document_type

    def _start(self, name: str, attributes: object) -> None:
        self.elements += 1
        self._depth += 1
        local = name.rpartition(":")[2]
        self._cells = 0 if local == "row" else self._cells + (local == "c")
        if self.elements > self._most or self._depth > DEEPEST or self._cells > WIDEST_ROW:
            raise ValueError(
                f"more than {self._most} elements, {DEEPEST} inside each other or {WIDEST_ROW} in a row"
            )

    def _end(self, name: str) -> None:
        self._depth -= 1

    def _document_type(self, *_: object) -> None:
        raise ValueError("a document type is declared")
