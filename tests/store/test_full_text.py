import pytest
from sqlalchemy import column, table

from dashboard.store import corpus, migrate, questions
from dashboard.store.browse import AnswerFilter, find_answers
from dashboard.store.questions import QuestionFilter
from dashboard.store.store import Store, open_store
from tests.support import project

TEXTS = [
    "O que é a memória cache?",
    "Qual a diferença entre entrada/saída e memória principal?",
    "Como funcionam as regressões lineares em C++ com 100% de acerto?",
    "O índice invertido “encontra” documentos por palavra, p. ex. guarda-chuva.",
    "ПРИВЕТ, 😀 cafe\u0301 e ½",
]

FINDS = {
    "memória": [0, 1],
    "MEMORIA": [0, 1],
    "memo": [0, 1],
    "memo ": [],
    "cache memória": [0],
    "memoria cache?": [0],
    "emória": [],
    "a memória inexistente": [],
    "saida": [1],
    "entrada/saída": [1],
    "saída, entrada": [1],
    "C++": [2],
    "C#": [],
    "100%": [2],
    "100": [2],
    "o que": [0],
    "para": [],
    "palavra p ex": [3],
    "guarda-chuva": [3],
    "guardachuva": [],
    "encontra": [3],
    "“encontra”": [3],
    "привет": [4],
    "café": [4],
    "CAFE": [4],
    "😀": [4],
    "😀 cafe": [4],
    "": [0, 1, 2, 3, 4],
    "   ": [0, 1, 2, 3, 4],
}


def found(store: Store, typed: str) -> list[str]:
    with store.read() as session:
        return [line.question for line in find_answers(session, AnswerFilter(text=typed))]


@pytest.fixture
def asked(store: Store) -> Store:
    for one in TEXTS:
        project.add_answer(store, one, text="sem resposta")
    return store


def test_the_words_typed_find_the_same_texts_on_both_databases(asked: Store) -> None:
    expected = {typed: [TEXTS[place] for place in places] for typed, places in FINDS.items()}
    assert {typed: found(asked, typed) for typed in FINDS} == expected


@pytest.mark.postgres
def test_other_inflections_are_found_on_postgresql(postgres_url: str, request: pytest.FixtureRequest) -> None:
    store = open_store(postgres_url)
    request.addfinalizer(store.close)
    project.add_answer(store, "As memórias funcionam.")
    assert [found(store, typed) for typed in ("memória ", "funcionar ", "funções ")] == [
        ["As memórias funcionam."],
        ["As memórias funcionam."],
        [],
    ]


HOSTILE = [
    "\0",
    "me\0mória",
    "\ud800",
    '"',
    '""',
    "'",
    "' OR 1=1 --",
    "\\",
    "\\'",
    "*",
    "^memória",
    "memória*",
    "memória AND",
    "NOT memória",
    "OR",
    "NEAR(memória cache, 2)",
    "text: memória",
    "-memória",
    "{text} : memória",
    "memória & | ! <-> :*",
    "(((",
    "memória)",
    ":*",
    "%",
    "$1 :typed %(typed)s",
    "a" * 10_000,
    "palavra " * 1_250,
    "é\u0301" * 5_000,
    "?" * 10_000,
    "%" * 10_000,
    " ".join(f"w{number}" for number in range(2_000)),
    "\u202e\u200b",
    "½ ² ⅷ",
]


def test_whatever_is_typed_finds_or_does_not_and_never_fails(asked: Store) -> None:
    for typed in HOSTILE:
        assert set(found(asked, typed)) <= set(TEXTS)
        with asked.read() as session:
            questions.find_questions(session, QuestionFilter(typed), 0, 5)
    assert found(asked, "me\0mória") == found(asked, "memória")
    assert found(asked, "NEAR(memória cache, 2)") == found(asked, "OR") == []


def test_a_changed_or_deleted_text_is_found_by_its_new_words_only(store: Store) -> None:
    with store.write() as session:
        one = questions.add_question(session, 1, "A palavra antiga")
        two = questions.add_question(session, 2, "Some daqui")
    with store.write() as session:
        questions.change_question(session, one, 1, "A palavra nova", [], "com resposta")
        questions.delete_question(session, two)
    with store.read() as session:

        def count(typed: str) -> int:
            return questions.count_matching(session, QuestionFilter(typed))

        counted = [count(typed) for typed in ("antiga", "nova", "some", "resposta", "palavra resposta")]
    assert counted == [0, 1, 0, 1, 0]


def test_a_text_of_megabytes_can_be_stored_and_is_found_by_its_beginning(store: Store) -> None:
    long = "começo " + " ".join(f"palavra{number}" for number in range(300_000))
    answer_id = project.add_answer(store, "Longa?", text=long)
    assert found(store, "comeco palavra7 ") == ["Longa?"]
    with store.read() as session:
        assert find_answers(session, AnswerFilter())[0].answer_id == answer_id


def test_the_words_of_sqlite_are_those_of_the_texts(sqlite_store: Store) -> None:
    made = project.a_project(sqlite_store, 3)
    project.add_video(sqlite_store, made.video_ids[0], ["outro texto"])
    with sqlite_store.engine.begin() as connection:
        for name in ("question_words", "answer_words", "segment_words"):
            # FTS5 compares itself with the table, and fails where they differ.
            words = table(name, column(name), column("rank"))
            connection.execute(words.insert(), {name: "integrity-check", "rank": 1})


def test_texts_from_before_the_migration_are_found_after_it(
    blank_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(migrate, "HEAD", "0005")
        old = open_store(blank_database_url)
        project.add_answer(old, "Uma pergunta antiga?", project.add_video(old), text="Uma resposta.")
        old.close()
    new = open_store(blank_database_url)
    assert found(new, "ANTIGA") == found(new, "resposta") == ["Uma pergunta antiga?"]
    with new.read() as session:
        assert corpus.count_videos(session, "álgebra", said=True) == 1
    new.close()
