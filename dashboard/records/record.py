"""A record: everything about one answered question that travels between projects, as plain values."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from dashboard.labels import Label
from dashboard.models import JudgeConfig, NewAnnotation, NewJudgement, Phase, Reference, RunConfig
from dashboard.responses import Verdict

IMPORTED = "imported"
"""The answerer of a run of which no more is known than what a record without a configuration says."""


@dataclass(frozen=True, slots=True)
class RecordHit:
    """A segment that was retrieved for the question; its rank is its place among the record's hits.

    Attributes:
        corpus_id: The number under which the study names the segment.
        score: The retriever's own score.
        score_text: The score as it was written, only where `repr(score)` differs; else empty.
        url: The lecture's address, empty when unknown.
        url_hidden: The address is withheld ("oculto") and is never written.
        start_s: Second at which the segment starts, None in documents without times.
        end_s: Second at which it ends, None in documents without times.
        text: The transcript, spaces kept.
        video_id: The lecture, empty where the record does not say.
        title: The lecture's title, empty where the record does not say.
    """

    corpus_id: int
    score: float
    score_text: str = ""
    url: str = ""
    url_hidden: bool = False
    start_s: float | None = None
    end_s: float | None = None
    text: str = ""
    video_id: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class RecordJudgement:
    """A judgement together with the judge that gave it."""

    judge: JudgeConfig
    judgement: NewJudgement


@dataclass(frozen=True, slots=True)
class RecordAdjudication:
    """One event that settled the label of the answer."""

    event_id: str
    annotator: str
    label: Label
    reason: str = ""
    created_at: datetime | None = None
    phase: Phase = Phase.REVEALED
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class RecordRelevance:
    """One event in which a person graded a hit: 0 irrelevant, 3 answers the question."""

    corpus_id: int
    annotator: str
    grade: int
    event_id: str
    created_at: datetime | None = None
    phase: Phase = Phase.BLIND
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class RecordSupport:
    """One event in which a person said whether a cited moment supports its sentence (see `Support`)."""

    citation: int
    rank: int
    annotator: str
    verdict: Verdict
    event_id: str
    created_at: datetime | None = None
    phase: Phase = Phase.BLIND
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where an answer comes from, as far as the project that wrote the record knew.

    Attributes:
        key: Identity of the answer across projects; empty in records from elsewhere.
        queued: Whether the answer waits for labels.
        config: The run's whole configuration, None in records from elsewhere.
        latency_ms: Milliseconds that answering took.
        tokens_in: Tokens that the model read.
        tokens_out: Tokens that the model wrote.
    """

    key: str = ""
    queued: bool = True
    config: RunConfig | None = None
    latency_ms: float | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One answer to one question, with what led to it and what was said about it.

    Attributes:
        number: The question's number.
        retriever: The name that the run or the file gives ("E5", "BM25", `hybrid`).
        hits: Retrieved segments, best first.
        annotations: Everything that people said of the answer, oldest first.
        judgements: Every verdict of a judge; the first is the one a flat row or a Markdown record shows.
        relevance: Every relevance grade on the hits, oldest first.
        supports: Every verdict on the answer's citations, oldest first.
        reference_answer: The answer that the question bank expects, empty where it gives none.
        run: Name of the run that produced the answer.
        model: Name of the model that wrote the answer.
        created_at: When the answer was given, in UTC; None where unknown.
        provenance: Where the answer comes from.
        layout: What a canonical Markdown rendering would lose of the imported text: slot name to the slot as
            it was written (see `md_write`). Empty for canonical records.
    """

    number: int
    question: str
    retriever: str = ""
    hits: tuple[RecordHit, ...] = ()
    answer: str = ""
    references: tuple[Reference, ...] = ()
    annotations: tuple[NewAnnotation, ...] = ()
    judgements: tuple[RecordJudgement, ...] = ()
    adjudications: tuple[RecordAdjudication, ...] = ()
    relevance: tuple[RecordRelevance, ...] = ()
    supports: tuple[RecordSupport, ...] = ()
    tags: tuple[str, ...] = ()
    reference_answer: str = ""
    run: str = ""
    model: str = ""
    created_at: datetime | None = None
    provenance: Provenance = Provenance()
    layout: Mapping[str, str] = field(default_factory=dict)

    @property
    def agreed_label(self) -> Label | None:
        """The newest adjudication, else the commonest of each annotator's newest label.

        None without labels and where the commonest is not unique. Hidden repeats do not count, nor does who
        could not tell, or took the label back. Newest is what stands last: a clock that was set back while
        people labelled changes no history.
        """
        if self.adjudications:
            return self.adjudications[-1].label
        counted = [event for event in self.annotations if not event.is_repeat]
        newest = {event.annotator: event.label for event in counted}
        if len(newest) == 1:
            return next(iter(newest.values()))
        ranked = Counter(label for label in newest.values() if label is not None).most_common(2)
        if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
            return None
        return ranked[0][0]

    @property
    def first_judgement(self) -> RecordJudgement | None:
        """The judgement that a flat row shows, None where nothing was judged."""
        return self.judgements[0] if self.judgements else None


def in_utc(moment: datetime) -> datetime:
    """Return a moment in UTC; one without a zone, as SQLite gives back, is taken to be in UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
