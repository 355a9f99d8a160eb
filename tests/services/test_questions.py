"""The question bank: found, changed, taken in from files, compared by meaning, linked to lectures."""

import pytest

from dashboard.errors import RecordError
from dashboard.question_bank import BankQuestion, Link
from dashboard.services import known_items, questions
from dashboard.services.project import Project
from dashboard.services.question_pairs import count_unembedded, embed_questions, similar_questions
from dashboard.store.questions import ANSWERED, UNANSWERED, QuestionFilter, questions_with_lecture
from tests.support import project as made

YOUTUBE = "https://www.youtube.com/watch?v=abcdefghijk"


def numbers(project: Project, **chosen: str) -> list[int]:
    return [one.number for one in questions.find(project, QuestionFilter(**chosen), 1, 20)]


def test_questions_are_found_by_text_number_tag_and_whether_they_are_answered(answered: Project) -> None:
    questions.save(answered, BankQuestion(40, "O que é ÁLGEBRA?", ("par",), "Letras por números."))

    assert numbers(answered) == [1, 2, 40]
    assert numbers(answered, text="álgebra") == numbers(answered, text="por números") == [40]
    assert numbers(answered, text="2") == [2]
    assert numbers(answered, tag="par") == [2, 40]
    assert (numbers(answered, answered=ANSWERED), numbers(answered, answered=UNANSWERED)) == ([1, 2], [40])
    assert [one.number for one in questions.find(answered, QuestionFilter(), 2, 2)] == [40]


def test_the_wording_changes_only_while_nothing_was_said_of_a_question(answered: Project) -> None:
    new, is_new = questions.save(answered, BankQuestion(3, "Nova?"))
    assert is_new
    assert questions.save(answered, BankQuestion(5, "Outra?", ("t",), "r"), new) == (new, False)
    changed = questions.question_of(answered, new)
    assert (changed.number, changed.text, changed.tags, changed.reference_answer) == (
        5,
        "Outra?",
        ("t",),
        "r",
    )

    (used, *_) = questions.ids_of(answered, QuestionFilter(answered=ANSWERED))
    before = questions.question_of(answered, used)
    other, is_new = questions.save(answered, BankQuestion(before.number, "Com outras palavras?"), used)
    assert is_new and other != used
    assert questions.question_of(answered, used) == before
    assert questions.question_of(answered, other).number == 6
    assert questions.save(answered, BankQuestion(9, before.text, ("novo",)), used) == (used, False)
    assert questions.question_of(answered, used).tags == ("novo",)


def test_a_taken_number_is_shown_and_not_refused_but_a_twin_is(answered: Project) -> None:
    assert questions.next_number(answered) == 3
    twin = questions.question_of(answered, questions.ids_of(answered, QuestionFilter())[0])
    same, _ = questions.save(answered, BankQuestion(twin.number, "Mesmo número?"))
    assert questions.others_with_number(answered, twin.number, same) == [twin]
    with pytest.raises(RecordError, match="is there already"):
        questions.save(answered, BankQuestion(twin.number, twin.text))
    with pytest.raises(RecordError, match="has no text"):
        questions.save(answered, BankQuestion(9, "  "))


def test_only_questions_of_which_nothing_was_said_are_deleted(answered: Project) -> None:
    made_here, _ = questions.save(
        answered, BankQuestion(9, "Nova?", ("t",), "", (Link(url="https://a.org"),))
    )
    graded, _ = questions.save(answered, BankQuestion(10, "Com nota?"))
    segment = made.add_video(answered.store, "outra")[0].segment_id
    made.grade(answered.store, graded, segment, 2)

    assert [questions.delete(answered, made_here), questions.delete(answered, made_here)] == [True, False]
    for kept in (graded, questions.ids_of(answered, QuestionFilter(answered=ANSWERED))[0]):
        with pytest.raises(RecordError, match="stays"):
            questions.delete(answered, kept)


