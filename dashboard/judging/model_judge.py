"""A judge that asks a language model: one rubric, one model, one or more samples."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dashboard.judging.base import Outcome
from dashboard.judging.calls import CHARACTERS_PER_TOKEN, ModelCalls, Request
from dashboard.judging.case import Case
from dashboard.judging.prompt import OutputMode, build_messages, repair_messages, response_format
from dashboard.judging.reply import Reading, Unreadable, read_reply
from dashboard.judging.rubric import Rubric
from dashboard.judging.samples import combine
from dashboard.judging.suspicion import suspicions
from dashboard.judging.unscored import TRANSPORT, Unscored, reason_of
from dashboard.model_server import failures
from dashboard.model_server.failures import BrokenAnswer, Misconfigured
from dashboard.models import JudgeConfig, NewJudgement
from dashboard.store.replies import StoredReplies, StoredReply

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionMessageParam

SAMPLES = "samples"
"""The parameter that says how often a judge is asked about each answer."""

_NOT_SENT = frozenset({SAMPLES})


@dataclass(slots=True)
class _Spent:
    """What a verdict took; `calls` and `cached` count replies from the server and from those stored."""

    calls: int = 0
    cached: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    stored_in: int = 0
    stored_out: int = 0
    milliseconds: float = 0.0


@dataclass(slots=True)
class _Sample:
    """One try: its reading, or why there is none."""

    mode: OutputMode
    raw_reply: str = ""
    reading: Reading | None = None
    error: str = ""
    reason: str = ""
    was_repaired: bool = False


@dataclass(slots=True)
class _Asked:
    """What is asked about one answer, and what it took so far."""

    case: Case
    spent: _Spent = field(default_factory=_Spent)


class ModelJudge:
    """Judges with a language model; see `base.Judge`.

    Args:
        config: What makes the judge; its parameters but for `samples` go into the request.
        rubric: The rubric of that configuration.
        calls: The way to the model server.
        replies: What was said to equal requests before; an equal request is not asked again.
    """

    def __init__(
        self, config: JudgeConfig, rubric: Rubric, calls: ModelCalls, replies: StoredReplies
    ) -> None:
        self._config = config
        self._rubric = rubric
        self._calls = calls
        self._replies = replies
        self._options = {name: value for name, value in config.parameters.items() if name not in _NOT_SENT}
        self._mode: OutputMode | None = None
        self._learning = threading.Lock()

    def judge(self, case: Case) -> Outcome:
        """Return the verdict on an answer."""
        if not case.units(self._rubric):
            return Outcome(_unscored(Unscored.NO_EVIDENCE, "There is nothing of the kind that is graded."))
        asked = _Asked(case)
        samples = [
            self._sample(asked, number) for number in range(int(self._config.parameters.get(SAMPLES, 1)))
        ]
        verdict = self._verdict(asked, samples)
        return Outcome(
            verdict,
            asked.spent.tokens_in,
            asked.spent.tokens_out,
            is_server_trouble=verdict.reason in TRANSPORT,
        )

    def _verdict(self, asked: _Asked, samples: Sequence[_Sample]) -> NewJudgement:
        spent, rubric = asked.spent, self._rubric
        together = combine([one.reading.raw_score if one.reading else None for one in samples])
        standing = samples[together.chosen if together.chosen is not None else -1]
        is_cached = spent.cached > 0 and not spent.calls
        details: dict[str, Any] = {"mode": standing.mode.value}
        if standing.was_repaired:
            details["repaired"] = True
        if standing.reading and standing.reading.grades:
            details["grades"] = list(standing.reading.grades)
        if len(samples) > 1:
            details["samples"] = [self._in_details(one) for one in samples]
            details["spread"], details["deviation"] = together.spread, together.deviation
        raw = together.raw_score
        return NewJudgement(
            raw_score=raw,
            score=None if raw is None else rubric.score(raw),
            label=None if raw is None else rubric.label(raw),
            reasoning=standing.reading.reasoning if standing.reading else "",
            raw_reply=standing.raw_reply,
            error="" if raw is not None else standing.error,
            tokens_in=spent.stored_in if is_cached else spent.tokens_in,
            tokens_out=spent.stored_out if is_cached else spent.tokens_out,
            latency_ms=None if is_cached else spent.milliseconds,
            reason="" if raw is not None else standing.reason,
            is_cached=is_cached,
            suspicions=tuple(
                dict.fromkeys(code.value for text in asked.case.texts(rubric) for code in suspicions(text))
            ),
            details=details,
        )

    def _in_details(self, sample: _Sample) -> dict[str, Any]:
        if sample.reading is None:
            return {"reason": sample.reason, "error": sample.error, "raw_reply": sample.raw_reply}
        raw = sample.reading.raw_score
        return {
            "raw_score": raw,
            "score": self._rubric.score(raw),
            "label": self._rubric.label(raw).value,
            "reasoning": sample.reading.reasoning,
        }

    def _sample(self, asked: _Asked, number: int) -> _Sample:
        try:
            mode, messages, first = self._first_reply(asked, number)
        except Misconfigured:
            raise
        except BrokenAnswer as failure:
            return _broken(self._mode or OutputMode.SCHEMA, failure)
        try:
            return _Sample(mode, first, self._read(asked, first))
        except Unreadable as error:
            return self._repair(asked, number, mode, messages, first, error)

    def _first_reply(
        self, asked: _Asked, number: int
    ) -> tuple[OutputMode, list["ChatCompletionMessageParam"], str]:
        """Ask in the strictest form that the server can do, which is found out once."""
        mode = self._known_mode()
        if mode is not None:
            return self._in_mode(asked, number, mode)
        with self._learning:
            mode = self._known_mode()
            if mode is not None:
                return self._in_mode(asked, number, mode)
            return self._learn_mode(asked, number)

    def _learn_mode(
        self, asked: _Asked, number: int
    ) -> tuple[OutputMode, list["ChatCompletionMessageParam"], str]:
        for mode in OutputMode:
            try:
                found = self._in_mode(asked, number, mode)
            except BrokenAnswer as failure:
                if failure.message != failures.REJECTED or mode is OutputMode.TEXT:
                    raise
            else:
                self._replies.learn(self._calls.server_hash, self._config.model, mode.value)
                self._mode = mode
                return found
        raise AssertionError("the last form ends the loop")

    def _known_mode(self) -> OutputMode | None:
        if self._mode is None:
            known = self._replies.mode(self._calls.server_hash, self._config.model)
            self._mode = OutputMode(known) if known else None
        return self._mode

    def _in_mode(
        self, asked: _Asked, number: int, mode: OutputMode
    ) -> tuple[OutputMode, list["ChatCompletionMessageParam"], str]:
        messages = build_messages(self._rubric, asked.case, mode)
        return mode, messages, self._ask(asked, messages, mode, number)

    def _repair(
        self,
        asked: _Asked,
        number: int,
        mode: OutputMode,
        messages: list["ChatCompletionMessageParam"],
        first: str,
        error: Unreadable,
    ) -> _Sample:
        again = repair_messages(messages, first, error.reason, mode, self._rubric.language)
        try:
            second = self._ask(asked, again, mode, number)
        except Misconfigured:
            raise
        except BrokenAnswer:
            return _Sample(mode, first, error=error.reason, reason=Unscored.UNREADABLE.value)
        try:
            return _Sample(mode, second, self._read(asked, second), was_repaired=True)
        except Unreadable as still:
            return _Sample(mode, second, error=still.reason, reason=Unscored.UNREADABLE.value)

    def _read(self, asked: _Asked, reply: str) -> Reading:
        return read_reply(self._rubric, asked.case, reply)

    def _ask(
        self, asked: _Asked, messages: list["ChatCompletionMessageParam"], mode: OutputMode, number: int
    ) -> str:
        """Return a reply, from those stored where an equal request was answered readably before."""
        options = dict(self._options)
        if form := response_format(self._rubric, asked.case, mode):
            options["response_format"] = form
        request = Request(self._config.model, tuple(messages), options, number)
        if (stored := self._replies.find(request.hash)) is not None:
            asked.spent.cached += 1
            asked.spent.stored_in += stored.tokens_in or 0
            asked.spent.stored_out += stored.tokens_out or 0
            return stored.text
        reply = self._calls.ask(request)
        _count(asked.spent, request, reply)
        self._keep_if_readable(asked, request, reply)
        return reply.text

    def _keep_if_readable(self, asked: _Asked, request: Request, reply: StoredReply) -> None:
        # What cannot be read is worth another try, so it must not answer the next one.
        try:
            self._read(asked, reply.text)
        except Unreadable:
            return
        self._replies.keep(request.hash, reply)


def _count(spent: _Spent, request: Request, reply: StoredReply) -> None:
    spent.calls += 1
    # A server that does not count is counted for, or a budget would never end.
    spent.tokens_in += request.tokens if reply.tokens_in is None else reply.tokens_in
    guessed_out = len(reply.text) // CHARACTERS_PER_TOKEN
    spent.tokens_out += guessed_out if reply.tokens_out is None else reply.tokens_out
    spent.milliseconds += reply.latency_ms


def _broken(mode: OutputMode, failure: BrokenAnswer) -> _Sample:
    return _Sample(mode, failure.partial, error=str(failure), reason=reason_of(failure).value)


def _unscored(reason: Unscored, error: str) -> NewJudgement:
    return NewJudgement(raw_score=None, score=None, label=None, error=error, reason=reason.value)
