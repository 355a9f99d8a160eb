"""Guidelines are Markdown that a person wrote: they are drawn as such and load nothing from anywhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from dashboard.ui.written import harmless

READER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
JOINER = "\N{WORD JOINER}"

ATTACKS = [
    "![](http://example.invalid/pixel.png)",
    "![x][1]\n\n[1]: http://example.invalid/pixel.png",
    "![1]\n\n[1]: http://example.invalid/pixel.png",
    "[![x](http://example.invalid/a.png)](https://example.org)",
    "[x](javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](\n JaVaScript:alert(1))",
    "[x](data:text/html,a)",
    "[x](&#106;avascript:alert(1))",
    "[x](//example.invalid)",
    "[x](/explore?answer=1)",
    "[x](mailto:a@b.org)",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "[x]\n\n[x]:\nftp://example.invalid",
    "<javascript:alert(1)>",
    "<mailto:a@b.org>",
    "<a@b.org>",
    "<a!b@localhost>",
    "`]` [x](ftp://example.invalid)",
]


def tokens(markdown: str) -> list[Token]:
    return [one for block in READER.parse(markdown) for one in (block, *(block.children or []))]


def targets(markdown: str) -> list[str]:
    return [str(one.attrs["href"]) for one in tokens(markdown) if one.type == "link_open"]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_is_loaded_and_only_web_addresses_are_linked(attack: str) -> None:
    drawn = harmless(attack)
    assert [one for one in tokens(drawn) if one.type in ("image", "html_inline", "html_block")] == []
    assert [one for one in targets(drawn) if not one.lower().startswith(("http://", "https://"))] == []
    assert drawn.replace(JOINER, "") == attack


@given(st.text("![]()<>:@/\\`\n abhtps.jx", max_size=40))
def test_nothing_that_can_be_written_is_loaded(text: str) -> None:
    drawn = harmless(text)
    assert [one for one in tokens(drawn) if one.type == "image"] == []
    assert [one for one in targets(drawn) if not one.lower().startswith(("http://", "https://"))] == []


def test_what_guidelines_need_stays_as_it_was() -> None:
    text = (
        "# Guia\n\n**C** quando [tudo](https://example.org/a_(b)) está lá; veja <https://example.org/@c>.\n\n"
        "1. `a[0]` e `x = y`\n2. [outro][1]\n\n| caso | rótulo |\n| --- | --- |\n| falta | P |\n\n"
        "[1]: http://example.org/1"
    )
    assert harmless(text) == text
    assert targets(text) == ["https://example.org/a_(b)", "https://example.org/@c", "http://example.org/1"]
