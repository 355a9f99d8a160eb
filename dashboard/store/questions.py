"""The question bank: finding questions a page at a time, changing them, and where answers are known."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from dashboard.errors import N_, NotFound
from dashboard.question_bank import Link
from dashboard.store.bank_schema import QuestionLinkRow, RunQuestionRow
from dashboard.store.full_text import matches
from dashboard.store.hashing import text_hash
from dashboard.store.schema import AnswerRow, QuestionRow, QuestionTagRow, RelevanceRow, VideoRow

_Item = TypeVar("_Item")

BATCH = 500
"""Ids in one query: below every database's limit of bound variables."""

ANSWERED, UNANSWERED = "yes", "no"
"""Stand for "some run has answered it" and "none has" among the filters."""


@dataclass(frozen=True, slots=True)
class QuestionFilter:
    """What the questions of a list have in common; an empty field asks for nothing.

    Attributes:
        text: Its words must occur in the question or in the reference answer, or it is the number.
        tag: A tag.
        answered: `ANSWERED` or `UNANSWERED`.
    """

    text: str = ""
    tag: str = ""
    answered: str = ""


@dataclass(frozen=True, slots=True)
class StoredQuestion:
    """A question of the bank.

    Attributes:
        answers: How many answers there are to it.
        is_graded: Whether somebody graded the relevance of a segment for it.
    """

    question_id: int
    number: int
    text: str
    tags: tuple[str, ...]
    reference_answer: str
    links: tuple[Link, ...]
    answers: int
    is_graded: bool

    @property
    def is_used(self) -> bool:
        """Whether something was said about the question, which holds for its wording only."""
        return bool(self.answers) or self.is_graded


def questions_with_lecture(session: Session) -> dict[int, set[str]]:
    """Return, for each question whose lecture is known, the ids of the lectures that answer it."""
    query = select(QuestionLinkRow.question_id, QuestionLinkRow.video_id)
    found: dict[int, set[str]] = {}
    for question_id, video_id in session.execute(query.where(QuestionLinkRow.video_id.is_not(None))):
        found.setdefault(question_id, set()).add(str(video_id))
    return found


def links_of(session: Session, question_ids: Sequence[int]) -> dict[int, tuple[Link, ...]]:
    """Return the links of certain questions; title and address are the lecture's where a link has none."""
    found: dict[int, list[Link]] = {}
    for batch in _batches(question_ids):
        query = (
            select(QuestionLinkRow, VideoRow.title, VideoRow.url)
            .outerjoin(VideoRow, VideoRow.video_id == QuestionLinkRow.video_id)
            .where(QuestionLinkRow.question_id.in_(batch))
            .order_by(QuestionLinkRow.question_id, QuestionLinkRow.position)
        )
        for row, title, url in session.execute(query):
            link = Link(row.title or title or "", row.url or url or "", row.video_id or "", row.start_s)
            found.setdefault(row.question_id, []).append(link)
    return {question_id: tuple(links) for question_id, links in found.items()}


def put_links(session: Session, question_id: int, links: Iterable[Link]) -> None:
    """Make these the links of a question."""
    session.execute(delete(QuestionLinkRow).where(QuestionLinkRow.question_id == question_id))
    session.add_all(
        QuestionLinkRow(
            question_id=question_id,
            position=position,
            title=link.title,
            url=link.url,
            video_id=link.video_id or None,
            start_s=link.start_s,
        )
        for position, link in enumerate(links)
    )
    session.flush()


def count_matching(session: Session, chosen: QuestionFilter) -> int:
    """Return how many questions pass the filter."""
    return session.scalar(_narrowed(select(func.count(QuestionRow.id)), chosen)) or 0


def find_questions(
    session: Session, chosen: QuestionFilter, offset: int = 0, limit: int = 25
) -> list[StoredQuestion]:
    """Return a page of the questions that pass the filter, by number."""
    return get_questions(session, _ids(session, chosen, offset, limit))


def question_ids(session: Session, chosen: QuestionFilter) -> list[int]:
    """Return every question that passes the filter, by number."""
    return _ids(session, chosen, 0, None)


def get_questions(session: Session, ids: Sequence[int]) -> list[StoredQuestion]:
    """Return certain questions in the order of their ids' list; unknown ids are left out."""
    links = links_of(session, ids)
    found: dict[int, StoredQuestion] = {}
    for batch in _batches(ids):
        tags: dict[int, list[str]] = {}
        tagged = select(QuestionTagRow.question_id, QuestionTagRow.tag).order_by(QuestionTagRow.position)
        for question_id, tag in session.execute(tagged.where(QuestionTagRow.question_id.in_(batch))):
            tags.setdefault(question_id, []).append(tag)
        answers = select(func.count()).where(AnswerRow.question_id == QuestionRow.id).scalar_subquery()
        graded = exists().where(RelevanceRow.question_id == QuestionRow.id)
        query = select(QuestionRow, answers, graded).where(QuestionRow.id.in_(batch))
        for row, count, is_graded in session.execute(query.execution_options(populate_existing=True)):
            found[row.id] = StoredQuestion(
                row.id,
                row.number,
                row.text,
                tuple(tags.get(row.id, ())),
                row.reference_answer,
                links.get(row.id, ()),
                count,
                is_graded,
            )
    return [found[question_id] for question_id in ids if question_id in found]


