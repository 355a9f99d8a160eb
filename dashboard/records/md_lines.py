"""The lines of the Markdown record format: how each is written, and read back.

A *slot* is one line with its line end and the blank lines that follow it (an answer may span lines). Readers
take a slot, so that the same function judges a file and a layout; an empty slot is a line that is not there.
"""

import math
import re

from dashboard.clock import clock
from dashboard.errors import N_, RecordError
from dashboard.labels import Label
from dashboard.models import Reference
from dashboard.records.reading import shown
from dashboard.web_address import LONGEST, is_web_address

QUESTION = "**Pergunta"
SEGMENTS = "**Segmentos recuperados pelo"
ANSWER = "**Resposta gerada pelo LLM**:"
REFERENCES = "**Referências**:"
LABEL = "**Anotação manual**:"
SCORE = "**Answer Relevance (AR)**:"
JUDGE_LABEL = "**Anotação automatizada**:"
REASONING = "**Raciocínio (AR CoT)**:"
RULE = "---"

HEADINGS = {
    "question": QUESTION,
    "segments": SEGMENTS,
    "answer": ANSWER,
    "references": REFERENCES,
    "label": LABEL,
    "judge_score": SCORE,
    "judge_label": JUDGE_LABEL,
    "reasoning": REASONING,
}
"""How the first line of each section begins, in the order of the format."""

HIT_LINES = {
    "corpus_id": "- *Corpus ID:*",
    "score": "- *Score:*",
    "url": "- *URL:*",
    "start": "- *Início:*",
    "end": "- *Fim:*",
    "text": "- *Transcrição:*",
}
"""How the lines of a segment begin, in the order of the format."""

HIDDEN = "oculto"

_QUESTION = re.compile(r"\*\*Pergunta ([0-9]{1,18})\*\*:(.*)", re.DOTALL)
_SEGMENTS = re.compile(r"\*\*Segmentos recuperados pelo (.*)\*\*:\s*", re.DOTALL)
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,6})?")
_CLOCK = re.compile(r"([0-9]{2,4}):([0-5][0-9]):([0-5][0-9])")
_LINE_END = re.compile(r"\r\n|\r|\n")


def heading_of(line: str) -> str | None:
    """Return the section that a line opens, None for any other line."""
    if line.startswith("**"):
        for section, heading in HEADINGS.items():
            if line.startswith(heading):
                return section
    return None


def finite(text: str) -> float:
    """Return a decimal number as a float.

    Raises:
        RecordError: It is not a number in ASCII digits, or not a finite one.
    """
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise RecordError(
            N_("Expected a finite number such as 0.8537889719009399, found “{found}”."), found=shown(text)
        )
    return float(text)


