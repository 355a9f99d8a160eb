"""Judgements from dumps of other judges, so that they can be studied without calling anything.

A judgement belongs to the answer with its key, else to every answer with the same texts of question and
answer, compared as they are and then with blanks collapsed; a dump that tells equal ones apart gives keys.
Where the project has no such answer and the dump brings both texts, question and answer are added.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from sqlalchemy.orm import Session

from dashboard.errors import N_, RecordError
from dashboard.models import NewAnswer, NewJudgement, RunConfig
from dashboard.records.dump_formats import read_dump
from dashboard.records.dumped import Dumped
from dashboard.records.reading import Problem, as_problem, shown
from dashboard.records.record import IMPORTED
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.audit import note
from dashboard.services.entered import check_entered
from dashboard.services.importing import BATCH, JUDGE, FileProblem
from dashboard.services.project import Project
from dashboard.store import answers, judgements, runs
from dashboard.store.hashing import text_hash
from dashboard.store.judgements import judge_key


@dataclass(slots=True)
class JudgementReport:
    """What dumps hold, or what of it was new and is stored now.

    Attributes:
        judges: Judges that gave the judgements.
        judgements: Judgements, one for each answer that a line of a dump is on.
        answers_added: Answers that the project did not have.
        unmatched: Entries on answers that the project does not have and whose texts are missing.
        problems: What cannot be taken in, the unmatched included.
    """

    judges: int = 0
    judgements: int = 0
    answers_added: int = 0
    unmatched: int = 0
    problems: list[FileProblem] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the report as the command line prints it."""
        return {
            "judges": self.judges,
            "judgements": self.judgements,
            "answers_added": self.answers_added,
            "unmatched": self.unmatched,
            "errors": [one.to_json() for one in self.problems],
        }


@needs(Role.RESEARCHER)
def check_judgements(project: Project, paths: Sequence[Path], judge: str = "") -> JudgementReport:
    """Read dumps without storing anything; say what they hold and what is wrong with the rest.

    Args:
        project: Whose answers were judged.
        paths: The dumps.
        judge: Name of the judge where a dump names none.

    Raises:
        RecordError: A file is missing, too large, or in no known format.
    """
    taking, counting = _Taking(project), _Counting()
    for path in paths:
        for item in _read(path, judge):
            taking.take(item, path, counting)
    return taking.report


@needs(Role.RESEARCHER)
def import_judgements(project: Project, paths: Sequence[Path], judge: str = "") -> JudgementReport:
    """Store the good judgements of dumps; reading the same dumps again adds nothing.

    Whoever must not store a file with problems asks `check_judgements` first.

    Raises:
        RecordError: A file is missing, too large, or in no known format.
        StoreError: The database failed; judgements before it are stored, and a repetition continues.
    """
    taking = _Taking(project)
    try:
        for path in paths:
            items = _read(path, judge)
            while batch := list(islice(items, BATCH)):
                with project.store.write() as session:
                    storing = _Storing(session)
                    for item in batch:
                        taking.take(item, path, storing)
    finally:
        # What is stored stays, also when a later file fails.
        note(project, "judgements.import", files=len(paths), judgements=taking.report.judgements)
    return taking.report


def _read(path: Path, judge: str) -> Iterator[Dumped | Problem]:
    for item in read_dump(path, judge or JUDGE):
        if isinstance(item, Dumped):
            try:
                check_entered(item, item.place.path)
            except RecordError as error:
                item = as_problem(item.place.line, error)
        yield item


class _Sink(Protocol):
    """Where judgements go."""

    def add_answer(self, dumped: Dumped, source: str) -> int:
        """Add the answer that a dump brings and return its id."""

    def add_judgement(self, answer_id: int, dumped: Dumped) -> bool:
        """Add a judgement; False when it was there."""


class _Counting:
    """Adds nothing: negative ids stand for answers that would be added."""

    def __init__(self) -> None:
        self._answers = 0

    def add_answer(self, dumped: Dumped, source: str) -> int:
        self._answers += 1
        return -self._answers

    def add_judgement(self, answer_id: int, dumped: Dumped) -> bool:
        return True


