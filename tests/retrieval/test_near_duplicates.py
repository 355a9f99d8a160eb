"""Pairs that nearly coincide: the same as from the whole matrix, whatever the size of the blocks."""

import numpy as np
import pytest

from dashboard.retrieval import near_duplicates
from dashboard.retrieval.near_duplicates import near_pairs
from tests.retrieval.corpus import unit_rows


def every(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.ones(len(left), dtype=np.bool_)


@pytest.mark.parametrize("cells", [1, 130, 8_000_000])
def test_blocks_find_what_the_whole_matrix_shows(cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_duplicates, "_CELLS", cells)
    rows = unit_rows(60, dimension=4)
    told: list[tuple[int, int]] = []
    found = near_pairs(rows, 0.8, every, progress=lambda done, total: told.append((done, total)))
    whole = rows @ rows.T
    expected = {(i, j) for i in range(60) for j in range(i + 1, 60) if whole[i, j] >= 0.8}
    assert set(zip(found.left.tolist(), found.right.tolist(), strict=True)) == expected
    assert (np.diff(found.cosine) <= 0).all() and found.floor == 0.8
    assert told[-1] == (60 * 59 // 2, 60 * 59 // 2)


def test_of_too_many_pairs_the_most_alike_stay_and_the_floor_says_so() -> None:
    # Angles 0, 1, 3 and 7 degrees: the pairs lie 1, 2, 3, 4, 6 and 7 degrees apart.
    angles = np.radians([0, 1, 3, 7])
    rows = np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float32)
    found = near_pairs(rows, 0.5, every, most=3)
    assert list(zip(found.left.tolist(), found.right.tolist(), strict=True)) == [(0, 1), (1, 2), (0, 2)]
    assert found.floor == pytest.approx(np.cos(np.radians(3)))


def test_pairs_that_do_not_count_are_left_out_and_take_nobodys_place() -> None:
    rows = np.tile(np.array([[1.0, 0.0]], dtype=np.float32), (4, 1))
    found = near_pairs(rows, 0.9, lambda left, right: (right - left) > 1, most=3)
    assert list(zip(found.left.tolist(), found.right.tolist(), strict=True)) == [(0, 2), (0, 3), (1, 3)]
