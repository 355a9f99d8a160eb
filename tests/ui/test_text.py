"""Untrusted text becomes Markdown that shows exactly that text."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from dashboard.ui.answer import with_citations
from dashboard.ui.text import marked, paragraphs, plain

ATTACKS = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "![](http://example.invalid/q.png)",
    "$x^2$ e $$y$$",
    ":red[x] :material/home: :blue-badge[y] :streamlit:",
    "**b** __c__ ~~d~~ `e`",
    "| a | b |\n|---|---|",
    "&lt;b&gt; &#58; &copy;",
    "\\*",
    "<http://example.invalid>",
    "a@example.invalid",
    "[1]: http://example.invalid",
]
BLOCKS = [
    "# a",
    "- a",
    "* a",
    "+ a",
    "1. a",
    "1) a",
    "> a",
    "---",
    "===",
    "```",
    "~~~",
    "    a",
    "\ta",
    ":::x",
]
DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
PRINTABLE = st.text(
    st.characters(
        exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters=f"\N{WORD JOINER}{DIRECTIONS}"
    ),
    max_size=60,
)


def shown(markdown: str) -> str:
    """Return the text that a CommonMark reader with tables shows, with a line break for each hard break.

    Invisible joiners are left out.

    Raises:
        AssertionError: It shows anything but paragraphs of text.
    """
    # Streamlit strips what it draws before it reads it as Markdown.
    blocks = (
        MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(markdown.strip())
    )
    assert {one.type for one in blocks} <= {"paragraph_open", "inline", "paragraph_close"}, markdown
    return "\n".join(_shown_inline(block, markdown) for block in blocks if block.type == "inline")


def _shown_inline(block: Token, markdown: str) -> str:
    pieces = block.children or []
    assert {piece.type for piece in pieces} <= {"text", "hardbreak"}, markdown
    text = "".join("\n" if piece.type == "hardbreak" else piece.content for piece in pieces)
    return text.replace("\N{WORD JOINER}", "")


def test_every_punctuation_character_that_means_something_is_escaped() -> None:
    bare = {character for character in string.punctuation if plain(character) == character}
    assert bare <= set(",;?%"), bare


@pytest.mark.parametrize("text", [*ATTACKS, *BLOCKS])
def test_an_attack_is_shown_as_it_was_written(text: str) -> None:
    assert shown(plain(text)) == " ".join(text.split("\n")).strip()
    assert shown(paragraphs(text)).strip() == text.strip()


def test_a_text_does_not_turn_the_direction_of_what_stands_behind_it() -> None:
    assert plain(f"a{DIRECTIONS}b") == "ab"


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("end_of_line", ["\n", "\r\n", "\r"])
def test_no_line_of_a_text_begins_a_block(block: str, end_of_line: str) -> None:
    text = end_of_line.join(["antes", "", block, block, "", "depois"])
    lines = [line.strip() for line in shown(paragraphs(text)).split("\n")]
    assert lines == ["antes", block.strip(), block.strip(), "depois"]
    assert shown(plain(text)) == re.sub(r"\s*[\r\n]\s*", " ", text)


@given(PRINTABLE)
def test_any_text_is_shown_as_it_was_written(text: str) -> None:
    assert shown(plain(text)).strip() == text.strip()


@given(st.lists(PRINTABLE.filter(str.strip), min_size=1, max_size=4))
def test_line_breaks_of_any_text_are_kept(lines: list[str]) -> None:
    found = shown(paragraphs("\n".join(lines))).split("\n")
    assert [line.strip() for line in found] == [line.strip() for line in lines]


@given(PRINTABLE)
def test_streamlits_own_directives_never_come_out_of_a_text(text: str) -> None:
    assert not re.search(r"(?<!\\):", plain(text).replace("\\\\", ""))
    assert not re.search(r"(?<!\\)\$", plain(text).replace("\\\\", ""))


def test_words_are_bold_and_the_sentence_stands_out() -> None:
    text = "antes. o [passo] dado. depois"
    drawn = marked(text, [(9, 16)], (7, 22))
    assert drawn == r"antes\.  :primary-background[o **\[passo\]** dado\.]  depois"


@given(PRINTABLE.filter(str.strip), st.data())
def test_marks_change_no_letter(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), min_size=2, max_size=2)) or {0, len(text)})
    drawn = marked(text, [(cuts[0], cuts[1])], None)
    bare = drawn.replace("**", "")
    assert re.sub(r"\s", "", shown(bare)) == re.sub(r"\s", "", text)


def test_citations_become_badges_and_nothing_else_does() -> None:
    drawn = with_citations("Sim [2]. [x](javascript:a) [9]", 3)
    assert re.fullmatch(r"Sim :\w+-badge\[2\]" + re.escape(r"\. \[x\]\(javascript\:a\) \[9\]"), drawn)
