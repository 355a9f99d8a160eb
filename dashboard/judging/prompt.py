"""What a judge is asked; its version follows every word of it, so that no change passes for the old judge."""

import hashlib
import json
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dashboard.fence import fenced
from dashboard.judging.case import Case
from dashboard.judging.frames import FRAMES, Frame
from dashboard.judging.rubric import MATERIAL, Rubric, Unit

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionMessageParam


class OutputMode(StrEnum):
    """How a server is made to keep to the form of a reply, from the surest way to the one all can do."""

    SCHEMA = "schema"
    JSON = "json"
    TEXT = "text"


def build_messages(rubric: Rubric, case: Case, mode: OutputMode) -> list["ChatCompletionMessageParam"]:
    """Return the conversation that asks a model to judge a case.

    Every text of the case stands between tags that it cannot close: see `dashboard.fence`.
    """
    frame = FRAMES[rubric.language]
    shown = _shown(rubric, case)
    system = frame.system.format(
        criteria=rubric.criteria,
        tags=", ".join(f"“{frame.tags[name]}”" for name in shown),
        form=_form(frame, rubric, mode),
    )
    blocks = [_block(frame, rubric, case, name) for name in shown]
    request = frame.request[rubric.unit].format(count=case.units(rubric))
    return [
        {"role": "system", "content": system},
        {"role": "user", "content": "\n\n".join([*blocks, request])},
    ]


def response_format(rubric: Rubric, case: Case, mode: OutputMode) -> dict[str, Any] | None:
    """Return the `response_format` of the request; in plain text it has none.

    The schema does not depend on the case, so that servers can keep it; the reader counts the grades.
    """
    if mode is OutputMode.TEXT:
        return None
    if mode is OutputMode.JSON:
        return {"type": "json_object"}
    one = _object(supporting_evidence=_TEXT, score=_scores(rubric))
    if rubric.unit is Unit.ANSWER:
        schema = _object(criteria=_TEXT, **one["properties"])
    else:
        graded = _object(number={"type": "integer"}, **one["properties"])
        schema = _object(grades={"type": "array", "items": graded})
    return {"type": "json_schema", "json_schema": {"name": "judgement", "strict": True, "schema": schema}}


def repair_messages(
    messages: Sequence["ChatCompletionMessageParam"],
    reply_text: str,
    reason: str,
    mode: OutputMode,
    language: str = "pt-BR",
) -> list["ChatCompletionMessageParam"]:
    """Return the conversation that asks once more after a reply that could not be read.

    Args:
        messages: The conversation so far.
        reply_text: The reply.
        reason: Why it could not be read.
        mode: The form asked for, which the first message describes.
        language: The rubric's language.
    """
    request = FRAMES[language].repair.format(reason=fenced(reason))
    return [*messages, {"role": "assistant", "content": reply_text}, {"role": "user", "content": request}]


def prompt_version(rubric: Rubric, number: int) -> str:
    """Return a number for people and the beginning of the SHA-256 of the rubric and the words around it."""
    words = f"{rubric.source}\0{FRAMES[rubric.language]!r}"
    return f"{number}-{hashlib.sha256(words.encode()).hexdigest()[:8]}"


_TEXT = {"type": "string"}


def _object(**fields: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


def _scores(rubric: Rubric) -> dict[str, Any]:
    values = _values(rubric)
    return {"type": "integer" if isinstance(values[0], int) else "string", "enum": values}


def _values(rubric: Rubric) -> list[int] | list[str]:
    """Return the grades as JSON holds them: whole numbers where all are."""
    if all(grade.isdigit() and str(int(grade)) == grade for grade in rubric.scale):
        return [int(grade) for grade in rubric.scale]
    return list(rubric.scale)


def _form(frame: Frame, rubric: Rubric, mode: OutputMode) -> str:
    is_one = rubric.unit is Unit.ANSWER
    if mode is OutputMode.TEXT:
        form = frame.text_one if is_one else frame.text_several
        return form.format(grades=", ".join(rubric.scale))
    form = frame.object_one if is_one else frame.object_several
    return form.format(grades=", ".join(json.dumps(value) for value in _values(rubric)))


def _shown(rubric: Rubric, case: Case) -> list[str]:
    """Return what the judge is shown; a reference that is not there is not mentioned."""
    seen = [name for name in MATERIAL if name in rubric.sees]
    return [name for name in seen if name != "reference" or case.reference_answer.strip()]


def _block(frame: Frame, rubric: Rubric, case: Case, name: str) -> str:
    tag = frame.tags[name]
    if name == "segments":
        return _numbered(frame, tag, case.segments)
    if name == "answer" and rubric.unit is Unit.SENTENCE:
        return _tagged(tag, _numbered(frame, frame.tags[Unit.SENTENCE], case.sentences))
    text = {"question": case.question, "reference": case.reference_answer, "answer": case.answer}[name]
    return _tagged(tag, fenced(text).strip())


def _numbered(frame: Frame, tag: str, texts: Sequence[str]) -> str:
    if not texts:
        return _tagged(tag, frame.nothing)
    return "\n\n".join(
        f'<{tag} {frame.number}="{number}">\n{fenced(text).strip()}\n</{tag}>'
        for number, text in enumerate(texts, start=1)
    )


def _tagged(tag: str, inside: str) -> str:
    return f"<{tag}>\n{inside}\n</{tag}>"
