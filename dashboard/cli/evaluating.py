"""The command `evaluate`: how well retrievers rank."""

from typing import Annotated, Literal

import typer

from dashboard.cli.base import Json, app, open_here, print_report
from dashboard.progress import bar, say
from dashboard.services import asking, evaluating
from dashboard.services.truth import PEOPLE, find_truth


@app.command()
def evaluate(
    known_items: Annotated[
        Literal["titles", "questions"] | None,
        typer.Option(
            help="Questions whose lecture is known, instead of grades: the lectures' own titles, or "
            "stored questions with a tag lecture:ID."
        ),
    ] = None,
    grades: Annotated[
        str, typer.Option(help="Whose relevance grades: people, or judge:NAME. People's without it.")
    ] = "",
    retriever: Annotated[
        list[str] | None,
        typer.Option(help="dense, lexical or hybrid, each with +rerank:MODEL; may be given several times."),
    ] = None,
    k: Annotated[int, typer.Option("--k", min=1, max=100, help="How many first places count.")] = (
        asking.DEFAULT_K
    ),
    as_json: Json = False,
) -> None:
    """Measure retrievers: nDCG, MRR, P, recall, success and judged, with intervals over the questions."""
    if known_items and grades:
        raise typer.BadParameter("--known-items takes the place of --grades; leave one of them out.")
    with open_here() as project, bar() as progress:
        truth = find_truth(project, known_items or grades or PEOPLE)
        found = evaluating.evaluate(
            project,
            truth,
            retriever or (),
            k,
            lambda name, done, total: progress("search", done, total, name),
        )
    unembedded = max(one.ranked.unembedded for one in found.evaluated)
    if unembedded:
        say(f"warning: {unembedded} segments have no vector yet; run ingest again")
    if found.unfindable:
        say(
            f"warning: {found.unfindable} relevant segments are no longer searched, as after an ingest with "
            "other windows; they count as missed"
        )
    print_report(as_json, found.to_json(), found.in_words())
