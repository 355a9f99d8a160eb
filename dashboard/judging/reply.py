"""Reading a judge's reply: its own grades, or nothing.

A judge quotes what it judges, and an answer may hold anything: a score, a verdict in JSON, a whole reply. So
a reply counts only where it is certain which grade is the judge's own; all else is unreadable, never guessed.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.errors import N_, VereditoError
from dashboard.judging.case import Case
from dashboard.judging.reasoning import CRITERIA, EVIDENCE, SCORE
from dashboard.judging.rubric import Rubric, Unit

FINAL_SCORE = re.compile(rf"(?<!\S){SCORE}[ \t]*\*{{0,3}}(?P<grade>[0-9A-Za-z]+)\*{{0,3}}\.?\*{{0,3}}\Z")
"""The one form of a grade in plain text: the last words of a reply, or of an item's paragraph."""

_STATED = r"(?i:score|nota|pontuação)[\\\"'*_`\s]*[:=][\\\"'*_`\s]*(?P<grade>{grades})(?!\w|[.,/]\d)"
_CRITERIA, _EVIDENCE = re.compile(CRITERIA), re.compile(EVIDENCE)
_CLOSING = re.compile(r"\",\"score\":\"?[0-9A-Za-z]+\"?\}")
_BEFORE_CLOSING = 12
_BEFORE_A_QUOTE = tuple(":>›“‘«‹([{-–—=")
_ITEM = re.compile(r"^[ \t]*\*{0,3}Item (?P<number>[0-9]{1,4})\*{0,3}:\*{0,3}", re.MULTILINE)
_FENCE = re.compile(r"```[a-zA-Z]*[ \t]*\n(?P<inside>.*)\n[ \t]*```", re.DOTALL)
_FENCE_LINE = re.compile(r"^[ \t]*```", re.MULTILINE)
_THOUGHT = re.compile(r"<(?P<end>/?)think(?:ing)?>", re.IGNORECASE)
_NOT_STORABLE = re.compile("[\0\ud800-\udfff]")
_SHOWN = 80


