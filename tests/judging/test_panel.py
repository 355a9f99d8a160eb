import pytest

from dashboard.judging.panel import Rule, Vote, panel_verdict
from dashboard.judging.unscored import Unscored
from dashboard.labels import Label

SCORES = {"I": 0.25, "P": 0.5, "C": 1.0}


def _votes(labels: str) -> list[Vote | None]:
    """Return a vote for each letter, `-` for a member that left the answer unscored."""
    return [Vote(Label(one), SCORES[one]) if one != "-" else None for one in labels]


@pytest.mark.parametrize(
    ("labels", "label", "score"),
    [
        ("C", "C", 1.0),
        ("CCI", "C", 1.0),
        ("CIP-I-I", "I", 0.25),
        ("CCCI", "C", 1.0),
        ("CC--", "C", 1.0),
        ("PPC", "P", 0.5),
    ],
)
def test_the_majority_is_more_than_half_of_those_who_voted(labels: str, label: str, score: float) -> None:
    found = panel_verdict(_votes(labels), Rule.MAJORITY)
    assert (found.label, found.score, found.raw_score, found.reason, found.error) == (
        label,
        score,
        score,
        "",
        "",
    )


@pytest.mark.parametrize(
    ("labels", "error"),
    [
        ("CI", "No label has more than half of the 2 votes: I 1, P 0, C 1."),
        ("CCPI", "No label has more than half of the 4 votes: I 1, P 1, C 2."),
        ("CPI", "No label has more than half of the 3 votes: I 1, P 1, C 1."),
        ("CP-", "No label has more than half of the 2 votes: I 0, P 1, C 1."),
    ],
)
def test_without_a_majority_the_answer_is_unscored(labels: str, error: str) -> None:
    found = panel_verdict(_votes(labels), Rule.MAJORITY)
    assert (found.label, found.score, found.raw_score) == (None, None, None)
    assert (found.reason, found.error) == (Unscored.NO_MAJORITY, error)


@pytest.mark.parametrize(
    ("labels", "label", "score"),
    [
        ("CPI", "P", 0.5),
        ("CCI", "C", 1.0),
        ("CI", "I", 0.25),
        ("CCPI", "P", 0.5),
        ("CCCI", "C", 1.0),
        ("PC--", "P", 0.5),
    ],
)
def test_the_median_of_an_even_number_is_the_lower_middle_one(labels: str, label: str, score: float) -> None:
    found = panel_verdict(_votes(labels), Rule.MEDIAN)
    assert (found.label, found.score, found.reason) == (label, score, "")


@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize(
    ("labels", "given", "members"), [("C--", 1, 3), ("CC---", 2, 5), ("--", 0, 2), ("", 0, 0)]
)
def test_where_fewer_than_half_voted_the_answer_is_unscored(
    labels: str, given: int, members: int, rule: Rule
) -> None:
    found = panel_verdict(_votes(labels), rule)
    assert (found.label, found.score, found.reason) == (None, None, Unscored.MEMBERS_UNSCORED)
    assert found.error == f"Only {given} of {members} members of the panel gave a label."


def test_the_score_is_a_members_score_whatever_the_label() -> None:
    votes = [Vote(Label.CORRECT, 0.9), Vote(Label.CORRECT, 0.7), Vote(Label.INCORRECT, 0.8), None]
    assert panel_verdict(votes, Rule.MAJORITY).score == 0.8
    assert panel_verdict(votes[:2], Rule.MEDIAN).score == 0.7
