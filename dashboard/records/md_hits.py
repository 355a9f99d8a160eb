"""Reading the segments of one Markdown record."""

from collections.abc import Callable
from typing import TypeVar

from dashboard.clock import clock
from dashboard.errors import N_, RecordError
from dashboard.records import md_lines as lines
from dashboard.records.md_sections import Line
from dashboard.records.reading import Problem, as_problem, shown
from dashboard.records.record import RecordHit

_Value = TypeVar("_Value")
_ORDER = tuple(lines.HIT_LINES)


def read_hits(slots: list[Line], written: dict[str, str], problems: list[Problem]) -> tuple[RecordHit, ...]:
    """Return the segments, adding each slot as it is written to `written` and what is wrong to `problems`."""
    hits = []
    for place, group in enumerate(_groups(slots, problems)):
        known = len(problems)
        _check_order(group, problems)
        hit = _read_hit(group, problems)
        if len(problems) == known:
            written.update({f"hits.{place}.{name}": slot.text for name, slot in group.items()})
            hits.append(hit)
    return tuple(hits)


def attempt(
    line: int, read: Callable[[str], _Value], slot: str, default: _Value, problems: list[Problem]
) -> _Value:
    """Return what a slot says, or the default with the problem noted."""
    try:
        return read(slot)
    except RecordError as error:
        problems.append(as_problem(line, error))
        return default


def _groups(slots: list[Line], problems: list[Problem]) -> list[dict[str, Line]]:
    """Gather the lines of each segment: a Corpus ID begins one, and so does any line that comes again."""
    groups: list[dict[str, Line]] = []
    for slot in slots:
        name = next((key for key, marker in lines.HIT_LINES.items() if slot.text.startswith(marker)), None)
        if name is None:
            problems.append(
                Problem(
                    slot.number,
                    N_("Expected a line of a segment such as “- *Score:* 0.85”, found “{found}”."),
                    {"found": shown(slot.text.strip())},
                )
            )
        elif not groups or name == _ORDER[0] or name in groups[-1]:
            groups.append({name: slot})
        else:
            groups[-1][name] = slot
    return groups


def _check_order(group: dict[str, Line], problems: list[Problem]) -> None:
    present = list(group)
    for place, name in enumerate(_ORDER):
        if name not in group:
            after = [group[other] for other in _ORDER[place:] if other in group]
            slot = after[0] if after else group[present[-1]]
            problems.append(
                Problem(
                    slot.number,
                    N_("The segment is incomplete: expected “{expected}”, found “{found}”."),
                    {"expected": lines.HIT_LINES[name], "found": shown(slot.text.strip())},
                )
            )
    for name, wanted in zip(present, (name for name in _ORDER if name in group), strict=True):
        if name != wanted:
            problems.append(
                Problem(
                    group[name].number,
                    N_("Expected “{expected}”, found “{found}”."),
                    {"expected": lines.HIT_LINES[wanted], "found": shown(group[name].text.strip())},
                )
            )
            return


def _read_hit(group: dict[str, Line], problems: list[Problem]) -> RecordHit:
    def value(name: str, read: Callable[[str], _Value], default: _Value) -> _Value:
        slot = group.get(name)
        return attempt(slot.number, read, slot.text, default, problems) if slot else default

    def seconds(name: str) -> float | None:
        return value(name, lambda slot: lines.read_clock(lines.HIT_LINES[name], slot), None)

    corpus_id = value("corpus_id", lines.read_corpus_id, 0)
    score_text = value("score", lines.read_score_text, "0")
    url, hidden = value("url", lines.read_url, ("", False))
    start_s, end_s = seconds("start"), seconds("end")
    if start_s is not None and end_s is not None and end_s < start_s:
        problems.append(
            Problem(
                group["end"].number,
                N_("Expected an end at or after the start {start}, found “{found}”."),
                {
                    "start": clock(start_s),
                    "found": clock(end_s),
                },
            )
        )
    text = value("text", lambda slot: lines.read_text(lines.HIT_LINES["text"], slot), "")
    score = float(score_text)
    return RecordHit(
        corpus_id=corpus_id,
        score=score,
        score_text=score_text if repr(score) != score_text else "",
        url=url,
        url_hidden=hidden,
        start_s=start_s,
        end_s=end_s,
        text=text,
    )
