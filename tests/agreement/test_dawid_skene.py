"""The EM estimate against the example of its paper, another implementation and its properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dashboard.agreement.dawid_skene import dawid_skene, dawid_skene_votes
from dashboard.agreement.majority import majority

# Dawid and Skene 1979, table 1: five anaesthetists classify 45 patients into four classes, the first of
# them three times. A row is a patient: labels of the first observer, then of the other four.
PATIENTS = """
111 1111  333 4334  112 2122  222 3121  222 3222  222 3322  122 2111  333 3433  222 2223
232 2223  444 4444  222 3343  111 1111  222 3212  121 1111  111 2111  111 1111  111 1111
222 2221  222 1322  222 2222  222 2221  222 3222  221 2222  111 1111  111 1111  232 2222
111 1111  111 1111  112 1121  111 1111  333 3233  111 1111  222 2222  222 3232  433 4343
221 2232  232 3233  333 3432  111 1111  111 1111  121 2111  232 2222  121 1111  222 2222
"""

# Table 2, to two decimals: a row an observer and true class, a column the class given.
ERROR_RATES = [
    [[0.89, 0.11, 0.00, 0.00], [0.07, 0.88, 0.05, 0.00], [0.00, 0.34, 0.66, 0.00], [0.00, 0.00, 0.56, 0.44]],
    [[0.83, 0.17, 0.00, 0.00], [0.05, 0.63, 0.31, 0.00], [0.00, 0.00, 1.00, 0.00], [0.00, 0.00, 0.00, 1.00]],
    [[1.00, 0.00, 0.00, 0.00], [0.11, 0.79, 0.11, 0.00], [0.00, 0.40, 0.20, 0.40], [0.00, 0.00, 0.67, 0.33]],
    [[0.94, 0.06, 0.00, 0.00], [0.05, 0.84, 0.10, 0.00], [0.00, 0.00, 0.80, 0.20], [0.00, 0.00, 0.33, 0.67]],
    [[1.00, 0.00, 0.00, 0.00], [0.16, 0.73, 0.11, 0.00], [0.00, 0.21, 0.79, 0.00], [0.00, 0.00, 0.33, 0.67]],
]
MARGINALS = [0.40, 0.42, 0.11, 0.07]
# Table 4: the likeliest class of each patient, certain to two decimals but for three of them.
CLASSES = "142222132 243121111 222222112 111131224 233111212".replace(" ", "")
UNSURE = {7: [0.98, 0.02, 0, 0], 35: [0, 0.95, 0.05, 0], 38: [0, 0.02, 0.98, 0]}

# crowd-kit 1.4.2: DawidSkene(n_iter=600, tol=-1), which adds no smoothing.
RATINGS = [
    *([-1, 2, 2], [2, -1, 2], [1, 2, 2], [2, 1, 2], [0, 1, 0], [2, 1, 0], [2, 2, 2], [0, 0, 0]),
    *([2, 0, 0], [0, 1, 0], [2, 0, 2], [2, 0, 2], [1, 1, 1], [0, 1, 2], [1, 1, 2]),
]
CROWD_KIT_POSTERIOR = [
    *([0, 0, 1], [0.13393, 0, 0.86607], [0, 0, 1], [0.41441, 0, 0.58559], [1, 0, 0], [1, 0, 0], [0, 0, 1]),
    *([1, 0, 0], [1, 0, 0], [1, 0, 0], [0.14530, 0, 0.85470], [0.14530, 0, 0.85470], [0, 1, 0], [1, 0, 0]),
    [0, 0.79420, 0.20580],
]
CROWD_KIT_PRIORS = [0.45593, 0.11961, 0.42446]


def draw(n, people, seed=0, gaps=0.2, k=3, skill=0.75):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, k, (n, 1))
    codes = np.where(rng.random((n, people)) < skill, truth, rng.integers(0, k, (n, people)))
    return truth[:, 0], np.where(rng.random((n, people)) < gaps, -1, codes)


TABLES = st.tuples(st.integers(0, 8), st.integers(0, 5)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.integers(-1, 2))
)


def votes_of_the_patients():
    digits = PATIENTS.split()
    votes = np.zeros((45, 5, 4), dtype=np.int64)
    for patient, (first, others) in enumerate(zip(digits[::2], digits[1::2], strict=True)):
        for observer, given_class in [*((0, one) for one in first), *enumerate(others, start=1)]:
            votes[patient, observer, int(given_class) - 1] += 1
    return votes


def test_the_example_of_the_paper():
    votes = votes_of_the_patients()
    assert (votes.sum(axis=(0, 2)) == [135, 45, 45, 45, 45]).all()
    found = dawid_skene_votes(votes, smoothing=0)
    assert found.converged
    np.testing.assert_allclose(found.prevalence, MARGINALS, atol=0.006)
    np.testing.assert_allclose(found.confusion, ERROR_RATES, atol=0.006)
    expected = np.eye(4)[[int(one) - 1 for one in CLASSES]]
    for patient, posterior in UNSURE.items():
        expected[patient - 1] = posterior
    np.testing.assert_allclose(found.posterior, expected, atol=0.006)
    assert "".join(str(one + 1) for one in found.chosen) == CLASSES


def test_another_implementation_gives_the_same():
    found = dawid_skene(RATINGS, 3, smoothing=0)
    np.testing.assert_allclose(found.posterior, CROWD_KIT_POSTERIOR, atol=1e-4)
    np.testing.assert_allclose(found.prevalence, CROWD_KIT_PRIORS, atol=1e-4)


def test_the_chosen_label_has_the_confidence_of_its_posterior():
    found = dawid_skene(RATINGS, 3, smoothing=0)
    assert found.chosen.tolist() == [2, 2, 2, 2, 0, 0, 2, 0, 0, 0, 2, 2, 1, 0, 1]
    assert found.confidence[[0, 3, 14]] == pytest.approx([1, 0.58559, 0.79420], abs=1e-4)


@settings(deadline=None)
@given(TABLES, st.sampled_from([0, 0.1]))
def test_probabilities_are_probabilities_whatever_the_table(ratings, smoothing):
    found = dawid_skene(ratings, 3, smoothing=smoothing)
    n, people = ratings.shape
    assert found.posterior.shape == (n, 3)
    assert found.confusion.shape == (people, 3, 3)
    for shares in (found.posterior, found.confusion, found.prevalence):
        assert (shares >= 0).all()
        np.testing.assert_allclose(shares.sum(axis=-1), 1)
    chosen = found.chosen >= 0
    assert (found.confidence[chosen] == found.posterior[chosen, found.chosen[chosen]]).all()
    assert (np.isnan(found.confidence) == ~chosen).all()
    assert not chosen[(ratings < 0).all(axis=1)].any()


@settings(deadline=None)
@given(TABLES, st.randoms(use_true_random=False))
def test_the_order_of_annotators_answers_and_labels_changes_nothing(ratings, random):
    answers, people, labels = (random.sample(range(size), size) for size in (*ratings.shape, 3))
    found = dawid_skene(ratings, 3)
    renamed = np.where(ratings >= 0, np.array(labels)[ratings], -1)
    moved = dawid_skene(renamed[np.ix_(answers, people)], 3)
    np.testing.assert_allclose(moved.posterior[:, labels], found.posterior[answers], atol=1e-6)
    np.testing.assert_allclose(moved.confusion[:, labels][:, :, labels], found.confusion[people], atol=1e-6)


@settings(deadline=None)
@given(arrays(np.int64, st.integers(1, 30), elements=st.integers(0, 2)), st.integers(2, 5))
def test_perfect_agreement_is_certain(truth, people):
    ratings = np.repeat(truth[:, None], people, axis=1)
    exact, smoothed = dawid_skene(ratings, 3, smoothing=0), dawid_skene(ratings, 3)
    assert exact.converged
    assert exact.confidence == pytest.approx(1)
    assert (exact.chosen == truth).all()
    assert (smoothed.chosen == truth).all()
    assert (smoothed.confidence > 0.99).all()


def test_a_consistently_wrong_annotator_is_discounted():
    truth, good = draw(60, 3, gaps=0, skill=0.9)
    wrong = (truth + 1) % 3
    ratings = np.column_stack([good, wrong])
    found = dawid_skene(ratings, 3)
    assert found.confusion[3, [0, 1, 2], [1, 2, 0]].min() > 0.9
    assert (found.chosen == truth).mean() > 0.95
    # One sound label against the wrong one: the votes are tied, the model is not.
    pair = dawid_skene(np.vstack([ratings, [0, -1, -1, 1]]), 3)
    assert majority([[0, -1, -1, 1]], 3).chosen == [-1]
    assert (pair.chosen[-1], round(pair.confidence[-1], 1)) == (0, 1.0)


def test_smoothing_adds_to_every_cell_and_ten_times_as_much_to_the_diagonal():
    found = dawid_skene([[0, 0, 0]] * 4, 2, smoothing=0.5)
    assert found.confusion[0, 0] == pytest.approx([(4 + 5) / (4 + 5 + 0.5), 0.5 / (4 + 5 + 0.5)])
    assert found.confusion[0, 1] == pytest.approx([0.5 / 5.5, 5 / 5.5])


def test_smoothing_keeps_few_labels_from_being_certain():
    ratings = [[0, 0, 0]] * 5 + [[1, 1, 1]] * 5 + [[0, 0, 1]]
    certain, smoothed = (dawid_skene(ratings, 2, smoothing=amount) for amount in (0, 0.5))
    assert certain.chosen[-1] == smoothed.chosen[-1] == 0
    assert smoothed.confidence[-1] < certain.confidence[-1] == pytest.approx(1)


def test_one_answer_of_one_annotator_is_taken_at_its_word():
    found = dawid_skene([[1]], 3)
    assert (found.chosen.tolist(), found.confidence.tolist()) == ([1], pytest.approx([1]))


def test_two_people_who_differ_on_the_only_answer_settle_nothing():
    found = dawid_skene([[0, 2]], 3)
    assert found.chosen.tolist() == [-1]
    assert np.isnan(found.confidence).all()
    assert found.posterior[0] == pytest.approx([0.5, 0, 0.5])


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (4, 0), (4, 2)])
def test_without_a_label_nothing_is_known(shape):
    found = dawid_skene(np.full(shape, -1), 3)
    assert found.chosen.tolist() == [-1] * shape[0]
    assert found.prevalence == pytest.approx(np.full(3, 1 / 3))
    assert found.confusion == pytest.approx(np.tile((np.eye(3) * 9 + 1) / 12, (shape[1], 1, 1)))
    assert found.converged
    unsmoothed = dawid_skene(np.full(shape, -1), 3, smoothing=0)
    assert unsmoothed.confusion == pytest.approx(np.full((shape[1], 3, 3), 1 / 3))


def test_an_answer_nobody_labelled_has_the_prevalence_and_changes_nothing():
    _, ratings = draw(40, 3)
    found = dawid_skene(ratings, 3)
    more = dawid_skene(np.vstack([ratings, [-1, -1, -1]]), 3)
    assert (more.posterior[-1] == more.prevalence).all()
    assert (more.posterior[:-1] == found.posterior).all()


def test_ten_thousand_answers_of_ten_people_are_recovered():
    truth, ratings = draw(10_000, 10)
    found = dawid_skene(ratings, 3)
    assert found.converged
    assert (found.chosen == truth).mean() > 0.99


def test_a_code_outside_the_categories_is_refused():
    with pytest.raises(ValueError, match="found 3"):
        dawid_skene([[3, 0]], 3)
