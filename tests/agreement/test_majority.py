"""The most frequent label."""

import numpy as np
import pytest

from dashboard.agreement.majority import majority


@pytest.mark.parametrize(
    ("labels", "chosen", "share"),
    [
        ([2, 1, 2], 2, 2 / 3),
        ([0, -1, -1], 0, 1.0),
        ([0, None, np.nan], 0, 1.0),
        ([1, 1, 0, 2, -1], 1, 1 / 2),
        ([2, 1, -1], -1, np.nan),
        ([0, 1, 2], -1, np.nan),
        ([-1, -1], -1, np.nan),
        ([], -1, np.nan),
    ],
)
def test_more_labels_than_any_other_win_and_a_tie_has_no_winner(labels, chosen, share):
    found = majority([labels], 3)
    assert found.chosen.tolist() == [chosen]
    assert found.share == pytest.approx([share], nan_ok=True)


def test_no_answer_has_no_majority():
    found = majority(np.zeros((0, 3)), 3)
    assert (found.chosen.shape, found.share.shape) == ((0,), (0,))


def test_a_code_outside_the_categories_is_refused():
    with pytest.raises(ValueError, match="found 3"):
        majority([[3, 0]], 3)
