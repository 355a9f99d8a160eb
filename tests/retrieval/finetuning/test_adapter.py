"""The layers on top of an encoder, and the training loop that they go through."""

from dataclasses import replace

import numpy as np
import pytest

from dashboard.retrieval.encoders.base import normalised
from dashboard.retrieval.finetuning.adapter import QUERIES, SEGMENTS, AdapterLearner
from dashboard.retrieval.finetuning.checkpoints import Checkpoints
from dashboard.retrieval.finetuning.comparison import mean_ndcg
from dashboard.retrieval.finetuning.pairs import make_examples
from dashboard.retrieval.finetuning.ranking import rank_vectors
from dashboard.retrieval.finetuning.settings import DEFAULTS, Strategy
from dashboard.retrieval.finetuning.split import split_questions
from dashboard.retrieval.finetuning.training import Stopped, Training
from tests.retrieval.finetuning.synthetic import rotated

USUAL = DEFAULTS[Strategy.ADAPTER]


@pytest.fixture(scope="module")
def corpus():
    return rotated()


class Bench:
    """Everything that a training of the synthetic corpus needs."""

    def __init__(self, corpus, folder, settings):
        self.material, self.queries, self.matrix = corpus
        self.split = split_questions(self.material.questions, 0)
        self.learner = AdapterLearner(
            {one: self.queries[one - 1] for one in self.split.train},
            dict(enumerate(self.matrix, start=1)),
            settings,
            lambda queries, segments: self.ndcg(self.split.validation, queries, segments),
        )
        examples = make_examples(self.material, self.split.train, {}, negatives=0, uses_unjudged=False)
        self.checkpoints = Checkpoints(folder)
        self.training = Training(self.learner, self.material, examples.examples, settings, self.checkpoints)

    def ndcg(self, questions, queries, segments):
        asked = self.queries[[one - 1 for one in questions]] @ queries.T
        matrix = self.matrix @ segments.T
        found = rank_vectors(
            questions,
            normalised(asked, len(asked), "x"),
            self.material.segments.ids,
            normalised(matrix, len(matrix), "x"),
            10,
        )
        return mean_ndcg({one: self.material.grades[one] for one in questions}, found)


def test_where_the_right_rotation_exists_the_adapter_finds_it(corpus, tmp_path):
    bench = Bench(corpus, tmp_path / "t", USUAL)
    identity = np.eye(16, dtype=np.float32)
    before = bench.ndcg(bench.split.test, identity, identity)
    told = []
    course = bench.training.run(told.append)
    layers = bench.learner.layers()
    after = bench.ndcg(bench.split.test, layers[QUERIES], layers[SEGMENTS])
    assert after - before >= 0.2, (before, after)
    assert course.epochs[-1].loss < course.epochs[0].loss
    assert not course.is_worse and told[-1].course is course
    # What is kept is the best epoch, not the last one.
    assert bench.learner.validate() == course.best_validation == max(one.validation for one in course.epochs)


def test_a_training_that_was_stopped_ends_with_the_same_weights(corpus, tmp_path):
    settings = replace(USUAL, epochs=4, batch=16)
    straight = Bench(corpus, tmp_path / "a", settings)
    expected = straight.training.run()
    left = iter(range(7))
    stopped = Bench(corpus, tmp_path / "b", settings)
    with pytest.raises(Stopped):
        stopped.training.run(should_stop=lambda: next(left, None) is None)
    goes_on = Bench(corpus, tmp_path / "b", settings)
    assert goes_on.training.run() == expected
    for name, layer in straight.learner.layers().items():
        np.testing.assert_array_equal(goes_on.learner.layers()[name], layer)


def test_a_damaged_state_is_begun_anew(corpus, tmp_path):
    settings = replace(USUAL, epochs=2)
    expected = Bench(corpus, tmp_path / "a", settings).training.run()
    weights = next((tmp_path / "a").glob("*.safetensors"))
    weights.write_bytes(weights.read_bytes()[:-3])
    again = Bench(corpus, tmp_path / "a", settings)
    assert again.checkpoints.load() is None
    assert again.training.run() == expected
    assert [path.suffix for path in sorted((tmp_path / "a").iterdir())].count(".safetensors") == 1


def test_without_evidence_an_adapter_does_nothing(corpus, tmp_path):
    learner = Bench(corpus, tmp_path, USUAL).learner
    for layer in learner.layers().values():
        np.testing.assert_array_equal(layer, np.eye(16, dtype=np.float32))


def test_ties_go_by_id_and_no_more_than_asked_for_is_ranked():
    rows = np.array([[1, 0], [0, 1], [1, 0], [1, 0]], dtype=np.float32)
    found = rank_vectors([7], np.array([[1, 0]], dtype=np.float32), np.array([4, 3, 2, 1]), rows, 2)
    assert found == {7: [1, 2]}
