"""Logs of Inspect AI, as JSON (`inspect log dump`, or `--log-format json`) and as `.eval` files.

Every scorer is a judge, and its verdict on a sample's output a judgement: C, P and I, or a number in [0, 1].
A scorer that gives several values is several judges, named `scorer/value`. Unscored are NaN, which stands for
a grade that could not be read, the I that older versions give to such a grade, and N, no answer.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, BinaryIO

from dashboard.errors import N_, RecordError
from dashboard.labels import STYLES, Label
from dashboard.models import JudgeConfig, NewJudgement
from dashboard.records.dumped import UNKNOWN, Cuts, Dumped, Place
from dashboard.records.json_text import read_json
from dashboard.records.md_lines import finite
from dashboard.records.plain_values import Fields
from dashboard.records.reading import Problem, as_problem, shown
from dashboard.records.zip_members import Archive

CUTS = Cuts(1.0, 0.5)
"""Inspect AI itself counts P as 0.5."""

_HEADERS = ("header.json", "_journal/start.json", "start.json")
_SAMPLES = re.compile(r"samples/[^/]+\.json")
_UNREADABLE = "Grade not found in model output: "
_MODEL_GRADED = re.compile(r"(.*/)?_?model_graded_\w+")
_SECRET = re.compile(r"key|token|secret|password|credential", re.IGNORECASE)
_ATTACHED = "attachment://"


def is_log(value: object) -> bool:
    """Tell whether a JSON value is a log."""
    return isinstance(value, dict) and isinstance(value.get("eval"), dict) and "status" in value


def read_log(log: Mapping[str, Any]) -> Iterator[Dumped | Problem]:
    """Give the judgements, and the problems, of a log in one JSON value."""
    samples = log.get("samples")
    yield from _complain_if_empty(
        item
        for place, sample in enumerate(samples if isinstance(samples, list) else [])
        for item in _read_sample(f"samples[{place}]", sample, log["eval"])
    )


def read_eval_file(stream: BinaryIO) -> Iterator[Dumped | Problem]:
    """Give the judgements, and the problems, of a `.eval` file: a zip of a header and samples."""
    try:
        archive = Archive(stream)
        header = next((name for name in _HEADERS if name in archive.names), "")
        spec = Fields.of(header, _read_member(archive, header)).anything("eval") if header else {}
    except RecordError as error:
        yield as_problem(0, error)
        return
    yield from _complain_if_empty(_read_members(archive, spec))


def _read_members(archive: Archive, spec: Mapping[str, Any]) -> Iterator[Dumped | Problem]:
    for name in archive.names:
        if _SAMPLES.fullmatch(name):
            try:
                sample = _read_member(archive, name)
            except RecordError as error:
                yield as_problem(0, error)
            else:
                yield from _read_sample(name, sample, spec)


def _read_member(archive: Archive, name: str) -> Any:
    return read_json(archive.read(name).decode("utf-8", "replace"), is_lenient=True)


def _complain_if_empty(items: Iterable[Dumped | Problem]) -> Iterator[Dumped | Problem]:
    is_empty = True
    for item in items:
        is_empty = False
        yield item
    if is_empty:
        yield Problem(
            0, N_("The log holds no scores; expected a finished log whole, as `inspect log dump` writes it.")
        )


def _read_sample(path: str, sample: object, spec: Mapping[str, Any]) -> Iterator[Dumped | Problem]:
    """Give a judgement, or a problem, for every value of every scorer; a sample that failed has none."""
    try:
        fields = Fields.of(path, sample)
        attachments = fields.anything("attachments")
        scores = fields.anything("scores")
        asked = _question(fields, attachments), _answer(fields, attachments), _target(fields)
        created_at = fields.moment("completed_at") or Fields("eval", spec).moment("created")
    except RecordError as error:
        yield as_problem(0, error)
        return
    for name, score in scores.items():
        try:
            inner = Fields.of(f"{path}.scores.{name}", score)
            for judge, value in _values(name, score).items():
                verdict = _verdict(value, inner, attachments)
                yield Dumped(
                    Place(path=path),
                    _judge(judge, name, spec, score),
                    replace(verdict, created_at=created_at),
                    "",
                    *asked,
                    model=str(spec.get("model") or ""),
                    cuts=CUTS,
                )
        except RecordError as error:
            yield as_problem(0, error)


def _question(fields: Fields, attachments: Mapping[str, Any]) -> str:
    """Return the sample's input, of a conversation the last thing that the user said."""
    said = fields.take(["input"]).get("input")
    if isinstance(said, list):
        messages = [one for one in said if isinstance(one, dict) and one.get("role") == "user"]
        said = messages[-1].get("content") if messages else None
    question = _text(said, attachments)
    if not question.strip():
        raise RecordError(
            N_("{field}: expected a text, found {found}."), field=fields.name("input"), found=shown(said)
        )
    return question


