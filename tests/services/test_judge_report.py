from dataclasses import replace

import pytest

from dashboard.labels import Label
from dashboard.models import Judge, JudgeConfig, NewJudgement
from dashboard.services.agreement import find_judge
from dashboard.services.judge_report import Changes, JudgeReport, LengthBin, changes, judge_report
from dashboard.services.project import Project
from dashboard.store import judgements
from tests.support import project as made

JUDGE = JudgeConfig("relevance", "answer-relevance.pt-BR", "1-aaaaaaaa", "priced")
SECOND = replace(JUDGE, prompt_version="2-bbbbbbbb")

PRICES = {"priced": (2.0, 10.0), "other": (1.0, 1.0)}
"""Two for a million tokens to the model, ten for a million from it."""

NUMBERS = {"I": 0.0, "P": 0.5, "C": 1.0}


def _answers(project: Project, lengths: list[int]) -> list[int]:
    return [
        made.add_answer(project.store, f"Pergunta {number}?", text="ç" * length)
        for number, length in enumerate(lengths)
    ]


def _verdict(label: str | None, reason: str = "", score: float | None = None, **more: object) -> NewJudgement:
    score = NUMBERS[label] if label and score is None else score
    return replace(NewJudgement(score, score, Label(label) if label else None, reason=reason), **more)


def _judged(project: Project, config: JudgeConfig, verdicts: list[tuple[int, NewJudgement]]) -> Judge:
    with project.store.write() as session:
        judge_id = judgements.put_judge(session, config)
        for answer_id, verdict in verdicts:
            assert judgements.add_judgement(session, answer_id, judge_id, verdict)
    found = find_judge(project, str(judge_id))
    assert found is not None
    return found


def test_a_judges_report_is_what_was_counted_by_hand(empty: Project) -> None:
    ids = _answers(empty, [10, 10, 20, 30, 40, 50, 60, 80])
    _judged(empty, SECOND, [(ids[0], _verdict("C", tokens_in=9_999, latency_ms=9_999.0, suspicions=("x",)))])
    told = {"tokens_in": 1_000, "tokens_out": 100}
    judge = _judged(
        empty,
        JUDGE,
        [
            (ids[0], _verdict("I", **told, latency_ms=100.0)),
            (ids[1], _verdict("P", **told, latency_ms=200.0, suspicions=("fake_score", "order"))),
            (ids[2], _verdict("I", **told, latency_ms=300.0)),
            (ids[3], _verdict("P", **told, latency_ms=400.0, is_cached=True, suspicions=("order",))),
            (ids[4], _verdict("C", **told, latency_ms=500.0)),
            (ids[5], _verdict(None, "unreadable", tokens_in=500, tokens_out=50)),
            (ids[6], _verdict(None, "timeout", latency_ms=60_000.0)),
            (ids[7], _verdict(None, "timeout", latency_ms=60_000.0)),
        ],
    )
    # The sixth answer was tried again: both tries cost tokens, and only the second one stands.
    _judged(empty, JUDGE, [(ids[5], _verdict("C", tokens_in=500, latency_ms=600.0))])

    assert judge_report(empty, judge, PRICES) == JudgeReport(
        judge=judge,
        judged=8,
        labels={Label.INCORRECT: 2, Label.PARTIAL: 2, Label.CORRECT: 2},
        unscored=2,
        reasons={"timeout": 2},
        cached=1,
        suspicious=2,
        tokens_in=4 * 1_000 + 500 + 500,
        tokens_out=4 * 100 + 50,
        untold=2,
        money=pytest.approx(5_000 * 2e-6 + 450 * 10e-6),
        timed=7,
        p50_ms=500.0,
        p95_ms=60_000.0,
        # Of the lengths 10 10 20 30 40 50 the quartiles are 12.5, 25 and 37.5.
        lengths=(
            LengthBin(10, 10, 2, 0.25),
            LengthBin(20, 20, 1, 0.0),
            LengthBin(30, 30, 1, 0.5),
            LengthBin(40, 50, 2, 1.0),
        ),
        length_n=6,
        # Ranks 1.5 1.5 3 4 5 6 and 1.5 3.5 1.5 3.5 5.5 5.5: covariance 13, variances 17 and 16.
        length_rho=pytest.approx(13 / (17 * 16) ** 0.5),
    )


def test_reasons_are_counted_the_most_frequent_first(empty: Project) -> None:
    ids = _answers(empty, [1] * 6)
    reasons = ["refused", "empty", "timeout", "empty", "", "refused"]
    verdicts = [(one, _verdict(None, reason)) for one, reason in zip(ids, reasons, strict=True)]
    found = judge_report(empty, _judged(empty, JUDGE, verdicts), PRICES)
    assert list(found.reasons.items()) == [("empty", 2), ("refused", 2), ("", 1), ("timeout", 1)]
    assert (found.judged, found.unscored) == (6, 6)
    assert (found.lengths, found.length_n, found.length_rho) == ((), 0, None)


