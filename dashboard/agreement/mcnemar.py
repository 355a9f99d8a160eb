"""McNemar's test of two paired shares."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class McNemar:
    """Items on which only one of two judges is right, and how surprising their numbers are.

    Attributes:
        only_first: Items on which only the first judge is right.
        only_second: Items on which only the second judge is right.
        p_exact: Two-sided p-value of the exact conditional test, which is cautious.
        p_mid: Two-sided mid-p-value, closer to its level.
    """

    only_first: int
    only_second: int
    p_exact: float
    p_mid: float

    def to_json(self) -> dict[str, float | int]:
        """Return plain JSON values."""
        return asdict(self)


def mcnemar(only_first: int, only_second: int) -> McNemar:
    """Test whether two judges are right equally often on the same items.

    Given that they differ on an item, either is as likely to be the one that is right, so the
    smaller count is binomial with one half (McNemar 1947). The mid-p-value counts half of the
    probability of the observed count (Fagerland, Lydersen and Laake 2013, BMC Medical Research
    Methodology 13:91). Items with several raters, or several answers to a question, are taken
    as independent. Without an item on which they differ both p-values are 1.
    """
    from scipy.special import bdtr

    smaller, n = min(only_first, only_second), only_first + only_second
    if not n:
        return McNemar(0, 0, 1.0, 1.0)
    up_to = float(bdtr(smaller, n, 0.5))
    observed = up_to - (float(bdtr(smaller - 1, n, 0.5)) if smaller else 0.0)
    if only_first == only_second:
        return McNemar(only_first, only_second, 1.0, 1.0 - observed / 2.0)
    return McNemar(only_first, only_second, min(1.0, 2.0 * up_to), 2.0 * up_to - observed)
