"""Measuring retrievers, and the rankings of runs, against a source of truth."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.errors import N_, NotFound
from dashboard.retrieval.evaluation.intervals import Estimate, mean_interval
from dashboard.retrieval.evaluation.measures import SUCCESS, Measured, measure, named
from dashboard.retrieval.retriever import parse_retriever
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.asking import DEFAULT_K
from dashboard.services.project import Project
from dashboard.services.rankings import Ranked, rank_all
from dashboard.services.truth import Truth

Progress = Callable[[str, int, int], None]
"""Told the retriever at work, how many searches are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What was measured of one retriever or run.

    Attributes:
        ranked: What it found.
        measured: Each question's values.
        figures: The means over the questions with their intervals, by name.
    """

    ranked: Ranked
    measured: Measured
    figures: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Several retrievers measured on the same questions.

    `unfindable` counts relevant segments that no search can find now.
    """

    truth: Truth
    k: int
    encoder: str
    evaluated: tuple[Evaluated, ...]
    unfindable: int
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Return the evaluation as the command line prints it; hit@k is another name of success@k."""
        kind, _, _ = self.truth.code.partition(":")
        return {
            "truth": kind,
            "judge": self.truth.name,
            "questions": len(self.truth.questions),
            "relevant_from": self.truth.relevant_from,
            "k": self.k,
            "encoder": self.encoder,
            "retrievers": [
                {
                    "retriever": one.ranked.retriever,
                    "figures": _figures_json(one.figures, self.k),
                    "unembedded": one.ranked.unembedded,
                }
                for one in self.evaluated
            ],
            "unfindable": self.unfindable,
            "seconds": round(self.seconds, 2),
        }

    def in_words(self) -> str:
        """Return the figures as lines for people."""
        lines = []
        for one in self.evaluated:
            lines.append(one.ranked.retriever)
            lines += [f"  {name:<12}{_in_words(figure)}" for name, figure in one.figures.items()]
        return "\n".join(lines)


@needs(Role.RESEARCHER)
def evaluate(
    project: Project,
    truth: Truth,
    retrievers: Sequence[str] = (),
    k: int = DEFAULT_K,
    progress: Progress = lambda retriever, done, total: None,
) -> Evaluation:
    """Search every question with each retriever and measure what was found.

    Args:
        project: Where to search.
        truth: What is known to be relevant.
        retrievers: As in the setting, which is used when there are none; one named twice counts once.
        k: How many of the first places are looked at, 1 to 100.
        progress: Told after each search.

    Raises:
        SearchError: A retriever is unknown, or the corpus is empty.
        EncoderError: The encoder cannot be opened or does not answer.
    """
    started = time.monotonic()
    settings = dict.fromkeys(str(parse_retriever(one)) for one in retrievers or [project.settings.retriever])
    total = len(settings) * len(truth.questions)
    evaluated = []
    for place, retriever in enumerate(settings):
        tell = _telling(progress, retriever, place * len(truth.questions), total)
        ranked = rank_all(project, retriever, truth.questions, k, tell)
        evaluated.append(measure_ranked(truth, ranked, k))
    is_encoded = any(parse_retriever(one).dense for one in settings)
    encoder = project.encoder_choice.setting if is_encoded else ""
    return Evaluation(
        truth, k, encoder, tuple(evaluated), unfindable(project, truth), time.monotonic() - started
    )


def measure_ranked(truth: Truth, ranked: Ranked, k: int = DEFAULT_K) -> Evaluated:
    """Measure what a retriever found, or what a run stored, without searching again.

    Raises:
        NotFound: None of the questions that something is known of was asked.
    """
    measured = measure(truth.grades, ranked.rankings, k=k, relevant_from=truth.relevant_from)
    if not measured.questions:
        raise NotFound(
            N_(
                "None of the {count} questions with grades was answered by this run. "
                "Choose another run, or a retriever."
            ),
            count=len(truth.questions),
        )
    figures = {name: mean_interval(values) for name, values in measured.values.items()}
    return Evaluated(ranked, measured, figures)


@needs(Role.RESEARCHER)
def unfindable(project: Project, truth: Truth) -> int:
    """Return how many relevant segments no search can find now, such as those of former windows."""
    relevant = {
        segment
        for given in truth.grades.values()
        for segment, grade in given.items()
        if grade >= truth.relevant_from
    }
    return len(relevant.difference(project.segments.keys()[0].tolist()))


def _telling(progress: Progress, retriever: str, before: int, total: int) -> Callable[[int, int], None]:
    return lambda done, _total: progress(retriever, before + done, total)


def _figures_json(figures: Mapping[str, Estimate], k: int) -> dict[str, Any]:
    found = {name: figure.to_json() for name, figure in figures.items()}
    return {**found, f"hit@{k}": found[named(SUCCESS, k)]}


def _in_words(figure: Estimate) -> str:
    if figure.value != figure.value:
        return "undefined"
    interval = "" if figure.low != figure.low else f" [{figure.low:.3f}, {figure.high:.3f}]"
    return f"{figure.value:.3f}{interval} n = {figure.n}"
