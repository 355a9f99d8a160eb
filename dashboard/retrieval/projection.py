"""Vectors as places on a plane: principal components, the two directions in which the vectors differ most."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FITTED_ON = 100_000
"""Vectors from which the directions are taken; of more, as many are drawn at random, always the same ones."""

_SEED = 0


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """The plane of a map.

    Attributes:
        mean: Mean of the vectors, shape (dimension,).
        axes: The two directions, of length 1, or of 0 where the vectors do not differ, shape (2, dimension).
        shares: Share of the variance along each direction; NaN where the vectors do not differ at all.
    """

    mean: npt.NDArray[np.float32]
    axes: npt.NDArray[np.float32]
    shares: tuple[float, float]

    def places(self, vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return where vectors lie on the plane, shape (n, 2)."""
        return ((vectors - self.mean) @ self.axes.T).astype(np.float32)


def drawn(count: int) -> npt.NDArray[np.int64]:
    """Return the places, ascending, of the vectors from which the directions are taken."""
    if count <= FITTED_ON:
        return np.arange(count, dtype=np.int64)
    chosen = np.random.default_rng(_SEED).choice(count, FITTED_ON, replace=False)
    return np.sort(chosen).astype(np.int64)


def fit_plane(vectors: npt.NDArray[np.float32]) -> Plane:
    """Return the plane on which vectors differ most (principal component analysis; Pearson, 1901).

    Args:
        vectors: One a row, at least one.
    """
    from sklearn.decomposition import PCA

    count, dimension = vectors.shape
    mean: npt.NDArray[np.float32] = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    axes = np.zeros((2, dimension), dtype=np.float32)
    if count < 2 or not (vectors != vectors[0]).any():
        return Plane(mean, axes, (math.nan, math.nan))
    wanted = min(2, count, dimension)
    # The exact solution by the covariance of the dimensions, whose cost grows with the vectors only once.
    analysis = PCA(wanted, svd_solver="covariance_eigh").fit(vectors.astype(np.float64))
    axes[:wanted] = analysis.components_
    first, second = [*analysis.explained_variance_ratio_.tolist(), 0.0][:2]
    return Plane(mean, axes, (float(first), float(second)))
