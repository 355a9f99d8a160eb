"""Untrusted text as Markdown that shows exactly that text."""

import re
from collections.abc import Sequence
from urllib.parse import quote

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:^=&\"'@/])")
_PRETTIFIED = re.compile(
    r"(?<=[<>~])(?==)|(?<=-)(?=[->])|(?<=<)(?=-)"
    r"|(?<=:)(?=//|streamlit:)|(?<=[wW]{3})(?=\.)|(?<=[\w.+-])(?=@[\w-])"
)
"""Where Streamlit would draw two signs as one, such as an arrow, or make a link of an address that is written
out, even where they are escaped."""

_LINE_BREAK = re.compile(r"(?<!\s)\s*[\r\n]\s*")
"""Looked for only where a run of blanks begins: from every blank of a long run it would take for ever."""

_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_LINES = re.compile(r"\r\n|\r|\n")
_INDENT = re.compile(r"^[ \t]+")

Span = tuple[int, int]


def plain(text: str) -> str:
    """Return Markdown that is drawn as the text itself, on one line.

    Signs that turn the direction of writing are left out: they would turn what stands behind the text, too.
    """
    one_line = _PRETTIFIED.sub("\N{WORD JOINER}", _LINE_BREAK.sub(" ", _DIRECTIONS.sub("", text)))
    return _SPECIAL.sub(r"\\\1", one_line)


def link_target(url: str) -> str:
    """Return an address as it can stand in a Markdown link, from which nothing in it breaks out."""
    return quote(url, safe=":/?#@$&',;=%+-._~")


def paragraphs(text: str) -> str:
    """Return Markdown that is drawn as the text itself, with its line breaks."""
    first, *others = _LINES.split(text)
    return "  \n".join([plain(first), *(_INDENT.sub(_kept_blank, plain(line)) for line in others)])


def marked(text: str, words: Sequence[Span], sentence: Span | None) -> str:
    """Return Markdown that is drawn as the text with its words in bold and a sentence on a coloured ground.

    Args:
        text: Any text.
        words: Spans, ascending and apart, in characters.
        sentence: Span of the sentence, or None.
    """
    start, end = sentence or (len(text), len(text))
    before = _bold(text, words, 0, start)
    if sentence is None:
        return before
    inside = _bold(text, words, start, end).strip()
    return f"{before} :primary-background[{inside}] {_bold(text, words, end, len(text))}"


def _kept_blank(indent: re.Match[str]) -> str:
    # Four blanks at the start of a line would begin a block of code, in which escapes are shown.
    return "\N{NO-BREAK SPACE}" * len(indent[0])


def _bold(text: str, words: Sequence[Span], start: int, end: int) -> str:
    parts, at = [], start
    for first, last in words:
        if first >= start and last <= end:
            parts += [plain(text[at:first]), f"**{plain(text[first:last])}**"]
            at = last
    return "".join([*parts, plain(text[at:end])])