def get_question(session: Session, question_id: int) -> StoredQuestion:
    """Return a question.

    Raises:
        NotFound: There is no such question.
    """
    found = get_questions(session, [question_id])
    if not found:
        raise NotFound(
            N_("There is no question {question_id}. Choose one from the list."), question_id=question_id
        )
    return found[0]


def find_same_text(session: Session, texts: Iterable[str]) -> dict[str, list[tuple[int, int]]]:
    """Return, for each of these texts that the bank has, the ids and numbers of its questions."""
    hashes = {text_hash(text): text for text in texts}
    found: dict[str, list[tuple[int, int]]] = {}
    for batch in _batches(list(hashes)):
        query = select(QuestionRow.id, QuestionRow.number, QuestionRow.text).order_by(QuestionRow.id)
        for question_id, number, text in session.execute(query.where(QuestionRow.text_hash.in_(batch))):
            found.setdefault(text, []).append((question_id, number))
    return found


def taken_numbers(session: Session, numbers: Iterable[int]) -> dict[int, set[str]]:
    """Return those of these numbers that questions have, with the texts of the questions."""
    found: dict[int, set[str]] = {}
    for batch in _batches(list(dict.fromkeys(numbers))):
        query = select(QuestionRow.number, QuestionRow.text).where(QuestionRow.number.in_(batch))
        for number, text in session.execute(query):
            found.setdefault(number, set()).add(text)
    return found


def ids_with_number(session: Session, number: int) -> list[int]:
    """Return the questions that have a number, oldest first."""
    query = select(QuestionRow.id).where(QuestionRow.number == number).order_by(QuestionRow.id)
    return list(session.scalars(query))


def next_number(session: Session) -> int:
    """Return the first number above all that are taken."""
    return (session.scalar(select(func.max(QuestionRow.number))) or 0) + 1


def all_texts(session: Session) -> list[tuple[int, str]]:
    """Return the id and the text of every question, by number."""
    query = select(QuestionRow.id, QuestionRow.text).order_by(QuestionRow.number, QuestionRow.id)
    return [(question_id, text) for question_id, text in session.execute(query)]


def add_question(session: Session, number: int, text: str) -> int:
    """Store a question, whatever others there are, and return its id."""
    row = QuestionRow(number=number, text=text, text_hash=text_hash(text), reference_answer="")
    session.add(row)
    session.flush()
    return row.id


def change_question(
    session: Session, question_id: int, number: int, text: str, tags: Sequence[str], reference_answer: str
) -> None:
    """Give a question another number, text, tags and reference answer."""
    row = session.get_one(QuestionRow, question_id)
    row.number, row.text, row.text_hash = number, text, text_hash(text)
    row.reference_answer = reference_answer
    session.execute(delete(QuestionTagRow).where(QuestionTagRow.question_id == question_id))
    session.add_all(
        QuestionTagRow(question_id=question_id, tag=tag, position=position)
        for position, tag in enumerate(dict.fromkeys(tags))
    )
    session.flush()
    session.expire(row)


def delete_question(session: Session, question_id: int) -> None:
    """Delete a question of which nothing was said; runs that were to answer it no longer are."""
    for table in (QuestionTagRow, QuestionLinkRow, RunQuestionRow):
        session.execute(delete(table).where(table.question_id == question_id))
    session.execute(delete(QuestionRow).where(QuestionRow.id == question_id))


def _ids(session: Session, chosen: QuestionFilter, offset: int, limit: int | None) -> list[int]:
    query = _narrowed(select(QuestionRow.id), chosen).order_by(QuestionRow.number, QuestionRow.id)
    return list(session.scalars(query.offset(offset).limit(limit)))


def _narrowed(query: Select[int], chosen: QuestionFilter) -> Select[int]:
    return query.where(*_conditions(chosen))


def _conditions(chosen: QuestionFilter) -> Iterator[ColumnElement[bool]]:
    if chosen.text:
        found = [
            matches(QuestionRow.text, chosen.text),
            matches(QuestionRow.reference_answer, chosen.text),
        ]
        if chosen.text.isascii() and chosen.text.isdigit() and len(chosen.text) < 16:
            found.append(QuestionRow.number == int(chosen.text))
        yield or_(*found)
    if chosen.tag:
        yield exists().where(QuestionTagRow.question_id == QuestionRow.id, QuestionTagRow.tag == chosen.tag)
    if chosen.answered:
        answered = exists().where(AnswerRow.question_id == QuestionRow.id)
        yield answered if chosen.answered == ANSWERED else ~answered


def _batches(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    for first in range(0, len(items), BATCH):
        yield items[first : first + BATCH]
