import random

import pytest

from dashboard.errors import SearchError
from dashboard.retrieval.lexical import open_lexical
from dashboard.retrieval.portuguese import analyser
from tests.retrieval.corpus import LECTURE, Corpus


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("regressões logísticas", 7),
        ("REGRESSAO LOGISTICA", 7),
        ("variável categórica", 15),
        ("variavel categorica", 15),
        ("treinar modelos", 15),
        ("atualização de peso", 3),
        ("cenouras", 12),
        ("campeonatos vencidos", 20),
    ],
)
def test_inflected_and_unaccented_portuguese_finds_its_segment(tmp_path, question, expected):
    assert open_lexical(tmp_path, Corpus(LECTURE)).search(question, 10).ids[0] == expected


@pytest.mark.parametrize(
    "words",
    ["função funções funcao FUNÇÕES", "classificação classificar classificado classificacoes",
     "variável variáveis variavel variaveis", "nível níveis nivel", "digital digitais", "mínimo mínimos"],
)  # fmt: skip
def test_forms_of_one_word_are_one_term(words):
    assert len(set(analyser()(words))) == 1


def test_different_words_stay_different_and_function_words_are_left_out():
    assert analyser()("o que é a derivada de uma função") == analyser()("derivada função")
    assert len(set(analyser()("gradiente descendente modelo linear"))) == 4


def test_only_segments_that_share_a_term_are_hits(tmp_path):
    index = open_lexical(tmp_path, Corpus(LECTURE))
    found = index.search("regressão", 10)
    assert set(found.ids.tolist()) == {7, 8} and (found.scores > 0).all()
    assert not len(index.search("de que para o", 10).ids)
    assert not len(index.search("xilofone ?!", 10).ids)


def test_ties_go_by_id_also_at_the_cut(tmp_path):
    corpus = Corpus(dict.fromkeys(range(50, 0, -1), "gradiente"))
    assert open_lexical(tmp_path, corpus).search("gradientes", 3).ids.tolist() == [1, 2, 3]


@pytest.mark.parametrize("texts", [{1: "", 2: "..."}, {1: "de para", 9: "gradiente"}])
def test_segments_without_words_do_no_harm(tmp_path, texts):
    for _ in range(2):  # Built, then loaded.
        found = open_lexical(tmp_path, Corpus(texts)).search("gradiente", 5).ids.tolist()
        assert found == [number for number, text in texts.items() if "gradiente" in text]


def test_a_stored_index_answers_as_the_built_one(tmp_path):
    built = open_lexical(tmp_path, Corpus(LECTURE))
    before = sorted((path.name, path.stat().st_mtime_ns) for path in (tmp_path / "lexical").iterdir())
    loaded = open_lexical(tmp_path, Corpus(LECTURE))
    after = sorted((path.name, path.stat().st_mtime_ns) for path in (tmp_path / "lexical").iterdir())
    assert [entry for entry in before if entry[0] != "lock"] == [e for e in after if e[0] != "lock"]
    for question in ("regressão", "função sigmoide", "gols"):
        assert built.search(question, 5).ids.tolist() == loaded.search(question, 5).ids.tolist()
        assert built.search(question, 5).scores.tolist() == loaded.search(question, 5).scores.tolist()


@pytest.mark.parametrize("damage", ["flip", "cut", "gone"])
@pytest.mark.parametrize("part", ["data.npy", "indices.npy", "indptr.npy", "vocab.json", "ids.npy"])
def test_every_damaged_part_is_noticed(tmp_path, part, damage):
    expected = open_lexical(tmp_path, Corpus(LECTURE)).search("regressão linear", 5)
    path = next((tmp_path / "lexical").glob(f"*.{part}"))
    data = bytearray(path.read_bytes())
    if damage == "flip":
        data[random.Random(part).randrange(len(data))] ^= 1
        path.write_bytes(data)
    elif damage == "cut":
        path.write_bytes(data[:-3])
    else:
        path.unlink()
    found = open_lexical(tmp_path, Corpus(LECTURE)).search("regressão linear", 5)
    assert (found.ids.tolist(), found.scores.tolist()) == (expected.ids.tolist(), expected.scores.tolist())


def test_a_changed_corpus_is_followed_and_an_empty_one_refused(tmp_path):
    corpus = Corpus(LECTURE)
    open_lexical(tmp_path, corpus)
    corpus.rows[99] = "xilofone"
    assert open_lexical(tmp_path, corpus).search("xilofones", 5).ids.tolist() == [99]
    with pytest.raises(SearchError, match="no segments"):
        open_lexical(tmp_path, Corpus({}))
