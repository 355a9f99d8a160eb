"""The nouns of Veredito as plain values, free of the database and of the interface."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from dashboard.clock import clock
from dashboard.labels import Label
from dashboard.responses import Flag, Kind, Verdict


class Phase(StrEnum):
    """Whether a judge's output or another person's label was visible when a person labelled."""

    BLIND = "blind"
    REVEALED = "revealed"


@dataclass(frozen=True, slots=True)
class Video:
    """A lecture. `url` and `title_en` are empty and `year` is None when unknown."""

    video_id: str
    title: str
    title_en: str = ""
    url: str = ""
    year: int | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a transcript, the unit of retrieval.

    Attributes:
        segment_id: Identity in this database.
        corpus_id: The Corpus ID, the number under which studies name the segment. Imported records may
            bring a number that is taken, so it is not an identity.
        video_id: The lecture, or empty when a record brought the segment without its lecture.
        url: The lecture's address as it was given; empty when unknown.
        content_hash: SHA-256 of the text in UTF-8, hexadecimal; vectors are keyed by it.
    """

    segment_id: int
    corpus_id: int
    video_id: str
    title: str
    url: str
    start_s: float | None
    end_s: float | None
    text: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A segment at a rank for one question.

    Attributes:
        score: The retriever's own score: cosine for dense, BM25 for lexical, reciprocal rank sum for hybrid.
        score_text: The score as an imported record wrote it, when a float would not print the same.
        url_hidden: The record withheld the address ("oculto"); it must not be shown or exported.
    """

    rank: int
    segment: Segment
    score: float
    score_text: str = ""
    url_hidden: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the hit as the command line prints it."""
        segment = self.segment
        return {
            "rank": self.rank,
            "corpus_id": segment.corpus_id,
            "score": self.score,
            "video_id": segment.video_id,
            "title": segment.title,
            "url": "" if self.url_hidden else segment.url,
            "start": clock(segment.start_s),
            "end": clock(segment.end_s),
            "start_s": segment.start_s,
            "end_s": segment.end_s,
            "text": segment.text,
        }


@dataclass(frozen=True, slots=True)
class Reference:
    """A source that an answer names: the lecture's title and the address of the moment (may be empty).

    `rank` is the rank of the hit that was cited, None where an imported record does not say.
    """

    title: str
    url: str
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class RunConfig:
    """The frozen configuration that produced answers; any change makes another run.

    Attributes:
        retriever: `dense`, `lexical`, `hybrid`, optionally with `+rerank:<model>`; for imported records the
            name they give ("E5", "BM25").
        encoder: Encoder id, empty where none took part.
        k: Number of hits per question; 0 where it is unknown.
        answerer: `extractive`, `openai:<model>`, or `imported`.
        prompt_version: Version of the answer prompt, empty where none was used.
        bank: Name and content hash of the question bank, or the name of the import; empty for live questions.
        details: Anything else that changes the outcome.
    """

    retriever: str
    encoder: str
    k: int
    answerer: str
    prompt_version: str = ""
    bank: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """An answer before it is stored. Times are milliseconds, tokens are counts, None where unknown."""

    text: str
    model: str
    references: tuple[Reference, ...] = ()
    latency_ms: float | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None


@dataclass(frozen=True, slots=True)
class NewAnnotation:
    """What a person says of an answer, as the client sends it.

    Attributes:
        event_id: Made by the client, so that a repeated request stores one event.
        label: The label; None for every kind but `Kind.LABEL`.
        seconds: Time spent on the answer, None where unknown.
        created_at: When it was given, for imports; None means now.
        kind: A label, or what a person does instead.
        also: A second label that would be acceptable, too.
        reason: Why the person cannot tell; a `Reason`, empty for every other kind.
        flags: What is wrong with the item.
        campaign: Name of the campaign in which it was said, empty outside of any.
        guideline_version: Version of the campaign's guidelines then, None outside of any.
        is_repeat: Whether it answers a hidden repeat; such a label only measures consistency.
    """

    event_id: str
    annotator: str
    label: Label | None
    phase: Phase
    note: str = ""
    seconds: float | None = None
    created_at: datetime | None = None
    kind: Kind = Kind.LABEL
    also: Label | None = None
    reason: str = ""
    flags: tuple[Flag, ...] = ()
    campaign: str = ""
    guideline_version: int | None = None
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class JudgeConfig:
    """What makes a judge: rubric, prompt version, model and parameters. Its hash is its identity."""

    name: str
    rubric: str
    prompt_version: str
    model: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewJudgement:
    """A judge's verdict on an answer.

    Attributes:
        raw_score: The judge's own grade, on the scale of its rubric.
        score: The same in [0, 1]; None, like `label`, when the answer is unscored.
        error: Why it is unscored, in words; empty when it is scored.
        tokens_in: Tokens that its requests took, repairs and samples included; so for `tokens_out`.
        latency_ms: Milliseconds that its requests took without pauses; None where none was sent.
        reason: Why it is unscored, as an `Unscored` code; empty when it is scored.
        is_cached: Whether every reply came from those stored before, so that nothing was asked.
        suspicions: What in the judged texts looks like an attempt to sway the judge, as `Suspicion` codes.
        details: What led to the verdict: grades of sentences or segments, samples, a panel's members, and
            under `earlier` the unscored tries before it.
    """

    raw_score: float | None
    score: float | None
    label: Label | None
    reasoning: str = ""
    raw_reply: str = ""
    error: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None
    latency_ms: float | None = None
    created_at: datetime | None = None
    reason: str = ""
    is_cached: bool = False
    suspicions: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its number, its tags and, where the bank has one, a reference answer."""

    question_id: int
    number: int
    text: str
    tags: tuple[str, ...] = ()
    reference_answer: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A stored run: its configuration under a name."""

    run_id: int
    name: str
    config: RunConfig
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """A stored answer with all that was there before anybody judged it.

    `key` identifies it across databases; `layout` is what an imported Markdown record needs to be written
    back to the same bytes.
    """

    answer_id: int
    key: str
    question: Question
    run: Run
    text: str
    model: str
    hits: tuple[Hit, ...]
    references: tuple[Reference, ...]
    queued: bool
    created_at: datetime
    latency_ms: float | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    layout: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Annotation:
    """A stored event of a person on an answer; a greater `sequence` is newer, else as `NewAnnotation`."""

    sequence: int
    event_id: str
    annotator: str
    label: Label | None
    phase: Phase
    note: str
    seconds: float | None
    created_at: datetime
    kind: Kind = Kind.LABEL
    also: Label | None = None
    reason: str = ""
    flags: tuple[Flag, ...] = ()
    campaign: str = ""
    guideline_version: int | None = None
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class Relevance:
    """A person's grade, 0 (unrelated) to 3 (answers it fully), of a segment for a question."""

    event_id: str
    annotator: str
    segment_id: int
    grade: int
    phase: Phase
    seconds: float | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Support:
    """A person's verdict on whether a cited moment supports the sentence that cites it.

    `citation` counts the answer's citations from 0, in the order of the text; `rank` is the cited hit's.
    """

    event_id: str
    annotator: str
    citation: int
    rank: int
    verdict: Verdict
    phase: Phase
    seconds: float | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Adjudication:
    """The agreed label of an answer, who settled it and why."""

    event_id: str
    annotator: str
    label: Label
    reason: str
    phase: Phase
    seconds: float | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Judge:
    """A stored judge; `key` is the hash of its configuration."""

    judge_id: int
    key: str
    config: JudgeConfig


@dataclass(frozen=True, slots=True)
class Judgement:
    """A stored verdict together with its judge."""

    judge: Judge
    verdict: NewJudgement