def test_a_judge_that_judged_nothing_has_no_figures(empty: Project) -> None:
    found = judge_report(empty, _judged(empty, JUDGE, []), PRICES)
    assert (found.judged, found.tokens_in, found.money, found.p50_ms, found.p95_ms) == (0, 0, 0.0, None, None)
    assert (found.length_n, found.lengths, found.length_rho) == (0, (), None)


@pytest.mark.parametrize(
    ("verdict", "model", "money"),
    [
        (_verdict("C", tokens_in=1_000_000, tokens_out=100_000), "priced", 3.0),
        (_verdict("C", tokens_in=1_000_000, tokens_out=100_000, is_cached=True), "priced", 0.0),
        (_verdict("C", tokens_in=1_000_000, tokens_out=100_000), "without a price", None),
        (_verdict("C", tokens_in=0, tokens_out=0), "without a price", 0.0),
        (_verdict("C"), "priced", None),
        (_verdict("C", is_cached=True), "priced", 0.0),
        (_verdict("C", tokens_out=100_000), "priced", 1.0),
    ],
)
def test_money_is_told_only_where_it_is_known(
    empty: Project, verdict: NewJudgement, model: str, money: float | None
) -> None:
    [answer_id] = _answers(empty, [5])
    judge = _judged(empty, replace(JUDGE, model=model), [(answer_id, verdict)])
    assert judge_report(empty, judge, PRICES).money == money


def test_a_cached_try_cost_nothing_even_when_it_was_replaced(empty: Project) -> None:
    [answer_id] = _answers(empty, [5])
    spent = {"tokens_in": 500_000, "tokens_out": 0}
    judge = _judged(empty, JUDGE, [(answer_id, _verdict(None, "unreadable", **spent))])
    _judged(empty, JUDGE, [(answer_id, _verdict(None, "unreadable", **spent, is_cached=True))])
    _judged(empty, JUDGE, [(answer_id, _verdict("C", **spent))])
    found = judge_report(empty, judge, PRICES)
    assert (found.judged, found.cached, found.tokens_in, found.money) == (1, 0, 1_000_000, 2.0)


def test_equally_long_answers_stay_together(empty: Project) -> None:
    ids = _answers(empty, [7] * 5 + [9])
    judge = _judged(empty, JUDGE, [(one, _verdict("PICCPI"[at])) for at, one in enumerate(ids)])
    assert judge_report(empty, judge, {}).lengths == (LengthBin(7, 7, 5, 0.6), LengthBin(9, 9, 1, 0.0))


def test_changes_between_two_prompt_versions_are_what_was_counted_by_hand(empty: Project) -> None:
    ids = _answers(empty, [1] * 10)
    first, second = "IIPPCC-C-C", "IPPCCI-- "
    before = _judged(
        empty, JUDGE, [(one, _verdict(None if at == "-" else at)) for one, at in zip(ids, first, strict=True)]
    )
    after = _judged(
        empty,
        SECOND,
        [
            (one, _verdict(None if at == "-" else at))
            for one, at in zip(ids, second.ljust(10), strict=True)
            if at != " "
        ],
    )
    # Six answers have both labels, of which three differ: I to P, P to C, C to I.
    assert changes(empty, before, after) == Changes(
        table=((1, 1, 0, 0), (0, 1, 1, 0), (1, 0, 1, 1), (0, 0, 0, 1)),
        n=8,
        labelled=6,
        changed=0.5,
        scored=6,
        mean_difference=pytest.approx((0.5 + 0.5 - 1.0) / 6),
    )
    back = changes(empty, after, before)
    assert back.table == ((1, 0, 1, 0), (1, 1, 0, 0), (0, 1, 1, 0), (0, 0, 1, 1))
    assert (back.changed, back.labelled) == (0.5, 6)


def test_scores_may_move_where_labels_stay(empty: Project) -> None:
    ids = _answers(empty, [1, 1])
    before = _judged(empty, JUDGE, [(one, _verdict("P", score=0.4)) for one in ids])
    after = _judged(empty, SECOND, [(ids[0], _verdict("P", score=0.7)), (ids[1], _verdict("P", score=0.6))])
    found = changes(empty, before, after)
    assert (found.changed, found.mean_difference) == (0.0, pytest.approx(0.25))


def test_judges_without_a_common_answer_show_no_change(empty: Project) -> None:
    first, second = _answers(empty, [1, 1])
    before, after = (
        _judged(empty, JUDGE, [(first, _verdict("C"))]),
        _judged(empty, SECOND, [(second, _verdict("C"))]),
    )
    nothing = ((0, 0, 0, 0),) * 4
    assert changes(empty, before, after) == Changes(nothing, 0, 0, None, 0, None)


def test_a_judge_does_not_differ_from_itself(empty: Project) -> None:
    judge = _judged(
        empty, JUDGE, [(one, _verdict(at)) for one, at in zip(_answers(empty, [1] * 3), "CPI", strict=True)]
    )
    found = changes(empty, judge, judge)
    assert (found.n, found.changed, found.mean_difference) == (3, 0.0, 0.0)
