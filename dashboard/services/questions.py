"""The question bank: looking through it, changing a question, and taking in a file of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from dashboard.errors import N_, RecordError
from dashboard.question_bank import BankQuestion, Link
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.entered import check_entered
from dashboard.services.lecture_links import Lectures, place_of
from dashboard.services.project import Project
from dashboard.store import questions, runs
from dashboard.store.audit import add_event
from dashboard.store.questions import QuestionFilter, StoredQuestion


@needs(Role.RESEARCHER)
def count(project: Project, chosen: QuestionFilter) -> int:
    """Return how many questions pass the filter."""
    with project.store.read() as session:
        return questions.count_matching(session, chosen)


@needs(Role.RESEARCHER)
def find(project: Project, chosen: QuestionFilter, page: int, size: int) -> list[StoredQuestion]:
    """Return a page, counted from 1, of the questions that pass the filter, by number."""
    with project.store.read() as session:
        return questions.find_questions(session, chosen, (page - 1) * size, size)


@needs(Role.RESEARCHER)
def ids_of(project: Project, chosen: QuestionFilter) -> list[int]:
    """Return every question that passes the filter, by number."""
    with project.store.read() as session:
        return questions.question_ids(session, chosen)


@needs(Role.RESEARCHER)
def question_of(project: Project, question_id: int) -> StoredQuestion:
    """Return a question.

    Raises:
        NotFound: There is no such question.
    """
    with project.store.read() as session:
        return questions.get_question(session, question_id)


@needs(Role.RESEARCHER)
def tags_in_use(project: Project) -> list[str]:
    """Return every tag, in alphabetical order."""
    with project.store.read() as session:
        return runs.list_tags(session)


@needs(Role.RESEARCHER)
def next_number(project: Project) -> int:
    """Return the first number above all that are taken."""
    with project.store.read() as session:
        return questions.next_number(session)


@needs(Role.RESEARCHER)
def others_with_number(project: Project, number: int, but: int | None = None) -> list[StoredQuestion]:
    """Return the questions that have a number, but for one of them. Imports may bring such."""
    with project.store.read() as session:
        ids = questions.ids_with_number(session, number)
        return questions.get_questions(session, [one for one in ids if one != but])


@needs(Role.RESEARCHER)
def save(project: Project, entered: BankQuestion, question_id: int | None = None) -> tuple[int, bool]:
    """Store a question as it was entered.

    The wording of a question of which something was said stays: another wording makes another question.

    Args:
        project: Where it is stored.
        entered: What it is to be.
        question_id: Which one is changed; None adds one.

    Returns:
        Its id, and whether it is another question than before.

    Raises:
        RecordError: It has no text, it is there already, or a link leads nowhere.
        NotFound: There is no such question.
    """
    entered = replace(entered, text=entered.text.strip(), reference_answer=entered.reference_answer.strip())
    if not entered.text:
        raise RecordError(N_("The question has no text. Type it."))
    check_entered(entered)
    with project.store.write() as session:
        links = Lectures(session).find_all(entered.links)
        before = questions.get_question(session, question_id) if question_id is not None else None
        same = questions.find_same_text(session, [entered.text]).get(entered.text, [])
        twins = [one for one, number in same if one != question_id and number == entered.number]
        if twins:
            raise RecordError(
                N_("Question {number} with this text is there already. Change the text or the number."),
                number=entered.number,
            )
        is_new = before is None or (before.is_used and before.text != entered.text)
        if is_new and before is not None and before.number == entered.number:
            entered = replace(entered, number=questions.next_number(session))
        if is_new or before is None:
            question_id = questions.add_question(session, entered.number, entered.text)
        else:
            question_id = before.question_id
        questions.change_question(
            session, question_id, entered.number, entered.text, entered.tags, entered.reference_answer
        )
        questions.put_links(session, question_id, links)
        add_event(session, project.actor, "question.save", "question", question_id)
    return question_id, is_new


@needs(Role.RESEARCHER)
def delete(project: Project, question_id: int) -> bool:
    """Delete a question of which nothing was said, and return whether it was there still.

    Raises:
        RecordError: It has answers or relevance grades.
    """
    with project.store.write() as session:
        found = questions.get_questions(session, [question_id])
        if not found:
            return False
        if found[0].is_used:
            raise RecordError(
                N_("Question {number} has answers or relevance grades and stays. Give it a tag instead."),
                number=found[0].number,
            )
        questions.delete_question(session, question_id)
        add_event(session, project.actor, "question.delete", "question", question_id)
        return True


@dataclass(frozen=True, slots=True)
class Change:
    """A question of a file that the bank has already, and what the file would add to it or change."""

    question: BankQuestion
    tags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    is_reference_new: bool = False


@dataclass(slots=True)
class Preview:
    """What storing a file would do.

    Attributes:
        new: Questions that the bank does not have.
        changed: Those that it has and that would change.
        unchanged: How many it has just so.
        twice: Questions that stand in the file more than once.
        elsewhere: New questions whose text the bank has under other numbers, with these.
        taken: New questions whose number another question has, here or in the file, with the texts of those.
        problems: Links that lead nowhere; their questions are left out.
    """

    new: list[BankQuestion] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: int = 0
    twice: list[BankQuestion] = field(default_factory=list)
    elsewhere: list[tuple[BankQuestion, tuple[int, ...]]] = field(default_factory=list)
    taken: list[tuple[BankQuestion, tuple[str, ...]]] = field(default_factory=list)
    problems: list[tuple[BankQuestion, RecordError]] = field(default_factory=list)


@needs(Role.RESEARCHER)
def preview(project: Project, found: Sequence[BankQuestion]) -> Preview:
    """Return what storing these questions would do; nothing is stored."""
    with project.store.read() as session:
        return _compare(session, found)


@needs(Role.RESEARCHER)
def take_in(project: Project, found: Sequence[BankQuestion]) -> Preview:
    """Store questions, and return what that did. Taking in the same again changes nothing.

    Tags and links are added to those that are there; a reference answer takes the place of another.
    """
    with project.store.write() as session:
        done = _compare(session, found)
        for one in done.new:
            question_id = questions.add_question(session, one.number, one.text)
            _store(session, question_id, one, ())
        ids = _known(session, [change.question for change in done.changed])
        stored = {one.question_id: one for one in questions.get_questions(session, list(ids.values()))}
        for change in done.changed:
            asked = change.question
            before = stored[ids[asked.number, asked.text]]
            reference = asked.reference_answer or before.reference_answer
            merged = replace(asked, reference_answer=reference)
            _store(session, before.question_id, merged, before.tags)
        counts = {"new": len(done.new), "changed": len(done.changed)}
        add_event(session, project.actor, "questions.import", details=counts)
    return done


def bring_links(session: Session, question_id: int, links: Sequence[Link], lectures: Lectures) -> None:
    """Add to a question the links that it lacks; of a lecture that is not there only the address."""
    found = []
    for link in links:
        is_here = not link.video_id or lectures.has(link.video_id)
        known = link if is_here else replace(link, video_id="")
        if known.video_id or known.url:
            found.append(lectures.find(known))
    _add_links(session, question_id, found)


def _compare(session: Session, found: Sequence[BankQuestion]) -> Preview:
    result = Preview()
    lectures = Lectures(session)
    good: dict[tuple[int, str], BankQuestion] = {}
    for one in found:
        try:
            one = replace(one, links=lectures.find_all(one.links))
        except RecordError as error:
            result.problems.append((one, error))
            continue
        key = (one.number, one.text)
        if key in good:
            result.twice.append(one)
        else:
            good[key] = one
    same = questions.find_same_text(session, [one.text for one in good.values()])
    taken = questions.taken_numbers(session, [one.number for one in good.values()])
    for number, text in good:
        taken.setdefault(number, set()).add(text)
    ids = _known(session, list(good.values()), same)
    stored = {one.question_id: one for one in questions.get_questions(session, list(ids.values()))}
    for key, one in good.items():
        if key in ids:
            change = _change(stored[ids[key]], one)
            if change is None:
                result.unchanged += 1
            else:
                result.changed.append(change)
            continue
        result.new.append(one)
        if one.text in same:
            result.elsewhere.append((one, tuple(number for _, number in same[one.text])))
        if others := taken.get(one.number, set()) - {one.text}:
            result.taken.append((one, tuple(sorted(others))))
    return result


def _known(
    session: Session,
    asked: Sequence[BankQuestion],
    same: dict[str, list[tuple[int, int]]] | None = None,
) -> dict[tuple[int, str], int]:
    """Return the ids of those questions that the bank has, by number and text."""
    if same is None:
        same = questions.find_same_text(session, [one.text for one in asked])
    found = {}
    for one in asked:
        for question_id, number in reversed(same.get(one.text, [])):
            if number == one.number:
                found[one.number, one.text] = question_id
    return found


def _change(before: StoredQuestion, asked: BankQuestion) -> Change | None:
    tags = tuple(tag for tag in asked.tags if tag not in before.tags)
    places = {place_of(link) for link in before.links}
    links = tuple(link for link in asked.links if place_of(link) not in places)
    is_reference_new = bool(asked.reference_answer) and asked.reference_answer != before.reference_answer
    return Change(asked, tags, links, is_reference_new) if tags or links or is_reference_new else None


def _store(session: Session, question_id: int, asked: BankQuestion, tags: Sequence[str]) -> None:
    questions.change_question(
        session, question_id, asked.number, asked.text, [*tags, *asked.tags], asked.reference_answer
    )
    _add_links(session, question_id, asked.links)


def _add_links(session: Session, question_id: int, links: Sequence[Link]) -> None:
    if not links:
        return
    there = questions.links_of(session, [question_id]).get(question_id, ())
    found = {place_of(link): link for link in there}
    for link in links:
        found.setdefault(place_of(link), link)
    if len(found) > len(there):
        questions.put_links(session, question_id, found.values())
