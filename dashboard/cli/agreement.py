"""The command `agreement`: every figure of a project, or of a plain table without a database."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from dashboard.cli.base import Json, app, open_here, print_report
from dashboard.services import figures
from dashboard.services.agreement import CATEGORIES, DEFAULT, Method


@app.command()
def agreement(
    judge: Annotated[
        str, typer.Option(help="Name of the judge; without it the one with most judgements.")
    ] = "",
    annotator: Annotated[str, typer.Option(help="One person; all without it.")] = "",
    phase: Annotated[str, typer.Option(help="blind, revealed or any; blind without it.")] = "",
    other_judge: Annotated[str, typer.Option(help="A judge to compare with.")] = "",
    labels: Annotated[
        Path | None,
        typer.Option(help="CSV with the columns item, rater, label (and score) instead of the project."),
    ] = None,
    categories: Annotated[
        str, typer.Option(help="Labels of that file, lowest first, parted by commas.")
    ] = ",".join(CATEGORIES),
    epsilon: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="0.2 for experts, 0.15 skilled people, 0.1 a crowd.")
    ] = DEFAULT.epsilon,
    alt_score: Annotated[
        Literal["accuracy", "neg_rmse"],
        typer.Option(help="How the alternative-annotator test measures closeness."),
    ] = DEFAULT.alt_score,
    resamples: Annotated[int, typer.Option(min=100, max=1_000_000, help="Bootstrap resamples.")] = (
        DEFAULT.resamples
    ),
    seed: Annotated[int, typer.Option(min=0, help="Seed of the bootstrap.")] = DEFAULT.seed,
    as_json: Json = False,
) -> None:
    """Say how far judge and people agree."""
    method = Method(epsilon, alt_score, resamples, seed)
    if labels is None:
        with open_here() as project:
            found = figures.of_project(project, judge, annotator, phase or "blind", other_judge, method)
    else:
        if not judge:
            raise typer.BadParameter("--labels needs --judge, the rater who is the judge.")
        if phase:
            raise typer.BadParameter("--labels has no phases; leave out --phase.")
        names = tuple(name.strip() for name in categories.split(","))
        found = figures.of_table(labels, judge, names, annotator, other_judge, method)
    print_report(as_json, found, figures.in_words(found))
