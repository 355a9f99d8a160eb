"""Building one record from the sections of its Markdown."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from dashboard.models import Reference
from dashboard.records import md_lines as lines
from dashboard.records.md_hits import attempt, read_hits
from dashboard.records.md_sections import Line, Section
from dashboard.records.md_write import BEFORE, NEWLINE, as_lines, line_end, slots
from dashboard.records.reading import Origin, Problem
from dashboard.records.record import Record

_Value = TypeVar("_Value")


class RecordReader:
    """Reads the sections of one record, gathering every problem on the way.

    Args:
        origin: Whom to credit with the labels.
        sections: The record's sections by name.
        problems: What is already known to be wrong with the record; more is added.
    """

    def __init__(self, origin: Origin, sections: dict[str, Section], problems: list[Problem]) -> None:
        self.problems = problems
        self._origin = origin
        self._sections = sections
        self._written = dict.fromkeys((BEFORE, *lines.HEADINGS, "rule"), "")

    def record(self) -> Record | None:
        """Return the record, None where there are problems."""
        self._whole(BEFORE, lines.read_blank, None)
        number, question = self._whole("question", lines.read_question, (0, ""))
        retriever = self._heading("segments", lines.read_retriever, "")
        hits = read_hits(self._below("segments"), self._written, self.problems)
        answer = self._whole("answer", lines.read_answer, "")
        self._heading("references", lines.read_references, None)
        references = self._references()
        label = self._whole("label", lambda slot: lines.read_label(lines.LABEL, slot), None)
        score = self._whole("judge_score", lines.read_judge_score, None)
        judge_label = self._whole("judge_label", lambda slot: lines.read_label(lines.JUDGE_LABEL, slot), None)
        reasoning = self._whole("reasoning", lines.read_reasoning, "")
        self._whole("rule", lines.read_rule, None)
        if self.problems:
            return None
        judgement = self._origin.judgement(score, judge_label, reasoning)
        record = Record(
            number=number,
            question=question,
            retriever=retriever,
            hits=hits,
            answer=answer,
            references=references,
            annotations=(self._origin.annotation(number, question, answer, label),) if label else (),
            judgements=(judgement,) if judgement else (),
        )
        return replace(record, layout=self._layout(record))

    def _layout(self, record: Record) -> dict[str, str]:
        texts = [line.text for section in self._sections.values() for line in section.lines]
        ended = [text for text in texts if text.endswith("\n")]
        windows = bool(ended) and all(text.endswith("\r\n") for text in ended)
        layout = {NEWLINE: "\r\n"} if windows else {}
        newline = line_end(layout)
        for slot in slots(record, self._written):
            if self._written[slot.key] != as_lines(slot, newline):
                layout[slot.key] = self._written[slot.key]
        return layout

    def _whole(self, key: str, read: Callable[[str], _Value], default: _Value) -> _Value:
        """Read a section that is one slot; whether it may be missing was checked before."""
        section = self._sections.get(key)
        if section is None or not section.lines:
            return default
        self._written[key] = section.text
        return attempt(section.lines[0].number, read, section.text, default, self.problems)

    def _heading(self, key: str, read: Callable[[str], _Value], default: _Value) -> _Value:
        """Read the heading of a section that goes on with slots of its own."""
        if key not in self._sections:
            return default
        slot = _slots_of(self._sections[key].lines)[0]
        self._written[key] = slot.text
        return attempt(slot.number, read, slot.text, default, self.problems)

    def _below(self, key: str) -> list[Line]:
        return _slots_of(self._sections[key].lines)[1:] if key in self._sections else []

    def _references(self) -> tuple[Reference, ...]:
        found = []
        for place, slot in enumerate(self._below("references")):
            self._written[f"references.{place}"] = slot.text
            found.append(attempt(slot.number, lines.read_reference, slot.text, None, self.problems))
        return tuple(reference for reference in found if reference)


def _slots_of(section: list[Line]) -> list[Line]:
    """Join blank lines to the line above them."""
    joined: list[tuple[int, list[str]]] = []
    for line in section:
        if joined and not line.text.strip():
            joined[-1][1].append(line.text)
        else:
            joined.append((line.number, [line.text]))
    return [Line(number, "".join(texts)) for number, texts in joined]
