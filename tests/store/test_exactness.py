import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import StatementError

from dashboard.cues import Window
from dashboard.models import (
    Hit,
    JudgeConfig,
    NewAnnotation,
    NewAnswer,
    NewJudgement,
    Phase,
    Reference,
    RunConfig,
    Video,
)
from dashboard.store import annotations, answers, corpus, judgements, runs
from dashboard.store.store import Store
from tests.support import project

some = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    # The store is shared by the examples on purpose: every example adds to it.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
floats = st.floats(allow_nan=False, allow_infinity=False)
# PostgreSQL keeps no NUL, and a lone surrogate is not text.
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)
moments = st.datetimes(
    min_value=datetime(1970, 1, 2),
    max_value=datetime(2200, 1, 1),
    timezones=st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours))),
)
objects = st.dictionaries(texts, st.none() | st.booleans() | st.integers(-(2**53), 2**53) | floats | texts)


@some
@given(start=floats, end=floats, text=texts)
def test_times_and_texts_of_segments_come_back_exactly(
    store: Store, start: float, end: float, text: str
) -> None:
    video_id = uuid.uuid4().hex
    with store.write(corpus=True) as session:
        video = corpus.put_video(session, Video(video_id, text, url=text))
        corpus.put_segments(session, video, [Window(start, end, text, 1)])
    with store.read() as session:
        [segment] = corpus.segments_of(session, video_id)
    assert (segment.start_s, segment.end_s) == (start, end)
    assert (segment.text, segment.title, segment.url) == (text, text, text)


@some
@given(score=floats, latency=floats, text=texts, layout=objects)
def test_everything_under_an_answer_comes_back_exactly(
    store: Store, score: float, latency: float, text: str, layout: dict[str, Any]
) -> None:
    key = uuid.uuid4().hex
    [segment] = project.add_video(store, key, ["um"])
    references = (Reference(text, text, 1), Reference(text, "", None))
    new = NewAnswer(text, text, references, latency, 2**31 - 1, 0)
    hits = (Hit(1, segment, score, repr(score), True), Hit(7, segment, -score))
    config = RunConfig("dense", text, 2, "extractive", details=layout)
    with store.write() as session:
        answer_id, _ = answers.put_answer(
            session,
            key=key,
            question_id=runs.put_question(session, text, tags=["b", "a"], reference_answer=text),
            run_id=runs.put_run(session, config, text),
            answer=new,
            hits=hits,
            queued=False,
            layout=layout,
        )
    with store.read() as session:
        found = answers.get_answer(session, answer_id)
    assert (found.text, found.model, found.references) == (text, text, references)
    assert (found.latency_ms, found.tokens_in, found.tokens_out) == (latency, 2**31 - 1, 0)
    assert found.hits == hits
    assert (found.layout, found.run.config, found.key) == (layout, config, key)
    assert (found.question.text, found.question.reference_answer) == (text, text)
    assert found.question.tags == ("b", "a")


@some
@given(seconds=floats, note=texts, moment=moments)
def test_a_label_comes_back_exactly_and_its_moment_in_utc(
    store: Store, seconds: float, note: str, moment: datetime
) -> None:
    answer_id = project.add_answer(store, "Qual?")
    new = NewAnnotation(
        uuid.uuid4().hex, f"Zé 🦉 {note}"[:60], project.Label.PARTIAL, Phase.REVEALED, note, seconds, moment
    )
    with store.write() as session:
        annotations.add_annotation(session, answer_id, new)
    with store.read() as session:
        [found] = annotations.history(session, answer_id)
    assert (found.annotator, found.label, found.phase) == (new.annotator, new.label, new.phase)
    assert (found.note, found.seconds, found.created_at) == (note, seconds, moment)
    assert found.created_at.tzinfo is UTC


@some
@given(raw=floats, score=floats, text=texts, parameters=objects)
def test_a_judgement_comes_back_exactly(
    store: Store, raw: float, score: float, text: str, parameters: dict[str, Any]
) -> None:
    answer_id = project.add_answer(store, "Qual?")
    config = JudgeConfig(text, text, text, text, parameters)
    verdict = NewJudgement(
        raw, score, project.Label.CORRECT, text, text, text, 1, 2, score, datetime(2026, 3, 1, tzinfo=UTC)
    )
    with store.write() as session:
        judgements.add_judgement(session, answer_id, judgements.put_judge(session, config), verdict)
    with store.read() as session:
        [found] = judgements.judgements_of(session, [answer_id])[answer_id]
    assert found.verdict == verdict
    assert found.judge.config == config


def test_letters_beyond_the_basic_plane_survive(store: Store) -> None:
    text = "👩🏽‍🏫 𝒳 ∈ ℝⁿ — café/cafe\u0301 \u202eאב\u202c \t\r\n 𠮷"
    answer_id = project.add_answer(store, text, text=text)
    project.label(store, answer_id, "C", annotator="李 🦉", note=text)
    with store.read() as session:
        found = answers.get_answer(session, answer_id)
        assert (found.question.text, found.text) == (text, text)
        assert annotations.history(session, answer_id)[0].note == text


def test_a_moment_without_its_zone_is_refused(store: Store) -> None:
    answer_id = project.add_answer(store, "Qual?")
    with pytest.raises(StatementError, match="a moment without its time zone"):
        project.label(store, answer_id, "C", created_at=datetime(2026, 1, 1))  # noqa: DTZ001