def _answer(fields: Fields, attachments: Mapping[str, Any]) -> str:
    output = fields.anything("output")
    if "completion" in output:
        return _text(output["completion"], attachments)
    choices = output.get("choices")
    message = choices[0].get("message") if isinstance(choices, list) and choices else None
    return _text(message.get("content"), attachments) if isinstance(message, dict) else ""


def _target(fields: Fields) -> str:
    target = fields.take(["target"]).get("target")
    return "\n".join(str(one) for one in target) if isinstance(target, list) else _text(target, {})


def _text(content: object, attachments: Mapping[str, Any]) -> str:
    """Return a message's text; of one in parts those that are text."""
    if isinstance(content, list):
        parts = [one for one in content if isinstance(one, dict) and one.get("type") == "text"]
        return "\n".join(_text(one.get("text"), attachments) for one in parts)
    if not isinstance(content, str):
        return ""
    if content.startswith(_ATTACHED):
        return str(attachments.get(content.removeprefix(_ATTACHED), content))
    return content


def _values(name: str, score: Mapping[str, Any]) -> dict[str, object]:
    value = score.get("value")
    return {f"{name}/{key}": one for key, one in value.items()} if isinstance(value, dict) else {name: value}


def _verdict(value: object, fields: Fields, attachments: Mapping[str, Any]) -> NewJudgement:
    explanation = _text(fields.take(["explanation"]).get("explanation"), attachments)
    is_unreadable = explanation.startswith(_UNREADABLE) and value == Label.INCORRECT
    if value is None or is_unreadable:
        return NewJudgement(
            None,
            None,
            None,
            reasoning=explanation,
            raw_reply=explanation.removeprefix(_UNREADABLE) if explanation.startswith(_UNREADABLE) else "",
            error="Inspect AI gives no score",
            reason="unreadable",
        )
    if value == "N":
        error = "N: no answer, or a refusal to answer"
        return NewJudgement(None, None, None, reasoning=explanation, error=error, reason="refused")
    if isinstance(value, str) and value in list(Label):
        label = Label(value)
        return NewJudgement(None, STYLES[label].number, label, reasoning=explanation)
    score = _number(value)
    if score is None:
        raise RecordError(
            N_("{field}: expected C, P, I, N or a number from 0 to 1, found {found}."),
            field=fields.name("value"),
            found=shown(value),
        )
    return NewJudgement(score, score, None, reasoning=explanation)


def _number(value: object) -> float | None:
    if isinstance(value, str):
        try:
            value = finite(value.strip())
        except RecordError:
            return None
    return float(value) if isinstance(value, (int, float)) and 0 <= value <= 1 else None


def _judge(judge: str, scorer: str, spec: Mapping[str, Any], score: Mapping[str, Any]) -> JudgeConfig:
    """Return the judge that a scorer is, with those of its options that are plain and no secrets."""
    options = _options(scorer, spec)
    kept = {
        name: value
        for name, value in options.items()
        if name != "model" and isinstance(value, (str, int, float)) and not _SECRET.search(name)
    }
    return JudgeConfig(
        name=judge,
        rubric=scorer,
        prompt_version="",
        model=_grader(scorer, options, spec, score),
        parameters={"source": "Inspect AI", **kept},
    )


def _options(scorer: str, spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a scorer's arguments, none where the log does not say."""
    scorers = spec.get("scorers")
    known: dict[str, Mapping[str, Any]] = {
        one["name"]: one["options"]
        for one in (scorers if isinstance(scorers, list) else [])
        if isinstance(one, dict) and isinstance(one.get("name"), str) and isinstance(one.get("options"), dict)
    }
    return known.get(scorer, {})


def _grader(
    scorer: str, options: Mapping[str, Any], spec: Mapping[str, Any], score: Mapping[str, Any]
) -> str:
    """Return the model that graded: the scorer's own, the role's, else the one that answered."""
    given = options.get("model")
    models = [_model_name(one) for one in (given if isinstance(given, list) else [given])]
    if any(models):
        return ", ".join(models)
    if _MODEL_GRADED.fullmatch(scorer):
        roles = spec.get("model_roles")
        role = roles.get("grader") if isinstance(roles, dict) else None
        return _model_name(role) or _model_name(spec.get("model")) or UNKNOWN
    metadata = score.get("metadata")
    grading = metadata.get("grading") if isinstance(metadata, dict) else None
    return (_model_name(grading[-1]) if isinstance(grading, list) and grading else "") or UNKNOWN


def _model_name(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("model")
    return value if isinstance(value, str) else ""
