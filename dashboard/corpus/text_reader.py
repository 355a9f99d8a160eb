"""Documents without times: plain text and Markdown, a cue for each paragraph."""

import re
from collections.abc import Iterator

from dashboard.corpus.captions import Transcript
from dashboard.corpus.markup import strip_markup
from dashboard.corpus.timing_lines import LINE_END
from dashboard.cues import Cue

_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_LINE_MARK = re.compile(r"^[ \t]*(?:(?:>[ \t]?)+|#{1,6}[ \t]+|[-*+][ \t]+|={3,}[ \t]*$|(?:[-*_][ \t]*){3,}$)")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_EMPHASIS = re.compile(r"(\*{1,3}|(?<!\w)_{1,3})(?=\S)([^*_\n]+?)(?<=\S)\1(?!\w)")
_CODE = re.compile(r"(`{1,4})([^`]+)\1")


def read_plain(text: str, file: str) -> Transcript:
    """Read plain text: paragraphs are parted by blank lines, and `<b>` is content."""
    return Transcript(tuple(Cue(None, None, paragraph) for paragraph in _PARAGRAPH.split(_unix(text))))


def read_markdown(text: str, file: str) -> Transcript:
    """Read Markdown: the words of headings, lists, quotes, links and code stay; marks and front matter go."""
    body = _FRONT_MATTER.sub("", _unix(text))
    return Transcript(tuple(Cue(None, None, paragraph) for paragraph in _paragraphs(body)))


def _unix(text: str) -> str:
    return LINE_END.sub("\n", text)


def _paragraphs(body: str) -> Iterator[str]:
    """Yield fenced code as it stands and the paragraphs between without their marks."""
    prose: list[str] = []
    code: list[str] | None = None
    fence = ""
    for line in body.split("\n"):
        mark = _FENCE.match(line)
        if code is None and mark:
            yield from _prose(prose)
            prose, code, fence = [], [], mark[1]
        elif code is not None and mark and mark[1].startswith(fence):
            yield "\n".join(code)
            code = None
        else:
            (prose if code is None else code).append(line)
    yield from _prose(prose)
    if code:
        yield "\n".join(code)


def _prose(lines: list[str]) -> Iterator[str]:
    for paragraph in _PARAGRAPH.split(_COMMENT.sub("", "\n".join(lines))):
        if not paragraph.strip():
            continue
        headed: list[str] = []
        for line in paragraph.split("\n"):
            if line.lstrip().startswith("#") and headed:
                yield _plain(headed)
                headed = []
            headed.append(_without_marks(line))
        yield _plain(headed)


def _without_marks(line: str) -> str:
    text = _LINE_MARK.sub("", line).rstrip()
    is_heading = line.lstrip().startswith("#")
    return text.rstrip("#") if is_heading and text.rstrip("#").endswith(" ") else text


def _plain(lines: list[str]) -> str:
    pieces = _CODE.split(_LINK.sub(r"\1", "\n".join(lines)))
    # _CODE has two groups: prose, back-ticks, code, prose, …
    pieces[0::3] = [strip_markup(_EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", piece))) for piece in pieces[0::3]]
    del pieces[1::3]
    return "".join(pieces)
