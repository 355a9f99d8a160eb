"""From the store to records."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session

from dashboard.errors import N_, RecordError
from dashboard.models import Adjudication, Answer, Hit, NewAnnotation, Relevance, Support
from dashboard.records.formats import find_format, write_records
from dashboard.records.record import (
    Provenance,
    Record,
    RecordAdjudication,
    RecordHit,
    RecordJudgement,
    RecordRelevance,
    RecordSupport,
)
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.audit import note
from dashboard.services.project import Project
from dashboard.store import adjudications, annotations, browse, judgements, reading, relevance, supports
from dashboard.store.browse import AnswerFilter

BATCH = 1_000


@needs(Role.RESEARCHER)
def records(project: Project, chosen: AnswerFilter | None = None) -> Iterator[Record]:
    """Yield the record of every answer that passes a filter, oldest first.

    Each batch is a read of its own, so that a long export keeps nobody from labelling.
    """
    last = 0
    while True:
        with project.store.read() as session:
            ids = browse.answers_after(session, chosen or AnswerFilter(), last, BATCH)
            batch = stored_records(session, ids)
        if not ids:
            return
        yield from batch
        last = ids[-1]


@needs(Role.RESEARCHER)
def export(
    project: Project, format_name: str, out: Path | BinaryIO, chosen: AnswerFilter | None = None
) -> int:
    """Write the records of every answer that passes a filter, and return how many there are.

    A file is written beside its place and renamed, so that a failed export leaves no half file.

    Raises:
        RecordError: The format is unknown, or the file cannot be written.
    """
    find_format(format_name)
    if not isinstance(out, Path):
        count = write_records(records(project, chosen), format_name, out)
        note(project, "records.export", format=format_name, answers=count)
        return count
    unfinished = out.with_name(out.name + ".part")
    try:
        with unfinished.open("wb") as file:
            count = write_records(records(project, chosen), format_name, file)
        unfinished.replace(out)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise RecordError(
            N_("{path} cannot be written: {reason}. Choose another place."), path=out, reason=error.strerror
        ) from error
    note(project, "records.export", format=format_name, answers=count)
    return count


def stored_records(session: Session, ids: list[int]) -> list[Record]:
    """Return the records of answers, in the order of the ids; unknown ids are left out."""
    found = reading.read_answers(session, ids)
    labels = annotations.histories(session, ids)
    agreed = adjudications.adjudications(session, ids)
    verdicts = judgements.judgements_of(session, ids)
    checks = supports.supports_of(session, ids)
    grades = relevance.relevance_of(session, [answer.question.question_id for answer in found])
    return [
        Record(
            number=answer.question.number,
            question=answer.question.text,
            retriever=answer.run.config.retriever,
            hits=tuple(_hit(hit) for hit in answer.hits),
            answer=answer.text,
            references=answer.references,
            annotations=tuple(
                NewAnnotation(
                    event.event_id,
                    event.annotator,
                    event.label,
                    event.phase,
                    event.note,
                    event.seconds,
                    event.created_at,
                    event.kind,
                    event.also,
                    event.reason,
                    event.flags,
                    event.campaign,
                    event.guideline_version,
                    event.is_repeat,
                )
                for event in labels.get(answer.answer_id, [])
            ),
            judgements=tuple(
                RecordJudgement(one.judge.config, one.verdict) for one in verdicts.get(answer.answer_id, [])
            ),
            adjudications=tuple(_adjudication(event) for event in agreed.get(answer.answer_id, [])),
            relevance=_relevance(answer, grades.get(answer.question.question_id, [])),
            supports=tuple(_support(event) for event in checks.get(answer.answer_id, [])),
            tags=answer.question.tags,
            reference_answer=answer.question.reference_answer,
            run=answer.run.name,
            model=answer.model,
            created_at=answer.created_at,
            provenance=Provenance(
                key=answer.key,
                queued=answer.queued,
                config=answer.run.config,
                latency_ms=answer.latency_ms,
                tokens_in=answer.tokens_in,
                tokens_out=answer.tokens_out,
            ),
            layout=answer.layout,
        )
        for answer in found
    ]


def _hit(hit: Hit) -> RecordHit:
    segment = hit.segment
    return RecordHit(
        corpus_id=segment.corpus_id,
        score=hit.score,
        score_text=hit.score_text,
        url="" if hit.url_hidden else segment.url,
        url_hidden=hit.url_hidden,
        start_s=segment.start_s,
        end_s=segment.end_s,
        text=segment.text,
        video_id=segment.video_id,
        title=segment.title,
    )


def _adjudication(event: Adjudication) -> RecordAdjudication:
    return RecordAdjudication(
        event_id=event.event_id,
        annotator=event.annotator,
        label=event.label,
        reason=event.reason,
        phase=event.phase,
        seconds=event.seconds,
        created_at=event.created_at,
    )


def _support(event: Support) -> RecordSupport:
    return RecordSupport(
        citation=event.citation,
        rank=event.rank,
        annotator=event.annotator,
        verdict=event.verdict,
        event_id=event.event_id,
        created_at=event.created_at,
        phase=event.phase,
        seconds=event.seconds,
    )


def _relevance(answer: Answer, events: list[Relevance]) -> tuple[RecordRelevance, ...]:
    """Return the grades on this answer's own hits; those on other segments belong to other answers."""
    corpus_ids = {hit.segment.segment_id: hit.segment.corpus_id for hit in answer.hits}
    return tuple(
        RecordRelevance(
            corpus_id=corpus_ids[event.segment_id],
            annotator=event.annotator,
            grade=event.grade,
            event_id=event.event_id,
            phase=event.phase,
            seconds=event.seconds,
            created_at=event.created_at,
        )
        for event in events
        if event.segment_id in corpus_ids
    )
