"""Questions and the runs that answer them."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.models import Run, RunConfig
from dashboard.store.hashing import key_of, text_hash
from dashboard.store.schema import AnswerRow, QuestionRow, QuestionTagRow, RunRow


def to_run(row: RunRow) -> Run:
    """Return a stored run as a plain value."""
    config = RunConfig(
        row.retriever, row.encoder, row.k, row.answerer, row.prompt_version, row.bank, row.details
    )
    return Run(row.id, row.name, config, row.created_at)


def put_question(
    session: Session,
    text: str,
    number: int | None = None,
    tags: Sequence[str] = (),
    reference_answer: str = "",
) -> int:
    """Return the id of a question, which is added when new; tags and reference answer are only ever added.

    Args:
        session: A write.
        text: The question; with the same text (and number, when given) it is the same question.
        number: Its number; None gives a new question the next free one.
        tags: Tags to add.
        reference_answer: Kept when the question has none yet.
    """
    row = _find_question(session, text, number)
    if row is None:
        if number is None:
            number = (session.scalar(select(func.max(QuestionRow.number))) or 0) + 1
        row = QuestionRow(number=number, text=text, text_hash=text_hash(text), reference_answer="")
        session.add(row)
        session.flush()
    known = {tag.tag for tag in row.tags}
    for tag in dict.fromkeys(tags):
        if tag not in known:
            row.tags.append(QuestionTagRow(question_id=row.id, tag=tag, position=len(row.tags)))
    if reference_answer and not row.reference_answer:
        row.reference_answer = reference_answer
    session.flush()
    return row.id


def is_known(session: Session, text: str, number: int | None = None) -> bool:
    """Return whether there is a question with this text, and with this number when one is given."""
    return _find_question(session, text, number) is not None


def _find_question(session: Session, text: str, number: int | None) -> QuestionRow | None:
    query = select(QuestionRow).where(QuestionRow.text_hash == text_hash(text), QuestionRow.text == text)
    if number is not None:
        query = query.where(QuestionRow.number == number)
    return session.scalars(query.order_by(QuestionRow.id)).first()


def count_questions(session: Session) -> int:
    """Return how many questions there are."""
    return session.scalar(select(func.count()).select_from(QuestionRow)) or 0


def run_key(config: RunConfig) -> str:
    """Return the identity of a run: the hash of its whole configuration."""
    return key_of(asdict(config))


def put_run(session: Session, config: RunConfig, name: str) -> int:
    """Return the id of the run with this configuration, which is added under `name` when new.

    The run of live questions has no name: its configuration says all.
    """
    key = run_key(config)
    found = session.scalar(select(RunRow.id).where(RunRow.key == key))
    if found is not None:
        return found
    row = RunRow(key=key, name=name, **asdict(config))
    session.add(row)
    session.flush()
    return row.id


def list_runs(session: Session) -> list[tuple[Run, int]]:
    """Return every run with its number of answers, oldest first."""
    answers = select(func.count()).where(AnswerRow.run_id == RunRow.id).scalar_subquery()
    query = select(RunRow, answers).order_by(RunRow.id)
    return [(to_run(row), count) for row, count in session.execute(query)]


def answered_questions(session: Session, run_id: int) -> set[int]:
    """Return the ids of the questions that a run has answered."""
    return set(session.scalars(select(AnswerRow.question_id).where(AnswerRow.run_id == run_id)))


def list_tags(session: Session) -> list[str]:
    """Return every tag in use, in alphabetical order."""
    return list(session.scalars(select(QuestionTagRow.tag).distinct().order_by(QuestionTagRow.tag)))
