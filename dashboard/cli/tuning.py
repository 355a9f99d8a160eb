"""The commands that make the encoder better from labels, and choose which one is used."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from dashboard.cli.base import Json, app, open_here, print_report
from dashboard.errors import N_, TuningError
from dashboard.progress import bar, say
from dashboard.retrieval.finetuning.course import Course
from dashboard.retrieval.finetuning.training import Stopped
from dashboard.services import encoders, tuning


@app.command()
def finetune(
    strategy: Annotated[
        str, typer.Option(help="adapter, last-layers, full, gradual or recommended.")
    ] = "recommended",
    layers: Annotated[int, typer.Option(min=0, help="For last-layers: how many; 0 for 2.")] = 0,
    grades: Annotated[str, typer.Option(help="people, or judge:NAME.")] = "",
    known_items: Annotated[
        str, typer.Option(help="titles or questions: whole lectures are what is looked for.")
    ] = "",
    seed: Annotated[int, typer.Option(min=0, help="Of the split and of all chance.")] = 0,
    epochs: Annotated[int, typer.Option(min=0, help="Passes at most; 0 for as many as usual.")] = 0,
    promote: Annotated[bool, typer.Option("--promote", help="Use the new encoder if it helped.")] = False,
    as_json: Json = False,
) -> None:
    """Make a better encoder from relevance grades. Stopped, it continues where it was."""
    if grades and known_items:
        raise TuningError(N_("Choose --grades or --known-items, not both."))
    plan = tuning.TuningPlan(strategy, layers, known_items or grades or "people", seed, epochs)
    with open_here() as project, bar() as progress, _stopping() as should_stop:
        try:
            outcome = tuning.tune(
                project,
                plan,
                progress,
                lambda one: progress("train", one.done, one.total, _figures(one.loss, one.course)),
                should_stop,
            )
        except Stopped:
            raise KeyboardInterrupt from None
        promoted = promote and outcome.helped
        if promoted and outcome.card:
            encoders.promote(project, outcome.card.encoder)
    if outcome.examples.left_out:
        say(
            f"{outcome.examples.left_out} unjudged segments that ranked high were not taken as irrelevant; "
            f"{outcome.examples.other_lectures} unjudged ones of other lectures were"
        )
    print_report(as_json, {**outcome.to_json(), "promoted": promoted}, _verdict(outcome, promoted))


@app.command("encoders")
def encoders_(
    promote: Annotated[str, typer.Option(help="Use this tuned encoder in place of its base.")] = "",
    go_back: Annotated[
        bool, typer.Option("--go-back", help="Use the encoder of the settings again.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List the tuned encoders, promote one, or go back."""
    with open_here() as project:
        if go_back:
            encoders.go_back(project)
        if promote:
            encoders.promote(project, promote)
        listed, choice = encoders.list_encoders(project), project.encoder_choice
    if choice.fault is not None:
        say(f"warning: {choice.fault}")
    report = {
        "used": choice.setting,
        "fault": str(choice.fault) if choice.fault else None,
        "encoders": [
            {
                "encoder": one.encoder,
                "used": one.is_used,
                "helped": bool(one.card and one.card.helped),
                "fault": str(one.fault) if one.fault else None,
                "card": dict(one.card.facts) if one.card else None,
            }
            for one in listed
        ],
    }
    print_report(as_json, report, "\n".join([f"used: {choice.setting}", *map(_line, listed)]))


@contextmanager
def _stopping() -> Iterator[Callable[[], bool]]:
    """Give a function that says whether Ctrl-C was pressed, which ends the step first; twice ends at once."""
    asked = threading.Event()

    def ask(_signal: int, _frame: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    former = signal.signal(signal.SIGINT, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, former)


def _figures(loss: float, course: Course) -> str:
    latest = course.epochs[-1].validation if course.epochs else course.before
    return f"loss {loss:.3f}, validation nDCG@10 {latest:.3f} (best {course.best_validation:.3f})"


def _verdict(outcome: tuning.Outcome, promoted: bool) -> str:
    course = outcome.course
    if outcome.card is None:
        return (
            f"it did not help: in {len(course.epochs)} epochs nDCG@10 on the validation questions was always "
            f"below the {course.before:.3f} of before; no encoder was made"
        )
    card = outcome.card
    lines = [
        f"{card.encoder}: nDCG@10 on {card.test} held-out questions {card.before.value:.3f} -> "
        f"{card.after.value:.3f}, difference {card.difference.value:+.3f} "
        f"[{card.difference.low:.3f}, {card.difference.high:.3f}]"
    ]
    if not card.helped:
        lines.append("it did not help: the interval of the difference is not above 0, so it is not promoted")
    elif promoted:
        lines.append(
            "promoted: searches use it from now on; python -m dashboard encoders --go-back undoes it"
        )
    else:
        lines.append(f"it helped; to use it: python -m dashboard encoders --promote {card.encoder}")
    return "\n".join(lines)


def _line(one: encoders.Listed) -> str:
    if one.card is None:
        return f"BAD {one.encoder}: {one.fault}"
    card = one.card
    return (
        f"{'use' if one.is_used else '   '} {one.encoder}: nDCG@10 {card.before.value:.3f} -> "
        f"{card.after.value:.3f}, {card.difference.value:+.3f} "
        f"[{card.difference.low:.3f}, {card.difference.high:.3f}]{'' if card.helped else ', did not help'}"
    )
