"""From records to the store: what is known is recognised, what is new is added, nothing is overwritten."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from dashboard.errors import RecordError
from dashboard.models import Adjudication, Hit, NewAnswer, Relevance, RunConfig, Segment, Support, Video
from dashboard.records.formats import read_records
from dashboard.records.md_lines import one_line
from dashboard.records.reading import Problem, as_problem
from dashboard.records.record import IMPORTED, Record, RecordHit, RecordJudgement
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.audit import note
from dashboard.services.entered import check_entered
from dashboard.services.exporting import stored_records
from dashboard.services.project import Project
from dashboard.store import adjudications, annotations, answers, corpus, judgements, relevance, runs, supports
from dashboard.store.base import now
from dashboard.store.corpus import SegmentKey

ANNOTATOR = "import"
"""Stands for the person behind manual labels that name nobody."""

JUDGE = "import"
"""Stands for the judge behind automated labels that name none."""

BATCH = 100

HEAVIEST_BATCH = 8 * 2**20
"""Characters from which on a batch takes no further record."""


@dataclass(frozen=True, slots=True)
class FileProblem:
    """A problem and the file that it is in."""

    file: str
    problem: Problem

    def to_json(self) -> dict[str, Any]:
        """Return the problem as the command line prints it."""
        return {"file": self.file, "line": self.problem.line or None, "error": self.problem.text}


@dataclass(slots=True)
class ImportReport:
    """What files hold, or what of it was new and is stored now.

    `answer_ids` are the answers of all records that were stored, of those known before as well, in the order
    of the files and each once.
    """

    questions: int = 0
    answers: int = 0
    hits: int = 0
    annotations: int = 0
    judgements: int = 0
    problems: list[FileProblem] = field(default_factory=list)
    answer_ids: list[int] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the report as the command line prints it."""
        return {
            "questions": self.questions,
            "answers": self.answers,
            "hits": self.hits,
            "annotations": self.annotations,
            "judgements": self.judgements,
            "errors": [one.to_json() for one in self.problems],
        }


def check(paths: Sequence[Path]) -> ImportReport:
    """Read files without storing anything; say what the good records hold and what is wrong with the rest.

    Raises:
        RecordError: A file is missing, too large, or in no known format.
    """
    report, questions = ImportReport(), set()
    for path in paths:
        for item in _read(path):
            if isinstance(item, Problem):
                report.problems.append(FileProblem(path.name, item))
                continue
            questions.add((item.number, item.question))
            report.answers += 1
            report.hits += len(item.hits)
            report.annotations += len(item.annotations)
            report.judgements += len(item.judgements)
    report.questions = len(questions)
    return report


@needs(Role.RESEARCHER)
def import_records(project: Project, paths: Sequence[Path]) -> ImportReport:
    """Store the good records of files; reading the same records again adds nothing.

    Whoever must not store a file with problems asks `check` first.

    Raises:
        RecordError: A file is missing, too large, or in no known format.
        StoreError: The database failed; records before it are stored, and a repetition continues.
    """
    report = ImportReport()
    try:
        _import_all(project, paths, report)
    finally:
        # What is stored stays, also when a later file fails.
        note(project, "records.import", files=len(paths), answers=report.answers, labels=report.annotations)
    report.answer_ids = list(dict.fromkeys(report.answer_ids))
    return report


def _import_all(project: Project, paths: Sequence[Path], report: ImportReport) -> None:
    for path in paths:
        items = _read(path)
        for batch in _batches(items):
            report.problems += [FileProblem(path.name, item) for item in batch if isinstance(item, Problem)]
            with project.store.write() as session:
                for item in batch:
                    if isinstance(item, Record):
                        report.answer_ids.append(_store(session, item, path.stem, report))


def _read(path: Path) -> Iterator[Record | Problem]:
    """Give the records and problems of a file; line 0 where a whole record is meant."""
    for item in read_records(path, annotator=ANNOTATOR, judge=JUDGE):
        try:
            if isinstance(item, Record):
                check_entered(item, f"#{item.number}: ")
        except RecordError as error:
            item = as_problem(0, error)
        yield item


def _batches(items: Iterable[Record | Problem]) -> Iterator[list[Record | Problem]]:
    batch: list[Record | Problem] = []
    weight = 0
    for item in items:
        batch.append(item)
        weight += _weight(item) if isinstance(item, Record) else 0
        if len(batch) == BATCH or weight > HEAVIEST_BATCH:
            yield batch
            batch, weight = [], 0
    if batch:
        yield batch


def _weight(record: Record) -> int:
    judged = sum(len(one.judgement.reasoning) + len(one.judgement.raw_reply) for one in record.judgements)
    noted = sum(len(one.note) for one in record.annotations)
    return len(record.answer) + sum(len(hit.text) for hit in record.hits) + judged + noted


