"""A record as plain JSON values: what each field is called in JSONL, and in the JSON columns of tables."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from dashboard.errors import N_, RecordError
from dashboard.labels import Label
from dashboard.models import JudgeConfig, NewJudgement, Reference, RunConfig
from dashboard.records.md_lines import finite
from dashboard.records.plain_events import (
    read_adjudication,
    read_annotation,
    read_relevance,
    read_support,
    write_adjudication,
    write_annotation,
    write_relevance,
    write_support,
)
from dashboard.records.plain_values import Fields, items, write_moment
from dashboard.records.reading import shown
from dashboard.records.record import (
    Provenance,
    Record,
    RecordHit,
    RecordJudgement,
)


def write_hit(hit: RecordHit) -> dict[str, Any]:
    """Return a hit; a withheld address is left out."""
    return {
        "corpus_id": hit.corpus_id,
        "score": hit.score,
        "score_text": hit.score_text,
        "url": "" if hit.url_hidden else hit.url,
        "url_hidden": hit.url_hidden,
        "start_s": hit.start_s,
        "end_s": hit.end_s,
        "text": hit.text,
        "video_id": hit.video_id,
        "title": hit.title,
    }


def read_hit(fields: Fields) -> RecordHit:
    """Return a hit whose score text, if any, is the score."""
    hit = RecordHit(
        corpus_id=fields.integer("corpus_id"),
        score=fields.number("score"),
        score_text=fields.text("score_text", ""),
        url=fields.link("url"),
        url_hidden=fields.flag("url_hidden"),
        start_s=fields.optional_number("start_s"),
        end_s=fields.optional_number("end_s"),
        text=fields.text("text", ""),
        video_id=fields.text("video_id", ""),
        title=fields.text("title", ""),
    )
    if hit.score_text and finite(hit.score_text) != hit.score:
        raise RecordError(
            N_("{field}: expected the score {score} as text, found “{found}”."),
            field=fields.name("score_text"),
            score=hit.score,
            found=shown(hit.score_text),
        )
    if hit.start_s is not None and hit.end_s is not None and hit.end_s < hit.start_s:
        raise RecordError(
            N_("{field}: expected an end at or after the start {start}, found “{found}”."),
            field=fields.name("end_s"),
            start=hit.start_s,
            found=hit.end_s,
        )
    return hit


def write_reference(reference: Reference) -> dict[str, Any]:
    """Return a reference."""
    return {"title": reference.title, "url": reference.url, "rank": reference.rank}


def read_reference(fields: Fields) -> Reference:
    """Return a reference."""
    return Reference(fields.text("title"), fields.link("url"), fields.optional_integer("rank"))


def write_judgement(entry: RecordJudgement) -> dict[str, Any]:
    """Return a judgement and its judge."""
    judge, verdict = entry.judge, entry.judgement
    return {
        "judge": {
            "name": judge.name,
            "rubric": judge.rubric,
            "prompt_version": judge.prompt_version,
            "model": judge.model,
            "parameters": dict(judge.parameters),
        },
        "raw_score": verdict.raw_score,
        "score": verdict.score,
        "label": verdict.label.value if verdict.label else None,
        "reasoning": verdict.reasoning,
        "raw_reply": verdict.raw_reply,
        "error": verdict.error,
        "tokens_in": verdict.tokens_in,
        "tokens_out": verdict.tokens_out,
        "latency_ms": verdict.latency_ms,
        "created_at": write_moment(verdict.created_at),
        "reason": verdict.reason,
        "is_cached": verdict.is_cached,
        "suspicions": list(verdict.suspicions),
        "details": dict(verdict.details),
    }


def read_judgement(fields: Fields) -> RecordJudgement:
    """Return a judgement whose score, if any, is in [0, 1]."""
    judge = fields.inner("judge")
    config = JudgeConfig(
        name=judge.text("name"),
        rubric=judge.text("rubric", ""),
        prompt_version=judge.text("prompt_version", ""),
        model=judge.text("model", ""),
        parameters=judge.anything("parameters"),
    )
    judge.done()
    verdict = NewJudgement(
        raw_score=fields.optional_number("raw_score"),
        score=fields.optional_number("score", low=0, high=1),
        label=fields.optional_member("label", Label),
        reasoning=fields.text("reasoning", ""),
        raw_reply=fields.text("raw_reply", ""),
        error=fields.text("error", ""),
        tokens_in=fields.optional_integer("tokens_in"),
        tokens_out=fields.optional_integer("tokens_out"),
        latency_ms=fields.optional_number("latency_ms"),
        created_at=fields.moment("created_at"),
        reason=fields.code("reason"),
        is_cached=fields.flag("is_cached"),
        suspicions=fields.texts("suspicions"),
        details=fields.anything("details"),
    )
    return RecordJudgement(config, verdict)


def write_provenance(origin: Provenance) -> dict[str, Any]:
    """Return where an answer comes from."""
    return {
        "key": origin.key,
        "queued": origin.queued,
        "config": _write_config(origin.config) if origin.config else None,
        "latency_ms": origin.latency_ms,
        "tokens_in": origin.tokens_in,
        "tokens_out": origin.tokens_out,
    }


def read_provenance(fields: Fields) -> Provenance:
    """Return where an answer comes from."""
    values = fields.take(["config"])
    return Provenance(
        key=fields.text("key", ""),
        queued=fields.flag("queued", True),
        config=_read_config(Fields.of("config", values["config"])) if values.get("config") else None,
        latency_ms=fields.optional_number("latency_ms"),
        tokens_in=fields.optional_integer("tokens_in"),
        tokens_out=fields.optional_integer("tokens_out"),
    )


def _write_config(config: RunConfig) -> dict[str, Any]:
    return {
        "retriever": config.retriever,
        "encoder": config.encoder,
        "k": config.k,
        "answerer": config.answerer,
        "prompt_version": config.prompt_version,
        "bank": config.bank,
        "details": dict(config.details),
    }


def _read_config(fields: Fields) -> RunConfig:
    config = RunConfig(
        retriever=fields.text("retriever"),
        encoder=fields.text("encoder"),
        k=fields.integer("k", low=0, high=10**6),
        answerer=fields.text("answerer"),
        prompt_version=fields.text("prompt_version", ""),
        bank=fields.text("bank", ""),
        details=fields.anything("details"),
    )
    fields.done()
    return config


def write_parts(record: Record) -> dict[str, Any]:
    """Return the parts of a record that are lists or mappings: the JSON columns of a table."""
    return {
        "hits": [write_hit(hit) for hit in record.hits],
        "references": [write_reference(reference) for reference in record.references],
        "annotations": [write_annotation(event) for event in record.annotations],
        "judgements": [write_judgement(entry) for entry in record.judgements],
        "adjudications": [write_adjudication(event) for event in record.adjudications],
        "relevance": [write_relevance(event) for event in record.relevance],
        "supports": [write_support(event) for event in record.supports],
        "provenance": write_provenance(record.provenance),
        "layout": dict(record.layout),
    }


PARTS = (
    "hits",
    "references",
    "annotations",
    "judgements",
    "adjudications",
    "relevance",
    "supports",
    "provenance",
    "layout",
)
"""Names of the parts, in order."""


def read_parts(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts that are there as arguments of `Record`."""
    readers: dict[str, Callable[[Fields], Any]] = {
        "hits": read_hit,
        "references": read_reference,
        "annotations": read_annotation,
        "judgements": read_judgement,
        "adjudications": read_adjudication,
        "relevance": read_relevance,
        "supports": read_support,
    }
    parts: dict[str, Any] = {
        name: items(name, values[name], read) for name, read in readers.items() if name in values
    }
    if "provenance" in values:
        fields = Fields.of("provenance", values["provenance"])
        parts["provenance"] = read_provenance(fields)
        fields.done()
    if "layout" in values:
        parts["layout"] = Fields("", values).texts_by_name("layout")
    return parts


def write_record(record: Record) -> dict[str, Any]:
    """Return a whole record as JSON values."""
    parts = write_parts(record)
    return {
        "number": record.number,
        "question": record.question,
        "tags": list(record.tags),
        "reference_answer": record.reference_answer,
        "run": record.run,
        "retriever": record.retriever,
        "model": record.model,
        "answer": record.answer,
        "created_at": write_moment(record.created_at),
        **parts,
    }


def read_record(value: object) -> Record:
    """Return the record that a JSON value describes; only number, question and answer are needed.

    Raises:
        RecordError: Naming the field, what was expected and what was found.
    """
    fields = Fields.of("", value)
    created_at: datetime | None = fields.moment("created_at")
    record = Record(
        number=fields.integer("number"),
        question=fields.text("question"),
        tags=fields.texts("tags"),
        reference_answer=fields.text("reference_answer", ""),
        run=fields.text("run", ""),
        retriever=fields.text("retriever", ""),
        model=fields.text("model", ""),
        answer=fields.text("answer"),
        created_at=created_at,
        **read_parts(fields.take(PARTS)),
    )
    fields.done()
    return record