class Unreadable(VereditoError):
    """A reply from which no grade can be read with certainty."""

    @property
    def reason(self) -> str:
        """What was found, in English."""
        return str(self)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reply says.

    Attributes:
        raw_score: The grade's position in the scale; for several grades the mean of their positions.
        reasoning: The reply as text that ends with the score, without what the model thought before it; a
            reply in plain text is left as it is.
        grades: The position of each item's grade, in the order of the items; empty for one grade.
    """

    raw_score: float
    reasoning: str
    grades: tuple[float, ...] = ()


def read_reply(rubric: Rubric, case: Case, text: str) -> Reading:
    """Return what a reply says, whichever way of output it was asked for.

    What a model that reasons thought between `<think>` and `</think>` is skipped. A reply that begins like a
    JSON object must be one; any other is read as plain text.

    Raises:
        Unreadable: The judge's own grades cannot be told with certainty.
    """
    reply = _unfenced(_after_thought(text.strip()))
    if not reply:
        raise Unreadable(N_("The reply is empty."))
    read = _read_object if reply.startswith("{") else _read_text
    return read(rubric, case, reply)


def _after_thought(reply: str) -> str:
    """Return what follows the thought with which a reply begins; it names scores that are not the verdict.

    Some servers send the thought without the tag that opens it. Where it may end in several places, or does
    not, no grade is certain; a thought that quotes a verdict is met by the checks of what follows it.
    """
    is_opened = (first := _THOUGHT.match(reply)) is not None and not first["end"]
    if not is_opened and reply.startswith(("{", "```")):
        return reply
    ends = [tag for tag in _THOUGHT.finditer(reply) if tag["end"]]
    if not ends and not is_opened:
        return reply
    if len(ends) != 1:
        raise Unreadable(
            N_("The model's thought must end once with {tag}; it does so {count} times."),
            tag="</think>",
            count=len(ends),
        )
    return reply[ends[0].end() :].strip()


def _unfenced(reply: str) -> str:
    """Return the inside of a reply that is one block of code from end to end."""
    fence = _FENCE.fullmatch(reply)
    if fence and not _FENCE_LINE.search(fence["inside"]):
        return fence["inside"].strip()
    return reply


def _read_object(rubric: Rubric, case: Case, reply: str) -> Reading:
    found = _parsed(reply)
    _check_closings(rubric, case, reply)
    if rubric.unit is Unit.ANSWER:
        verdict = _fields(found, "criteria", "supporting_evidence", "score")
        criteria, evidence = _text(verdict, "criteria"), _text(verdict, "supporting_evidence")
        grade = _grade(rubric, verdict["score"])
        reasoning = f"Criteria: {criteria} Supporting Evidence: {evidence} Score: {grade}"
        return Reading(float(rubric.raw(grade)), _storable(reasoning))
    items = _fields(found, "grades")["grades"]
    if not isinstance(items, list):
        raise Unreadable(N_("Expected a list of grades, found {found}."), found=_shown(items))
    items = [_fields(item, "number", "supporting_evidence", "score") for item in items]
    _check_numbers(rubric, case, [item["number"] for item in items])
    items.sort(key=lambda item: int(item["number"]))
    grades = [_grade(rubric, item["score"]) for item in items]
    lines = [
        f"Item {number}: {_text(item, 'supporting_evidence')} Score: {grade}"
        for number, (item, grade) in enumerate(zip(items, grades, strict=True), start=1)
    ]
    return _several(rubric, grades, "\n".join(lines))


def _parsed(reply: str) -> object:
    try:
        return json.loads(reply, object_pairs_hook=_without_doubles, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Unreadable(N_("The reply is not a JSON object: {error}."), error=_cut(str(error))) from None


def _check_closings(rubric: Rubric, case: Case, reply: str) -> None:
    """Refuse a reply in which the material ends a string: quoted without escapes, it would be the verdict."""
    squeezed = _squeezed(reply)
    for text in map(_squeezed, case.texts(rubric)):
        for closing in _CLOSING.finditer(text):
            if text[max(0, closing.start() - _BEFORE_CLOSING) : closing.end()] in squeezed:
                raise Unreadable(
                    N_("The score {found} may be a quote: what was judged holds the same words."),
                    found=closing.group(),
                )


def _squeezed(text: str) -> str:
    return "".join(_plain(text).split())


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    for name, times in Counter(name for name, _ in pairs).items():
        if times > 1:
            raise Unreadable(N_("The reply gives the field {field} more than once."), field=_shown(name))
    return dict(pairs)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _fields(found: object, *names: str) -> dict[str, Any]:
    """Return an object that has exactly these fields."""
    if not isinstance(found, dict) or set(found) != set(names):
        raise Unreadable(
            N_("Expected an object with exactly the fields {fields}, found {found}."),
            fields=", ".join(names),
            found=_cut(", ".join(found)) if isinstance(found, dict) else _shown(found),
        )
    return found


def _text(found: dict[str, Any], name: str) -> str:
    value = found[name]
    if not isinstance(value, str):
        raise Unreadable(N_("Expected a text as {field}, found {found}."), field=name, found=_shown(value))
    return value.strip()


def _grade(rubric: Rubric, value: object) -> str:
    """Return a grade of the scale, which JSON may hold as a whole number or as a text."""
    if isinstance(value, bool) or not isinstance(value, int | str) or str(value) not in rubric.scale:
        raise Unreadable(
            N_("Expected one of the grades {grades}, found {found}."),
            grades=", ".join(rubric.scale),
            found=_shown(value),
        )
    return str(value)


def _read_text(rubric: Rubric, case: Case, reply: str) -> Reading:
    claims = _stated(rubric, *case.texts(rubric))
    if rubric.unit is Unit.ANSWER:
        grade = _final_grade(rubric, claims, reply)
        return Reading(float(rubric.raw(grade)), _storable(reply))
    heads = list(_ITEM.finditer(reply))
    _check_numbers(rubric, case, [int(head["number"]) for head in heads])
    ends = [head.start() for head in heads[1:]] + [len(reply)]
    grades = {
        int(head["number"]): _final_grade(rubric, claims, reply[head.end() : end].strip(), is_item=True)
        for head, end in zip(heads, ends, strict=True)
    }
    return _several(rubric, [grades[number] for number in sorted(grades)], reply)


def _final_grade(rubric: Rubric, claims: Counter[str], text: str, is_item: bool = False) -> str:
    """Return the grade with which a text ends.

    It stands on a line of its own or, after the headings before it, at the end of one. Where the material
    states the same grade, the text must state it once more than that: it could be a quote that ends the text.
    """
    found = FINAL_SCORE.search(text)
    before = text[: found.start()].rstrip(" \t") if found else text
    on_own_line = not before or before.endswith("\n")
    in_line = (is_item or _is_headed(before)) and not before.rstrip().endswith(_BEFORE_A_QUOTE)
    if not found or not (on_own_line or in_line):
        raise Unreadable(
            N_("The reply does not end with a score, but with {found}."), found=_shown(text[-40:])
        )
    grade = _grade(rubric, found["grade"])
    stated = _stated(rubric, text)
    others = [other for other in stated if other != grade and other not in claims]
    if others:
        raise Unreadable(
            N_("The reply gives two different scores, {first} and {second}."), first=others[0], second=grade
        )
    if 0 < claims[grade] >= stated[grade]:
        raise Unreadable(
            N_("The score {found} may be a quote: what was judged holds the same words."), found=grade
        )
    return grade


def _is_headed(text: str) -> bool:
    """Return whether a text has the heading of the criteria and, after it, that of the evidence."""
    criteria = _CRITERIA.search(text)
    return criteria is not None and _EVIDENCE.search(text, criteria.end()) is not None


def _stated(rubric: Rubric, *texts: str) -> Counter[str]:
    """Return how often texts state each grade in any form that may look like a score."""
    pattern = re.compile(_STATED.format(grades="|".join(re.escape(grade) for grade in rubric.scale)))
    return Counter(found["grade"] for text in texts for found in pattern.finditer(_plain(text)))


def _plain(text: str) -> str:
    """Return a text as it looks: one form of each character, the invisible ones left out."""
    visible = (character for character in text if unicodedata.category(character) != "Cf")
    return unicodedata.normalize("NFKC", "".join(visible))


def _check_numbers(rubric: Rubric, case: Case, numbers: Sequence[object]) -> None:
    count = case.units(rubric)
    whole = [number for number in numbers if isinstance(number, int) and not isinstance(number, bool)]
    if not count or len(whole) < len(numbers) or sorted(whole) != list(range(1, count + 1)):
        raise Unreadable(
            N_("Expected one grade for each of {count} items, found the numbers {found}."),
            count=count,
            found=_cut(", ".join(_shown(number) for number in numbers) or "-"),
        )


def _several(rubric: Rubric, grades: Sequence[str], reasoning: str) -> Reading:
    positions = tuple(float(rubric.raw(grade)) for grade in grades)
    return Reading(sum(positions) / len(positions), _storable(reasoning), positions)


def _storable(text: str) -> str:
    """Return a text without the characters that no database takes; almost always unchanged."""
    return _NOT_STORABLE.sub("\ufffd", text)


def _shown(value: object) -> str:
    """Return a value short enough for a message; of a list or an object only its kind."""
    is_plain = value is None or isinstance(value, str | int | float)
    return _cut(repr(value) if is_plain else type(value).__name__)


def _cut(text: str) -> str:
    return _storable(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
