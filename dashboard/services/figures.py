"""Every agreement figure as the command line prints it, of a project or of a plain table."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dashboard.agreement.labels_needed import HALF_WIDTH, labels_needed
from dashboard.agreement.table import MISSING
from dashboard.errors import N_, NotFound
from dashboard.models import Phase
from dashboard.roles import Role
from dashboard.services import agreement
from dashboard.services.access import needs
from dashboard.services.agreement import CATEGORIES, DEFAULT, Method, SideBySide
from dashboard.services.labels_file import read_labels
from dashboard.services.people import known_annotators
from dashboard.services.project import Project

PHASES = {"blind": Phase.BLIND, "revealed": Phase.REVEALED, "any": None}

Codes = npt.NDArray[np.int64]


@needs(Role.RESEARCHER)
def of_project(
    project: Project,
    judge: str = "",
    annotator: str = "",
    phase: str = "blind",
    other_judge: str = "",
    method: Method = DEFAULT,
) -> dict[str, Any]:
    """Return every figure of a project.

    Args:
        project: Where the labels are.
        judge: Name or number of the judge; empty for the one with most judgements.
        annotator: One person; empty for all.
        phase: `blind`, `revealed` or `any`.
        other_judge: Name or number of a judge to compare with; empty for none.
        method: How figures are computed.

    Raises:
        NotFound: There is no such judge, annotator or phase.
    """
    if phase not in PHASES:
        raise NotFound(
            N_("There is no phase {found}. Choose one of: {known}."), found=phase, known=", ".join(PHASES)
        )
    people = known_annotators(project)
    if annotator and not people:
        raise NotFound(N_("There is no annotator “{found}”: nobody has labelled yet."), found=annotator)
    if annotator and annotator not in people:
        raise NotFound(
            N_("There is no annotator “{found}”. Choose one of: {known}."),
            found=annotator,
            known=", ".join(people),
        )
    chosen = agreement.find_judge(project, judge)
    labels = agreement.side_by_side(project, chosen.judge_id if chosen else None, annotator, PHASES[phase])
    other = agreement.find_judge(project, other_judge) if other_judge else None
    return {
        "judge": chosen.config.name if chosen else None,
        "other_judge": other.config.name if other else None,
        "annotator": annotator or None,
        "phase": phase,
        **of_labels(labels, agreement.codes_of(project, labels, other.judge_id) if other else None, method),
    }


def of_table(
    path: Path,
    judge: str,
    categories: tuple[str, ...] = CATEGORIES,
    annotator: str = "",
    other_judge: str = "",
    method: Method = DEFAULT,
) -> dict[str, Any]:
    """Return every figure of a CSV file with the columns item, rater and label.

    Args:
        path: The file.
        judge: The rater who is the judge.
        categories: The labels, lowest first.
        annotator: One person; empty for all.
        other_judge: Another rater who is a judge, to compare with; empty for none.
        method: How figures are computed.

    Raises:
        RecordError: The file cannot be read, or a line is wrong.
        NotFound: There is no such rater.
    """
    labels, other = read_labels(path, judge, categories, annotator, other_judge)
    return {
        "judge": judge,
        "other_judge": other_judge or None,
        "annotator": annotator or None,
        "phase": None,
        **of_labels(labels, other, method),
    }


def of_labels(labels: SideBySide, other: Codes | None = None, method: Method = DEFAULT) -> dict[str, Any]:
    """Return every figure of labels side by side, and of another judge's codes if they are given."""
    report = agreement.judge_agreement(labels, method)
    found = report.to_json()
    return {
        **found,
        "counts": _counts(found["counts"], labels),
        "auc": agreement.score_area(labels).to_json(),
        "humans": agreement.human_agreement(labels, method).to_json(),
        "alt_test": agreement.alternative_annotator(labels, method).to_json(),
        "corrected_rate": agreement.corrected_share(labels).to_json(),
        "labels_needed": {
            "figure": "kappa_linear",
            "half_width": HALF_WIDTH,
            **labels_needed(report.kappa_linear).to_json(),
        },
        "cut_points": agreement.score_cuts(labels, method).to_json(),
        "comparison": None if other is None else agreement.judges_compared(labels, other, method).to_json(),
        "resamples": method.resamples,
        "seed": method.seed,
    }


def _counts(counts: Mapping[str, int], labels: SideBySide) -> dict[str, int]:
    """Return the counts with the ties, which people did label, apart from what only the judge labelled."""
    is_tied = (labels.ratings != MISSING).any(axis=1) & (labels.human == MISSING)
    judged = int((is_tied & (labels.judge != MISSING)).sum())
    return {**counts, "judge_only": counts["judge_only"] - judged, "tied": labels.tied}


def in_words(found: Mapping[str, Any]) -> str:
    """Return the main figures as lines of text."""
    names = ("percent", "kappa_linear", "kappa", "kappa_quadratic", "gwet_ac2_linear", "alpha_ordinal")
    estimates = ("human_only", "judge_only", "ppi", "rogan_gladen")
    phase = f", phase {found['phase']}" if found["phase"] else ""
    lines = [f"judge {found['judge'] or '-'}{phase}, n = {found['n']}"]
    lines += [_line(name, found[name]) for name in names]
    lines.append(_line("humans", found["humans"]["kappa_linear"]) + " (kappa_linear)")
    lines.append(f"share of {found['corrected_rate']['category']}:")
    lines += [_line(name, found["corrected_rate"][name]) for name in estimates]
    test = found["alt_test"]
    verdict = {True: "passed", False: "failed", None: "-"}[test["passed"]]
    lines.append(f"alternative-annotator test, epsilon {test['epsilon']}: {verdict}")
    lines += [_line(name, test[name]) for name in ("winning_rate", "advantage_probability")]
    needed = found["labels_needed"]
    more = "-" if needed["value"] is None else f"{needed['value']:.0f}"
    lines.append(f"labels needed for kappa_linear within {needed['half_width']}: {more}")
    return "\n".join(lines)


def _line(name: str, figure: Mapping[str, Any]) -> str:
    value, low, high = (
        "-" if figure[part] is None else f"{figure[part]:.3f}" for part in ("value", "low", "high")
    )
    return f"{name:<22} {value:>6}  [{low}, {high}]  {figure.get('reason', '')}".rstrip()
