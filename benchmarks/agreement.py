"""Every agreement figure beside scikit-learn's kappa in a scipy bootstrap: `python benchmarks/agreement.py`.

The peer gives one figure, linear-weighted kappa, from far fewer resamples; its time is scaled up to ours.
"""

import sys
import time
from pathlib import Path

import numpy as np
from scipy.stats import bootstrap
from sklearn.metrics import cohen_kappa_score

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dashboard.agreement.report import agreement_report

ANSWERS = 100_000
RESAMPLES = 10_000
PEER_RESAMPLES = 20


def main() -> None:
    rng = np.random.default_rng(7)
    human = rng.choice(3, ANSWERS, p=[0.1, 0.2, 0.7])
    judge = np.where(rng.random(ANSWERS) < 0.7, human, rng.choice(3, ANSWERS))
    agreement_report(human[:1000], judge[:1000], categories=["I", "P", "C"])

    started = time.perf_counter()
    report = agreement_report(human, judge, categories=["I", "P", "C"], resamples=RESAMPLES)
    ours = time.perf_counter() - started

    started = time.perf_counter()
    bootstrap(
        (human, judge),
        lambda a, b: cohen_kappa_score(a, b, weights="linear"),
        paired=True,
        vectorized=False,
        n_resamples=PEER_RESAMPLES,
        method="percentile",
        rng=rng,
    )
    peer = (time.perf_counter() - started) * RESAMPLES / PEER_RESAMPLES

    kappa = report.kappa_linear
    print("| what | figures | seconds |")
    print("| --- | --- | --- |")
    print(f"| Veredito, {ANSWERS:,} answers, {RESAMPLES:,} resamples | all | {ours:.2f} |")
    print(f"| scikit-learn in scipy.stats.bootstrap, scaled from {PEER_RESAMPLES} | one | {peer:.0f} |")
    print(f"\nkappa {kappa.value:.4f} [{kappa.low:.4f}, {kappa.high:.4f}], {peer / ours:,.0f} times faster")


if __name__ == "__main__":
    main()
