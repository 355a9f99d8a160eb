import numpy as np
import pytest

from dashboard.errors import SearchError
from dashboard.retrieval.fusion import reciprocal_rank_fusion
from dashboard.retrieval.ranking import Ranking
from dashboard.retrieval.retriever import RetrieverConfig, parse_retriever


def ranking(*ids: int) -> Ranking:
    return Ranking(np.array(ids, dtype=np.int64), np.zeros(len(ids), dtype=np.float32))


def test_ranks_are_fused_as_worked_by_hand():
    fused = reciprocal_rank_fusion([ranking(10, 20, 30), ranking(20, 40)], 10)
    assert fused.ids.tolist() == [20, 10, 40, 30]
    assert fused.scores.tolist() == [1 / 62 + 1 / 61, 1 / 61, 1 / 62, 1 / 63]


def test_ties_go_by_id_and_the_cut_comes_last():
    assert reciprocal_rank_fusion([ranking(9, 2), ranking(4, 7)], 3).ids.tolist() == [4, 9, 2]
    assert reciprocal_rank_fusion([ranking(), ranking()], 3).ids.tolist() == []


@pytest.mark.parametrize(
    ("setting", "expected"),
    [("dense", RetrieverConfig("dense")), (" lexical ", RetrieverConfig("lexical")),
     ("hybrid+rerank:a/b+c", RetrieverConfig("hybrid", "a/b+c"))],
)  # fmt: skip
def test_a_retriever_is_read_and_printed_the_same(setting, expected):
    assert parse_retriever(setting) == expected
    assert str(expected) == setting.strip()


@pytest.mark.parametrize(
    "setting", ["", "bm25", "dense+", "dense+rerank", "dense+rerank:", "dense+x:y", "Dense"]
)
def test_an_unknown_retriever_names_the_choices(setting):
    with pytest.raises(SearchError, match="dense, lexical or hybrid"):
        parse_retriever(setting)