class _Storing:
    """Adds to the database."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add_answer(self, dumped: Dumped, source: str) -> int:
        run = dumped.run or source
        config = RunConfig(retriever="", encoder="", k=0, answerer=IMPORTED, bank=run)
        answer_id, _ = answers.put_answer(
            self._session,
            key=dumped.key or uuid4().hex,
            question_id=runs.put_question(
                self._session, dumped.question, reference_answer=dumped.reference_answer
            ),
            run_id=runs.put_run(self._session, config, run),
            answer=NewAnswer(dumped.answer, dumped.model),
            hits=(),
            queued=True,
        )
        return answer_id

    def add_judgement(self, answer_id: int, dumped: Dumped) -> bool:
        verdict = dumped.judgement
        judge_id = judgements.put_judge(self._session, dumped.judge)
        if verdict.score is None and verdict.label is None:
            stored = judgements.judgements_of(self._session, [answer_id]).get(answer_id, [])
            if any(_said(one.verdict) == _said(verdict) for one in stored if one.judge.judge_id == judge_id):
                return False
        return judgements.add_judgement(self._session, answer_id, judge_id, verdict)


class _Taking:
    """Takes judgements one after the other and keeps the report."""

    def __init__(self, project: Project) -> None:
        self.report = JudgementReport()
        self._known = _Known(project)
        self._given: dict[tuple[int, str], tuple[object, ...]] = {}
        self._judges: set[str] = set()

    def take(self, item: Dumped | Problem, path: Path, sink: _Sink) -> None:
        """Take a judgement in, or the problem that it is or has."""
        problem = item if isinstance(item, Problem) else self._take(item, path.stem, sink)
        if problem is not None:
            self.report.problems.append(FileProblem(path.name, problem))

    def _take(self, dumped: Dumped, source: str, sink: _Sink) -> Problem | None:
        answer_ids = self._known.find(dumped)
        if not answer_ids and not dumped.question.strip():
            self.report.unmatched += 1
            return _problem(
                dumped,
                "key",
                N_(
                    "{field}: the project has no answer with the key {found}. Add the columns question and "
                    "answer, or import the answers first."
                ),
                dumped.key,
            )
        judge, said = judge_key(dumped.judge), _said(dumped.judgement)
        if any(self._given.get((answer_id, judge), said) != said for answer_id in answer_ids):
            return _problem(
                dumped,
                "judge",
                N_(
                    "{field}: expected one verdict of a judge on an answer, found another one of {found}. "
                    "Leave one out, or tell equal answers apart by their keys."
                ),
                dumped.judge.name,
            )
        if not answer_ids:
            answer_ids = [sink.add_answer(dumped, source)]
            self._known.add(answer_ids[0], dumped.key, dumped.question, dumped.answer)
            self.report.answers_added += 1
        for answer_id in answer_ids:
            if (answer_id, judge) not in self._given:
                self._given[answer_id, judge] = said
                if sink.add_judgement(answer_id, dumped):
                    self.report.judgements += 1
                    self._judges.add(judge)
        self.report.judges = len(self._judges)
        return None


class _Known:
    """The answers of a project, found by their keys and by their texts."""

    def __init__(self, project: Project) -> None:
        self._by_key: dict[str, int] = {}
        self._exact: dict[str, list[int]] = {}
        self._collapsed: dict[str, list[int]] = {}
        with project.store.read() as session:
            for one in answers.texts_of_all(session):
                self.add(*one)

    def add(self, answer_id: int, key: str, question: str, answer: str) -> None:
        """Make an answer known."""
        if key:
            self._by_key[key] = answer_id
        self._exact.setdefault(_digest(question, answer), []).append(answer_id)
        self._collapsed.setdefault(_digest(_collapse(question), _collapse(answer)), []).append(answer_id)

    def find(self, dumped: Dumped) -> list[int]:
        """Return the answers that a judgement is on, none where there is no such answer."""
        if dumped.key in self._by_key:
            return [self._by_key[dumped.key]]
        if not dumped.question.strip():
            return []
        exact = self._exact.get(_digest(dumped.question, dumped.answer))
        return exact or self._collapsed.get(_digest(_collapse(dumped.question), _collapse(dumped.answer)), [])


def _digest(question: str, answer: str) -> str:
    return text_hash(f"{question}\0{answer}")


def _collapse(text: str) -> str:
    return " ".join(text.split())


def _said(verdict: NewJudgement) -> tuple[object, ...]:
    return verdict.score, verdict.label, verdict.reasoning, verdict.raw_reply, verdict.error


def _problem(dumped: Dumped, field: str, message: str, found: str) -> Problem:
    return Problem(
        dumped.place.line, message, {"field": dumped.place.name(field), "found": f"“{shown(found)}”"}
    )
