"""Writing records as Markdown.

A record is a sequence of slots. Where its layout holds a slot as it was imported, and that text still says
what the record says, the slot is written as it was; everything else is written canonically.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple

from dashboard.clock import clock
from dashboard.errors import RecordError
from dashboard.records import md_lines as lines
from dashboard.records.record import Record, RecordHit
from dashboard.records.retriever_names import known_name

NEWLINE = "newline"
"""Layout key for the line end of a record whose lines all end in carriage return and line feed."""

BEFORE = "before"
"""Layout key for a byte order mark and blank lines above a record."""

BYTE_ORDER_MARK = "\ufeff"


class Slot(NamedTuple):
    """A piece of a record: its name in the layout, its canonical text, what it says, and how that is read."""

    key: str
    canonical: str
    says: object
    read: Callable[[str], object]


def write_markdown(records: Iterable[Record], out: BinaryIO) -> int:
    """Write records one after the other, and return how many there were."""
    count = 0
    ended = True
    for record in records:
        text = render(record)
        if count:
            text = text.removeprefix(BYTE_ORDER_MARK)
        if not ended:
            out.write(b"\n")
        out.write(text.encode())
        ended = text.endswith("\n")
        count += 1
    return count


def render(record: Record) -> str:
    """Return one record as Markdown, as it was imported where nothing changed since."""
    layout = record.layout
    if not layout:
        return "".join(slot.canonical for slot in slots(record))
    newline = line_end(layout)
    parts: list[str] = []
    for slot in slots(record, layout):
        written = layout.get(slot.key)
        text = written if written is not None and _still_says(written, slot) else as_lines(slot, newline)
        if text and parts and not parts[-1].endswith(("\n", BYTE_ORDER_MARK)):
            parts.append(newline)
        if text:
            parts.append(text)
    return "".join(parts)


def slots(record: Record, layout: Mapping[str, str] | None = None) -> Iterator[Slot]:
    """Give the slots of a record in the order of the format.

    Segments come line by line where a layout may hold one of their lines, else whole.
    """
    yield Slot(BEFORE, "", None, lines.read_blank)
    question = lines.one_line(record.question)
    yield Slot(
        "question",
        lines.write_question(record.number, question) + "\n\n",
        (record.number, question),
        lines.read_question,
    )
    config = record.provenance.config
    retriever = lines.one_line(known_name(config) if config else record.retriever)
    end = "\n" if record.hits else "\n\n"
    yield Slot("segments", lines.write_retriever(retriever) + end, retriever, lines.read_retriever)
    by_line = layout is not None and any(key.startswith("hits.") for key in layout)
    last = len(record.hits) - 1
    for place, hit in enumerate(record.hits):
        end = "\n\n\n" if place == last else "\n\n"
        if by_line:
            yield from _hit_slots(f"hits.{place}", hit, end)
        else:
            yield Slot("", "\n".join(_hit_lines(hit)) + end, "", lines.read_blank)
    answer = lines.write_answer(record.answer)
    yield Slot("answer", answer + "\n\n", lines.read_answer(answer + "\n\n"), lines.read_answer)
    end = "\n" if record.references else "\n\n"
    yield Slot("references", lines.REFERENCES + end, None, lines.read_references)
    last = len(record.references) - 1
    for place, reference in enumerate(record.references):
        end = "\n\n" if place == last else "\n"
        yield Slot(
            f"references.{place}",
            lines.write_reference(reference) + end,
            (reference.title, reference.url),
            _title_and_url,
        )
    yield from _verdict_slots(record)


def as_lines(slot: Slot, newline: str) -> str:
    """Return a slot's canonical text with the line ends of its record."""
    return slot.canonical if newline == "\n" else slot.canonical.replace("\n", newline)


def line_end(layout: Mapping[str, str]) -> str:
    """Return the line end that a layout asks for."""
    return "\r\n" if layout.get(NEWLINE) == "\r\n" else "\n"


def score_text(hit: RecordHit) -> str:
    """Return a retrieval score to its last digit, as it was written where that is known."""
    return hit.score_text or repr(hit.score)


def _hit_lines(hit: RecordHit) -> tuple[str, ...]:
    marker = lines.HIT_LINES
    return (
        f"{marker['corpus_id']} {hit.corpus_id}",
        f"{marker['score']} {score_text(hit)}",
        lines.write_text(marker["url"], lines.HIDDEN if hit.url_hidden else lines.one_line(hit.url)),
        lines.write_clock(marker["start"], hit.start_s),
        lines.write_clock(marker["end"], hit.end_s),
        lines.write_text(marker["text"], lines.one_line(hit.text)),
    )


def _hit_slots(prefix: str, hit: RecordHit, end: str) -> Iterator[Slot]:
    marker = lines.HIT_LINES
    corpus_id, score, url, start, stop, text = _hit_lines(hit)
    yield Slot(f"{prefix}.corpus_id", corpus_id + "\n", hit.corpus_id, lines.read_corpus_id)
    yield Slot(f"{prefix}.score", score + "\n", score_text(hit), lines.read_score_text)
    yield Slot(
        f"{prefix}.url", url + "\n", ("" if hit.url_hidden else hit.url, hit.url_hidden), lines.read_url
    )
    for name, line, seconds in (("start", start, hit.start_s), ("end", stop, hit.end_s)):
        yield Slot(f"{prefix}.{name}", line + "\n", clock(seconds), _clock_after(marker[name]))
    yield Slot(f"{prefix}.text", text + end, lines.one_line(hit.text), _text_after(marker["text"]))


def _verdict_slots(record: Record) -> Iterator[Slot]:
    label = record.agreed_label
    yield Slot("label", lines.write_text(lines.LABEL, label or "") + "\n\n", label, _label_after(lines.LABEL))
    first = record.first_judgement
    score = first.judgement.score if first else None
    judge_label = first.judgement.label if first else None
    reasoning = lines.one_line(first.judgement.reasoning) if first else ""
    score_line = lines.write_text(lines.SCORE, "" if score is None else f"{score:.2f}")
    yield Slot("judge_score", score_line + "\n\n", score, lines.read_judge_score)
    label_line = lines.write_text(lines.JUDGE_LABEL, judge_label or "")
    yield Slot("judge_label", label_line + "\n\n", judge_label, _label_after(lines.JUDGE_LABEL))
    reasoning_line = lines.write_text(lines.REASONING, reasoning)
    yield Slot("reasoning", reasoning_line + "\n\n\n", reasoning, lines.read_reasoning)
    yield Slot("rule", lines.RULE + "\n", None, lines.read_rule)


def _still_says(written: str, slot: Slot) -> bool:
    # Layouts come from files too, so a slot that does not read back as what the record says is not trusted.
    try:
        return slot.read(written) == slot.says
    except RecordError:
        return False


def _label_after(marker: str) -> Callable[[str], Any]:
    return lambda slot: lines.read_label(marker, slot)


def _text_after(marker: str) -> Callable[[str], Any]:
    return lambda slot: lines.read_text(marker, slot)


def _clock_after(marker: str) -> Callable[[str], Any]:
    return lambda slot: clock(lines.read_clock(marker, slot))


def _title_and_url(slot: str) -> tuple[str, str]:
    reference = lines.read_reference(slot)
    return reference.title, reference.url
