"""Every agreement figure beside scikit-learn's kappa in a scipy bootstrap: `python benchmarks/agreement.py`.

Ours is the whole JSON of `agreement --json`: 100,000 answers labelled by three people and by a judge with
scores, compared with a second judge. The peer gives one figure, linear-weighted kappa between the majority
and the judge, from far fewer resamples; its time is scaled up. Both run in turn three times; the best counts.
"""

import json
import os
import sys
import time
from pathlib import Path

import numpy as np
from scipy.stats import bootstrap
from sklearn.metrics import cohen_kappa_score

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dashboard.agreement.majority import majority
from dashboard.services.agreement import SideBySide
from dashboard.services.figures import of_labels

ANSWERS = 100_000
PEOPLE = 3
RESAMPLES = 10_000
PEER_RESAMPLES = 20
ROUNDS = 3


def draw(answers: int, people: int, per_question: int = 1) -> tuple[SideBySide, np.ndarray]:
    """Return random labels of people and judge, of whom a fifth of the people's are missing."""
    rng = np.random.default_rng(7)
    truth = rng.choice(3, (answers, 1), p=[0.1, 0.2, 0.7])
    shape = (answers, people + 2)
    codes = np.where(rng.random(shape) < 0.7, truth, rng.choice(3, shape))
    ratings = np.where(rng.random((answers, people)) < 0.2, -1, codes[:, 2:])
    human, judge = majority(ratings, 3).chosen, codes[:, 0]
    sides = SideBySide(
        answer_ids=np.arange(answers),
        question_ids=np.arange(answers) // per_question,
        human=human,
        judge=judge,
        unscored=np.zeros(answers, dtype=np.bool_),
        scores=np.clip(judge + rng.integers(0, 2, answers), 0, 3) / 3,
        ratings=ratings,
        people=tuple(f"P{number}" for number in range(people)),
        tied=int((human < 0).sum()),
    )
    return sides, codes[:, 1]


def ours(sides: SideBySide, other: np.ndarray) -> float:
    started = time.perf_counter()
    json.dumps(of_labels(sides, other), allow_nan=False)
    return time.perf_counter() - started


def peer(sides: SideBySide) -> float:
    both = sides.both
    started = time.perf_counter()
    bootstrap(
        (sides.human[both], sides.judge[both]),
        lambda a, b: cohen_kappa_score(a, b, weights="linear"),
        paired=True,
        vectorized=False,
        n_resamples=PEER_RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(1),
    )
    return (time.perf_counter() - started) * RESAMPLES / PEER_RESAMPLES


def main() -> None:
    of_labels(*draw(1000, PEOPLE))
    load = os.getloadavg()[0]
    sides, other = draw(ANSWERS, PEOPLE)
    times = [(ours(sides, other), peer(sides)) for _ in range(ROUNDS)]
    mine, theirs = (min(column) for column in zip(*times, strict=True))
    print(f"load {load:.1f} before, {os.getloadavg()[0]:.1f} after, on {os.cpu_count()} cores\n")
    print("| what | figures | seconds |")
    print("| --- | --- | ---: |")
    print(f"| Veredito, {ANSWERS:,} answers, {PEOPLE} people, {RESAMPLES:,} resamples | all | {mine:.2f} |")
    print(f"| scikit-learn in scipy.stats.bootstrap, scaled from {PEER_RESAMPLES} | one | {theirs:.0f} |")
    for people, per_question in ((PEOPLE, 5), (5, 1), (5, 5)):
        again = min(ours(*draw(ANSWERS, people, per_question)) for _ in range(ROUNDS))
        print(f"| Veredito, {people} people, {per_question} answers a question | all | {again:.2f} |")
    print(f"\n{theirs / mine:,.0f} times faster")


if __name__ == "__main__":
    main()
