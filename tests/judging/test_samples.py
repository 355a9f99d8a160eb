import math

import pytest

from dashboard.judging.samples import Samples, combine


@pytest.mark.parametrize(
    ("raw_scores", "raw", "chosen", "spread", "deviation"),
    [
        ([3.0, 1.0, 2.0], 2.0, 2, 2.0, 1.0),
        ([3.0, 3.0, 3.0], 3.0, 0, 0.0, 0.0),
        ([3.0, 2.0], 2.0, 1, 1.0, math.sqrt(0.5)),
        ([None, 0.0, 2.0, None, 3.0, 3.0], 2.0, 2, 3.0, math.sqrt(2.0)),
    ],
)
def test_the_median_stands_and_the_spread_is_told(raw_scores, raw, chosen, spread, deviation):
    found = combine(raw_scores)
    assert (found.raw_score, found.chosen, found.spread) == (raw, chosen, spread)
    assert found.deviation == pytest.approx(deviation)


def test_unreadable_samples_do_not_count():
    found = combine([None, 1.0, None, 3.0])
    assert (found.wanted, found.readable, found.readable_share) == (4, 2, 0.5)


def test_one_sample_shows_no_spread():
    assert combine([None, 2.0]) == Samples(2, 1, 2.0, 1, None, None)


def test_where_none_could_be_read_nothing_stands():
    assert combine([None, None]) == Samples(2, 0, None, None, None, None)
    assert combine([None]).readable_share == 0.0


def test_no_sample_at_all_is_refused():
    with pytest.raises(ValueError, match="no samples"):
        combine([])
