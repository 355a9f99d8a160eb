"""Answering a whole question bank as one run."""

import csv
import io
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dashboard.corpus.markup import one_line
from dashboard.errors import N_, EncoderError, ModelError, RecordError
from dashboard.model_server.failures import Misconfigured
from dashboard.services import asking
from dashboard.services.entered import check_entered
from dashboard.services.project import Project
from dashboard.store import answers, runs
from dashboard.store.hashing import key_of, text_hash

NEEDED = ("number", "text")
"""Columns, or keys, that every question has."""


@dataclass(frozen=True, slots=True)
class BankQuestion:
    """A question of a bank."""

    number: int
    text: str
    tags: tuple[str, ...] = ()
    reference_answer: str = ""


@dataclass(slots=True)
class RunReport:
    """What answering a bank did. `answers` counts all that the run holds now, `failures` name the others."""

    run: str
    answers: int = 0
    failures: list[tuple[int, str]] = field(default_factory=list)
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the report as the command line prints it."""
        return {
            "run": self.run,
            "answers": self.answers,
            "failed": len(self.failures),
            "failures": [{"number": number, "error": error} for number, error in self.failures],
            "seconds": round(self.seconds, 2),
        }


def read_bank(path: Path) -> list[BankQuestion]:
    """Read a question bank: CSV with the columns number, text, tags, or JSONL with the same keys.

    Tags are separated by `;` in CSV and are a list in JSONL. `reference_answer` may be there.

    Raises:
        RecordError: It is neither, or a line has no number or text; the line is named.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(
            N_("The question bank {path} cannot be read: {reason}. Give a CSV or JSONL file in UTF-8."),
            path=path,
            reason=getattr(error, "strerror", None) or error,
        ) from error
    is_json = path.suffix.lower() in {".jsonl", ".ndjson"}
    rows = _json_rows(path, content) if is_json else _csv_rows(path, content)
    questions = [_question(path, line, row) for line, row in rows]
    if not questions:
        raise RecordError(
            N_("The question bank {path} has no question. It needs the columns number, text, tags."),
            path=path,
        )
    return questions


def run_bank(
    project: Project,
    path: Path,
    k: int = asking.DEFAULT_K,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> RunReport:
    """Answer every question of a bank that its run has not answered yet.

    The same bank under the same settings is the same run, so that a stopped run continues. A question that
    fails is reported and the others go on.

    Raises:
        RecordError: The bank cannot be read.
        SearchError: The corpus is empty.
        Misconfigured: The model server refuses the key or knows no such model; the answers so far are stored.
    """
    started = time.monotonic()
    questions = read_bank(path)
    # What would stop every question stops the run before anything of it is stored.
    asking.search(project, questions[0].text, k)
    answerer = project.answerer
    content = key_of([[one.number, one.text] for one in questions])[:12]
    config = asking.run_config(project, answerer, k, bank=f"{path.name}#{content}")
    with project.store.write() as session:
        run_id = runs.put_run(session, config, path.stem)
        ids = [
            runs.put_question(session, one.text, one.number, one.tags, one.reference_answer)
            for one in questions
        ]
        done = runs.answered_questions(session, run_id)
    report = RunReport(run=path.stem, answers=len(done & set(ids)))
    for place, (question, question_id) in enumerate(zip(questions, ids, strict=True)):
        progress(place, len(questions))
        if question_id in done:
            continue
        try:
            result = asking.search(project, question.text, k)
            answer = answerer.stream(question.text, result.hits).answer
            check_entered(answer, "answer")
        except Misconfigured:
            raise
        except (ModelError, EncoderError, RecordError) as error:
            report.failures.append((question.number, str(error)))
            continue
        with project.store.write() as session:
            answers.put_answer(
                session,
                key=text_hash(f"{runs.run_key(config)}:{question.number}:{question.text}"),
                question_id=question_id,
                run_id=run_id,
                answer=answer,
                hits=result.hits,
                queued=True,
            )
        done.add(question_id)
        report.answers += 1
    progress(len(questions), len(questions))
    report.seconds = time.monotonic() - started
    return report


def _csv_rows(path: Path, content: str) -> Iterator[tuple[int, dict[str, Any]]]:
    header = content.lstrip().partition("\n")[0]
    # Spreadsheets in Portuguese part the columns by semicolons.
    reader = csv.DictReader(io.StringIO(content, newline=""), delimiter=max(",;\t", key=header.count))
    try:
        missing = [name for name in NEEDED if name not in (reader.fieldnames or NEEDED)]
        if missing:
            raise RecordError(
                N_("{file} lacks the columns {missing}: found {columns}. Add them to its first line."),
                file=path,
                missing=", ".join(missing),
                columns=one_line(", ".join(reader.fieldnames or ()))[:200],
            )
        for row in reader:
            tags = [tag.strip() for tag in (row.get("tags") or "").split(";")]
            yield reader.line_num, {**row, "tags": [tag for tag in tags if tag]}
    except csv.Error as error:
        raise RecordError(
            N_("{path}, line {line}: not CSV ({reason}). Save it again as CSV in UTF-8."),
            path=path,
            line=reader.reader.line_num,
            reason=error,
        ) from error


def _json_rows(path: Path, content: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, text in enumerate(content.split("\n"), start=1):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise RecordError(
                N_("{path}, line {line}: not JSON ({reason}). Each line holds one question as an object."),
                path=path,
                line=line,
                reason=error,
            ) from error
        yield line, row if isinstance(row, dict) else {}


def _question(path: Path, line: int, row: dict[str, Any]) -> BankQuestion:
    number, text, tags = row.get("number"), row.get("text"), row.get("tags") or []
    if number is None:
        raise RecordError(
            N_("{path}, line {line}: there is no number. Give each question a whole number as `number`."),
            path=path,
            line=line,
        )
    try:
        number = int(str(number))
    except ValueError:
        raise RecordError(
            N_("{path}, line {line}: the number is {found!r}. Give each question a whole number."),
            path=path,
            line=line,
            found=number,
        ) from None
    if not isinstance(text, str) or not text.strip():
        raise RecordError(
            N_("{path}, line {line}: there is no question text. Fill in the column `text`."),
            path=path,
            line=line,
        )
    if not isinstance(tags, list):
        raise RecordError(
            N_("{path}, line {line}: the tags are {found!r}. Give a list of texts."),
            path=path,
            line=line,
            found=tags,
        )
    reference = row.get("reference_answer") or ""
    question = BankQuestion(number, text.strip(), tuple(str(tag) for tag in tags), str(reference))
    check_entered(question, f"{path}:{line}: ")
    return question