def one_line(text: str) -> str:
    """Return a text as it can stand on one line of a file; almost always unchanged."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    if "\n" in text or text.endswith("\r"):
        return _LINE_END.sub(" ", text)
    return text


def write_text(marker: str, text: str) -> str:
    """Return a line that holds a text after its marker."""
    return f"{marker} {text}" if text else marker


def read_text(marker: str, slot: str) -> str:
    """Return the text after a marker and one space, every other space kept."""
    line = _line(slot)
    if not line.startswith(marker):
        raise RecordError(N_("Expected “{expected}”, found “{found}”."), expected=marker, found=shown(line))
    return line[len(marker) :].removeprefix(" ")


def write_question(number: int, question: str) -> str:
    """Return the first line of a record."""
    return write_text(f"{QUESTION} {number}**:", question)


def read_question(slot: str) -> tuple[int, str]:
    """Return the number and the text of the question."""
    found = _QUESTION.fullmatch(_line(slot))
    if not found or not found[2].strip():
        raise RecordError(
            N_("Expected the question as “**Pergunta 12**: text”, found “{found}”."), found=shown(_line(slot))
        )
    return int(found[1]), found[2].removeprefix(" ")


def write_retriever(retriever: str) -> str:
    """Return the line above the segments."""
    return f"{SEGMENTS} {retriever}**:"


def read_retriever(slot: str) -> str:
    """Return the name of the retriever."""
    found = _SEGMENTS.fullmatch(_line(slot))
    if not found:
        raise RecordError(
            N_("Expected “**Segmentos recuperados pelo E5**:”, found “{found}”."), found=shown(_line(slot))
        )
    return found[1]


def read_corpus_id(slot: str) -> int:
    """Return the Corpus ID."""
    token = _token(HIT_LINES["corpus_id"], slot)
    if not _INTEGER.fullmatch(token):
        raise RecordError(N_("Expected a whole number as Corpus ID, found “{found}”."), found=shown(token))
    return int(token)


def read_score_text(slot: str) -> str:
    """Return a retrieval score exactly as it is written."""
    token = _token(HIT_LINES["score"], slot)
    finite(token)
    return token


def read_url(slot: str) -> tuple[str, bool]:
    """Return an address and whether it is withheld."""
    token = _token(HIT_LINES["url"], slot)
    return ("", True) if token == HIDDEN else (_link(token), False)


def read_clock(marker: str, slot: str) -> float | None:
    """Return a time of day `HH:MM:SS` in seconds, None where there is none."""
    token = _token(marker, slot)
    if not token:
        return None
    found = _CLOCK.fullmatch(token)
    if not found:
        raise RecordError(
            N_("Expected a time as HH:MM:SS, such as 00:16:28, found “{found}”."), found=shown(token)
        )
    hours, minutes, seconds = (int(part) for part in found.groups())
    return float(hours * 3600 + minutes * 60 + seconds)


def write_clock(marker: str, seconds: float | None) -> str:
    """Return a line with a time, rounded down to the second."""
    return marker if seconds is None else f"{marker} {clock(seconds)}"


def write_answer(answer: str) -> str:
    """Return the answer's line, or its lines where they can be told from the rest of the record.

    Where an answer of several lines would not read back equal, its line ends become spaces.
    """
    text = write_text(ANSWER, answer)
    if "\n" in answer or "\r" in answer or "\0" in answer:
        inner = text.split("\n")[1:]
        if "\0" in answer or any(heading_of(line) for line in inner) or read_answer(text + "\n\n") != answer:
            return write_text(ANSWER, _LINE_END.sub(" ", answer.replace("\0", "\ufffd")))
    return text


def read_answer(slot: str) -> str:
    """Return the answer: everything before the blank line that ends the section, line ends as `\\n`."""
    text = slot.replace("\r\n", "\n")
    if not text.startswith(ANSWER):
        raise RecordError(N_("Expected “{expected}”, found “{found}”."), expected=ANSWER, found=shown(text))
    text = text.removesuffix("\n").removesuffix("\n")
    return text[len(ANSWER) :].removeprefix(" ")


def read_references(slot: str) -> None:
    """Check the line above the references."""
    token = _token(REFERENCES, slot)
    if token:
        raise RecordError(
            N_("Expected nothing after “{expected}”, found “{found}”."),
            expected=REFERENCES,
            found=shown(token),
        )


def write_reference(reference: Reference) -> str:
    """Return the line of a reference."""
    return f"- [{one_line(reference.title)}]({one_line(reference.url)})"


def read_reference(slot: str) -> Reference:
    """Return a reference; where brackets leave a choice, the shortest address that is one."""
    line = _line(slot).rstrip()
    cut = line.rfind("](")
    while line.startswith("- [") and line.endswith(")") and max(3, len(line) - LONGEST - 3) <= cut:
        url = line[cut + 2 : -1]
        if url == "" or is_web_address(url):
            return Reference(line[3:cut], url)
        if url == HIDDEN:
            return Reference(line[3:cut], "")
        cut = line.rfind("](", 0, cut)
    raise RecordError(
        N_("Expected a reference as “- [title](https://address)”, found “{found}”."), found=shown(line)
    )


def read_label(marker: str, slot: str) -> Label | None:
    """Return a label, None where there is none."""
    token = _token(marker, slot) if slot else ""
    if not token:
        return None
    try:
        return Label(token)
    except ValueError:
        raise RecordError(N_("Expected the label C, P or I, found “{found}”."), found=shown(token)) from None


def read_judge_score(slot: str) -> float | None:
    """Return Answer Relevance in [0, 1], None where there is none."""
    token = _token(SCORE, slot) if slot else ""
    if not token:
        return None
    score = finite(token)
    if not 0 <= score <= 1:
        raise RecordError(
            N_("Expected an Answer Relevance from 0 to 1 such as 0.67, found “{found}”."), found=shown(token)
        )
    return score


def read_reasoning(slot: str) -> str:
    """Return the judge's reasoning, empty where there is none."""
    return read_text(REASONING, slot) if slot else ""


def read_rule(slot: str) -> None:
    """Check the rule that ends a record; it may be missing."""
    if slot and _line(slot).rstrip() != RULE:
        raise RecordError(
            N_("Expected “{expected}”, found “{found}”."), expected=RULE, found=shown(_line(slot))
        )


def read_blank(slot: str) -> None:
    """Check the space before a record: a byte order mark and blank lines."""
    if slot.removeprefix("\ufeff").strip():
        raise RecordError(N_("Expected a blank line, found “{found}”."), found=shown(slot))


def _line(slot: str) -> str:
    line, _, rest = slot.partition("\n")
    if rest.strip():
        raise RecordError(N_("Expected a blank line, found “{found}”."), found=shown(rest.strip()))
    return line.removesuffix("\r")


def _token(marker: str, slot: str) -> str:
    return read_text(marker, slot).strip()


def _link(token: str) -> str:
    if token and not is_web_address(token):
        raise RecordError(
            N_("Expected an address that begins with http:// or https://, or oculto, found “{found}”."),
            found=shown(token),
        )
    return token