def _store(session: Session, record: Record, source: str, report: ImportReport) -> int:
    report.questions += not runs.is_known(session, record.question, record.number)
    question_id = runs.put_question(
        session, record.question, record.number, record.tags, record.reference_answer
    )
    answer_id = answers.find_by_key(session, record.provenance.key) if record.provenance.key else None
    if answer_id is None:
        segments = [_segment(session, hit) for hit in record.hits]
        if not record.provenance.key:
            answer_id = answers.find_same(
                session,
                question_id,
                record.answer,
                [(segment.segment_id, hit.score) for segment, hit in zip(segments, record.hits, strict=True)],
            )
            if answer_id is not None:
                record = _without_echoes(session, record, answer_id)
    if answer_id is None:
        answer_id = _add_answer(session, question_id, record, segments, source)
        report.answers += 1
        report.hits += len(segments)
    report.annotations += sum(
        annotations.add_annotation(session, answer_id, event) for event in record.annotations
    )
    for entry in record.judgements:
        judge_id = judgements.put_judge(session, entry.judge)
        report.judgements += judgements.add_judgement(session, answer_id, judge_id, entry.judgement)
    for settled in record.adjudications:
        event = Adjudication(
            settled.event_id,
            settled.annotator,
            settled.label,
            settled.reason,
            settled.phase,
            settled.seconds,
            settled.created_at or now(),
        )
        adjudications.add_adjudication(session, answer_id, event)
    for check in record.supports:
        verdict = Support(
            check.event_id,
            check.annotator,
            check.citation,
            check.rank,
            check.verdict,
            check.phase,
            check.seconds,
            check.created_at or now(),
        )
        supports.add_support(session, answer_id, verdict)
    if record.relevance:
        _store_relevance(session, question_id, record, answer_id)
    return answer_id


def _without_echoes(session: Session, record: Record, answer_id: int) -> Record:
    """Leave out what the project would itself write of a known answer into a format without names.

    Else a project's own export, read again, would bring a second annotator and a second judge.
    """
    known = stored_records(session, [answer_id])[0]
    return replace(
        record,
        annotations=tuple(
            event
            for event in record.annotations
            if event.annotator != ANNOTATOR or event.label != known.agreed_label
        ),
        judgements=tuple(
            entry
            for entry in record.judgements
            if entry.judge.name != JUDGE or _shown(entry) != _shown(known.first_judgement)
        ),
    )


def _shown(entry: RecordJudgement | None) -> tuple[object, ...]:
    if entry is None:
        return ()
    verdict = entry.judgement
    score = None if verdict.score is None else f"{verdict.score:.2f}"
    return score, verdict.label, one_line(verdict.reasoning).strip()


def _add_answer(
    session: Session, question_id: int, record: Record, segments: Sequence[Segment], source: str
) -> int:
    config = record.provenance.config or RunConfig(
        retriever=record.retriever, encoder="", k=0, answerer=IMPORTED, bank=record.run or source
    )
    answer_id, _ = answers.put_answer(
        session,
        key=record.provenance.key or uuid4().hex,
        question_id=question_id,
        run_id=runs.put_run(session, config, record.run or source),
        answer=NewAnswer(
            record.answer,
            record.model,
            record.references,
            record.provenance.latency_ms,
            record.provenance.tokens_in,
            record.provenance.tokens_out,
        ),
        hits=[
            Hit(rank, segment, hit.score, hit.score_text, hit.url_hidden)
            for rank, (segment, hit) in enumerate(zip(segments, record.hits, strict=True), start=1)
        ],
        queued=record.provenance.queued,
        layout=record.layout,
        created_at=record.created_at,
    )
    return answer_id


def _segment(session: Session, hit: RecordHit) -> Segment:
    """Return the segment that a record shows, which is brought along when the project has none like it."""
    if hit.video_id and corpus.get_video(session, hit.video_id) is None:
        corpus.put_video(session, Video(hit.video_id, hit.title, url=hit.url))
    key = SegmentKey(hit.corpus_id, hit.text, hit.start_s, hit.end_s, None if hit.url_hidden else hit.url)
    return corpus.find_segment(session, key) or corpus.bring_segment(session, key, hit.video_id)


def _store_relevance(session: Session, question_id: int, record: Record, answer_id: int) -> None:
    hits = answers.get_answer(session, answer_id).hits
    by_corpus_id = {hit.segment.corpus_id: hit.segment.segment_id for hit in hits}
    for grade in record.relevance:
        if grade.corpus_id in by_corpus_id:
            event = Relevance(
                grade.event_id,
                grade.annotator,
                by_corpus_id[grade.corpus_id],
                grade.grade,
                grade.phase,
                grade.seconds,
                grade.created_at or now(),
            )
            relevance.add_relevance(session, question_id, event)
