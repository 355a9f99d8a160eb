"""How figures leave the package."""

import math

import pytest

from dashboard.agreement import Figure, Undefined


def test_a_defined_figure_has_four_keys():
    assert Figure(0.5, 0.25, 0.75, 8).to_json() == {"value": 0.5, "low": 0.25, "high": 0.75, "n": 8}


def test_an_undefined_figure_is_null_with_a_reason():
    figure = Figure.undefined(3, Undefined.ONE_CATEGORY)
    assert math.isnan(figure.value)
    assert figure.to_json() == {
        "value": None,
        "low": None,
        "high": None,
        "n": 3,
        "reason": "one_category",
    }


def test_a_figure_cannot_be_changed():
    with pytest.raises(AttributeError):
        Figure(0.5, 0.25, 0.75, 8).value = 1.0
