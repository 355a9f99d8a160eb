"""The projection of how many labels are still needed."""

import math

import numpy as np
import pytest

from dashboard.agreement import Figure, Undefined
from dashboard.agreement.intervals import bootstrap
from dashboard.agreement.kappa import kappa_linear
from dashboard.agreement.labels_needed import labels_needed


def test_half_the_width_takes_four_times_the_labels():
    found = labels_needed(Figure(0.6, 0.4, 0.8, 100))
    assert (found.value, found.n, found.reason) == (300, 100, Undefined.NO_INTERVAL)
    assert labels_needed(Figure(0.6, 0.4, 0.8, 100), half_width=0.2).value == 0
    assert labels_needed(Figure(0.6, 0.55, 0.65, 100)).value == 0


def test_what_has_no_interval_keeps_its_reason():
    found = labels_needed(Figure.undefined(3, Undefined.ONE_CATEGORY))
    assert math.isnan(found.value)
    assert (found.n, found.reason) == (3, Undefined.ONE_CATEGORY)


def test_as_many_labels_as_projected_are_enough():
    table = np.array([[12, 5, 1], [6, 20, 9], [2, 8, 57]])
    now = bootstrap(table, kappa_linear)
    more = labels_needed(Figure(0.6, now.low, now.high, 120)).value
    then = bootstrap(np.round(table * (120 + more) / 120).astype(int), kappa_linear)
    assert (then.high - then.low) / 2 == pytest.approx(0.10, rel=0.04)
