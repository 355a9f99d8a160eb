"""Any record at all, for round trips."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from dashboard.labels import Label
from dashboard.models import JudgeConfig, NewAnnotation, NewJudgement, Phase, Reference, RunConfig
from dashboard.records.record import (
    Provenance,
    Record,
    RecordAdjudication,
    RecordHit,
    RecordJudgement,
    RecordRelevance,
    RecordSupport,
)
from dashboard.responses import Flag, Kind, Reason, Verdict

BAIT = st.sampled_from(
    [
        "=1+1", "'=x", "''", "'", "\t@", "\0", "-2", "a\r\nb", "\r", "\n\n", " dois  espaços ", "[a](b)",
        '"x";y,z',
        "**Referências**:", "x\n\n**Referências**:\n- [a]()", "\n---\n", "um\n\ndois\n", "**Pergunta 9**: q",
        "a\n**Pergunta 9**: q", "[não é json", "\ufeff", "\u2028", "ação", "oculto", "](", "a\n**Nota**: b",
    ]
)  # fmt: skip
TEXTS = st.one_of(BAIT, st.text(max_size=20), st.lists(BAIT, max_size=3).map("".join))
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
URLS = st.sampled_from(["", "https://exemplo.org/v?a=(1)", "http://x.br/[a](b"])
MOMENTS = st.one_of(
    st.none(), st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
)
LABELS = st.sampled_from(Label)
COUNTS = st.one_of(st.none(), st.integers(0, 2**40))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.lists(inner, max_size=2),
    max_leaves=4,
)


@st.composite
def hits(draw) -> RecordHit:
    score = draw(NUMBERS)
    start = draw(st.one_of(st.none(), st.floats(0, 35_000)))
    end = None if start is None else start + draw(st.floats(0, 900))
    hidden = draw(st.booleans())
    return RecordHit(
        corpus_id=draw(st.integers(-5, 10**9)),
        score=score,
        score_text=draw(st.sampled_from(["", f"{score!r}" if "e" in repr(score) else f"{score!r}0"])),
        url="" if hidden else draw(URLS),
        url_hidden=hidden,
        start_s=start,
        end_s=end,
        text=draw(TEXTS),
        video_id=draw(TEXTS),
        title=draw(TEXTS),
    )


def _scores(low: float, high: float):
    return st.one_of(st.none(), st.floats(low, high))


@st.composite
def annotations(draw: st.DrawFn) -> NewAnnotation:
    """Draw anything that a person may say of an answer."""
    kind = draw(st.sampled_from(Kind))
    return NewAnnotation(
        draw(TEXTS),
        draw(TEXTS),
        draw(LABELS) if kind is Kind.LABEL else None,
        draw(st.sampled_from(Phase)),
        draw(TEXTS),
        draw(_scores(0, 1e6)),
        draw(MOMENTS),
        kind,
        draw(st.one_of(st.none(), LABELS)),
        draw(st.sampled_from(["", *(reason.value for reason in Reason)])),
        tuple(draw(st.lists(st.sampled_from(Flag), max_size=2))),
        draw(TEXTS),
        draw(COUNTS),
        draw(st.booleans()),
    )


JUDGEMENTS = st.builds(
    RecordJudgement,
    st.builds(JudgeConfig, TEXTS, TEXTS, TEXTS, TEXTS, st.dictionaries(TEXTS, JSON, max_size=2)),
    st.builds(
        NewJudgement,
        _scores(0, 3),
        _scores(0, 1),
        st.one_of(st.none(), LABELS),
        TEXTS,
        TEXTS,
        TEXTS,
        COUNTS,
        COUNTS,
        _scores(0, 1e6),
        MOMENTS,
        st.sampled_from(["", "unreadable", "members_unscored"]),
        st.booleans(),
        st.lists(TEXTS, max_size=2).map(tuple),
        st.dictionaries(TEXTS, JSON, max_size=2),
    ),
)

RECORDS = st.builds(
    Record,
    number=st.integers(0, 10**12),
    question=TEXTS.filter(lambda text: text.replace("\0", "").strip() != ""),
    retriever=TEXTS,
    hits=st.lists(hits(), max_size=2).map(tuple),
    answer=TEXTS,
    references=st.lists(st.builds(Reference, TEXTS, URLS, COUNTS), max_size=2).map(tuple),
    annotations=st.lists(
        annotations(),
        max_size=2,
    ).map(tuple),
    judgements=st.lists(JUDGEMENTS, max_size=2).map(tuple),
    adjudications=st.lists(
        st.builds(
            RecordAdjudication,
            TEXTS,
            TEXTS,
            LABELS,
            TEXTS,
            MOMENTS,
            st.sampled_from(Phase),
            _scores(0, 1e6),
        ),
        max_size=2,
    ).map(tuple),
    relevance=st.lists(
        st.builds(
            RecordRelevance,
            st.integers(-5, 10**9),
            TEXTS,
            st.integers(0, 3),
            TEXTS,
            MOMENTS,
            st.sampled_from(Phase),
            _scores(0, 1e6),
        ),
        max_size=2,
    ).map(tuple),
    supports=st.lists(
        st.builds(
            RecordSupport,
            st.integers(0, 20),
            st.integers(1, 20),
            TEXTS,
            st.sampled_from(Verdict),
            TEXTS,
            MOMENTS,
            st.sampled_from(Phase),
            _scores(0, 1e6),
        ),
        max_size=2,
    ).map(tuple),
    tags=st.lists(TEXTS, max_size=3).map(tuple),
    reference_answer=TEXTS,
    run=TEXTS,
    model=TEXTS,
    created_at=MOMENTS,
    provenance=st.builds(
        Provenance,
        TEXTS,
        st.booleans(),
        st.one_of(
            st.none(),
            st.builds(
                RunConfig,
                TEXTS,
                TEXTS,
                st.integers(0, 100),
                TEXTS,
                TEXTS,
                TEXTS,
                st.dictionaries(TEXTS, JSON, max_size=2),
            ),
        ),
        _scores(0, 1e6),
        COUNTS,
        COUNTS,
    ),
    layout=st.dictionaries(
        st.sampled_from(["label", "answer", "newline", "hits.0.text", "x", ""]), TEXTS, max_size=2
    ),
)