@pytest.mark.parametrize(
    ("url", "start_s"),
    [
        (YOUTUBE, None),
        (f"{YOUTUBE}&t=90", 90.0),
        ("https://youtu.be/abcdefghijk?t=1m30s", 90.0),
        ("https://m.youtube.com/embed/abcdefghijk?start=5", 5.0),
    ],
)
def test_an_address_of_a_lecture_leads_to_that_lecture(
    empty: Project, url: str, start_s: float | None
) -> None:
    made.add_video(empty.store, "aula-01", title="Memória", url=YOUTUBE)
    made.add_video(empty.store, "aula-02", url="https://example.org/aula-02/")
    links = (Link(url=url), Link(url="https://example.org/aula-02#t=7"), Link(url="https://fora.org/x?t=3"))

    question_id, _ = questions.save(empty, BankQuestion(1, "Onde?", links=links))

    assert questions.question_of(empty, question_id).links == (
        Link("Memória", url, "aula-01", start_s),
        Link("Aula aula-02", "https://example.org/aula-02#t=7", "aula-02", 7.0),
        Link("", "https://fora.org/x?t=3", "", None),
    )
    with empty.store.read() as session:
        assert questions_with_lecture(session) == {question_id: {"aula-01", "aula-02"}}
    assert known_items.questions_with_lecture(empty).lectures == {question_id: ("aula-01", "aula-02")}
    with pytest.raises(RecordError, match="There is no lecture 'nenhuma'"):
        questions.save(empty, BankQuestion(2, "E?", links=(Link(video_id="nenhuma"),)))


def test_a_file_says_what_it_would_change_before_it_does_and_twice_changes_nothing(answered: Project) -> None:
    first, second = (
        questions.question_of(answered, one) for one in questions.ids_of(answered, QuestionFilter())
    )
    bank = [
        BankQuestion(first.number, first.text, ("novo",), "Assim."),
        BankQuestion(second.number, second.text),
        BankQuestion(70, second.text),
        BankQuestion(second.number, "Outra com o mesmo número?"),
        BankQuestion(71, "Nova?"),
        BankQuestion(71, "Nova?"),
        BankQuestion(72, "Ruim?", links=(Link(video_id="nenhuma"),)),
    ]

    seen = questions.preview(answered, bank)

    assert questions.count(answered, QuestionFilter()) == 2
    assert [one.number for one in seen.new] == [70, second.number, 71]
    assert [(one.tags, one.is_reference_new) for one in seen.changed] == [(("novo",), True)]
    assert (seen.unchanged, [one.number for one in seen.twice]) == (1, [71])
    assert [(one.number, found) for one, found in seen.elsewhere] == [(70, (second.number,))]
    assert [(one.number, texts) for one, texts in seen.taken] == [(second.number, (second.text,))]
    assert [one.number for one, _ in seen.problems] == [72]

    done = questions.take_in(answered, bank)
    assert (done.new, done.changed) == (seen.new, seen.changed)
    assert questions.question_of(answered, first.question_id).tags == (*first.tags, "novo")
    assert questions.question_of(answered, first.question_id).reference_answer == "Assim."
    again = questions.take_in(answered, bank)
    assert (again.new, again.changed, again.unchanged) == ([], [], 5)


def test_questions_that_mean_the_same_are_found_by_the_cosine_of_their_vectors(empty: Project) -> None:
    texts = ("O que é memória cache?", "O que é a memória cache?", "Quando foi a Revolução Francesa?")
    for number, text in enumerate(texts, start=1):
        questions.save(empty, BankQuestion(number, text))
    assert (count_unembedded(empty), similar_questions(empty, 0.5, 9).total) == (3, 0)
    steps: list[tuple[int, int]] = []
    assert embed_questions(empty, lambda done, total: steps.append((done, total))) == 3
    assert (steps[0], steps[-1], count_unembedded(empty)) == ((0, 3), (3, 3), 0)

    found = similar_questions(empty, 0.95, 9)

    vectors = empty.encoder.encode_queries(texts)
    assert [(one.first.number, one.second.number) for one in found.pairs] == [(1, 2)]
    assert found.pairs[0].similarity == pytest.approx(float(vectors[0] @ vectors[1]), abs=1e-5)
    few = similar_questions(empty, 0.0, 1)
    assert (few.total, len(few.pairs), few.pairs[0]) == (3, 1, found.pairs[0])
