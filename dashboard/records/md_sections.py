"""Cutting one Markdown record into its sections, and saying what is missing, twice there or out of place."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from dashboard.errors import N_
from dashboard.records import md_lines as lines
from dashboard.records.md_write import BYTE_ORDER_MARK
from dashboard.records.reading import Problem, shown

_ORDER = (*lines.HEADINGS, "rule")
_NEEDED = ("question", "segments", "answer", "references")
_WITH_LINES = ("segments", "answer", "references")
_NAMES = {**lines.HEADINGS, "question": f"{lines.QUESTION} N**:", "rule": lines.RULE}
_BOLD = re.compile(r"\*\*[^*]+(\*\*:|:\*\*)")


class Line(NamedTuple):
    """A line with its line end, and its number counted from 1."""

    number: int
    text: str


@dataclass(slots=True)
class Section:
    """A heading and the lines that follow it."""

    key: str
    lines: list[Line] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The section as it is written."""
        return "".join(line.text for line in self.lines)


def split(record: list[Line]) -> tuple[dict[str, Section], list[Problem]]:
    """Return the sections of a record by name, with `before` for the blank lines above it, and the problems.

    A line that belongs to no section is a problem; so is a section that is missing, repeated or out of order.
    """
    found, problems = _cut(record)
    sections: dict[str, Section] = {}
    ordered = True
    for section in found:
        line = section.lines[0].number if section.lines else 0
        if section.key in sections:
            problems.append(Problem(line, N_("{section} is there twice."), {"section": _NAMES[section.key]}))
            continue
        later = [key for key in sections if key in _ORDER and _place(key) > _place(section.key)]
        if later and ordered:
            ordered = False
            problems.append(
                Problem(
                    line,
                    N_("Expected {section} before {other}."),
                    {"section": _NAMES[section.key], "other": _NAMES[later[0]]},
                )
            )
        sections[section.key] = section
    if any(key in sections for key in lines.HEADINGS):
        problems.extend(_missing(sections, record))
    elif "rule" in sections and not problems:
        problems.append(_unexpected(sections["rule"].lines[0], "before"))
    return sections, problems


def _cut(record: list[Line]) -> tuple[list[Section], list[Problem]]:
    found = [Section("before")]
    problems: list[Problem] = []
    last_heading = max((line.number for line in record if lines.heading_of(line.text)), default=0)
    quiet = False
    for line in record:
        text = line.text
        if line.number == 1 and text.startswith(BYTE_ORDER_MARK):
            found[0].lines.append(Line(1, BYTE_ORDER_MARK))
            line = Line(1, text.removeprefix(BYTE_ORDER_MARK))
            text = line.text
        current = found[-1]
        key = lines.heading_of(text)
        in_answer = current.key == "answer" and line.number < last_heading
        if key is None and text.strip() == lines.RULE and not in_answer:
            key = "rule"
        if key is not None:
            found.append(Section(key, [line]))
            quiet = False
        elif not text.strip() or current.key == "answer":
            current.lines.append(line)
        elif _BOLD.match(text):
            problems.append(_unknown_section(line))
            quiet = True
        elif quiet:
            continue
        elif current.key in _WITH_LINES:
            current.lines.append(line)
        else:
            problems.append(_unexpected(line, current.key))
            quiet = True
    return found, problems


def _missing(sections: dict[str, Section], record: list[Line]) -> list[Problem]:
    problems = []
    for key in _NEEDED:
        if key in sections:
            continue
        after = [sections[name].lines[0] for name in _ORDER[_place(key) :] if name in sections]
        line = after[0] if after else [line for line in record if line.text.strip()][-1]
        problems.append(
            Problem(
                line.number,
                N_("Expected {section}, which is missing; found “{found}”."),
                {"section": _NAMES[key], "found": shown(line.text.strip())},
            )
        )
    return problems


def _place(key: str) -> int:
    return _ORDER.index(key) if key in _ORDER else -1


def _unknown_section(line: Line) -> Problem:
    return Problem(
        line.number,
        N_("Expected a section of the format, found the unknown section “{found}”."),
        {"found": shown(line.text.strip())},
    )


def _unexpected(line: Line, section: str) -> Problem:
    if section in ("before", "rule"):
        message = N_("Expected a record that begins with “**Pergunta 12**: text”, found “{found}”.")
    else:
        message = N_("Expected a blank line or the next section, found “{found}”.")
    return Problem(line.number, message, {"found": shown(line.text.strip())})
