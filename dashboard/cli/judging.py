"""The command of judges."""

from typing import Annotated

import typer

from dashboard.cli.base import Json, app, open_here, print_report
from dashboard.jobs import JobLimits
from dashboard.progress import bar, say
from dashboard.services import judging_run
from dashboard.store import jobs


@app.command()
def judge(
    name: Annotated[
        str,
        typer.Option(
            "--judge",
            help="A judge's name, or a rubric: answer-relevance, correctness, groundedness, "
            "context-relevance. Without it the judge of the settings.",
        ),
    ] = "",
    concurrency: Annotated[int, typer.Option(min=1, max=64, help="Answers judged at the same time.")] = 8,
    requests_a_minute: Annotated[int | None, typer.Option(min=1, help="Requests in any minute.")] = None,
    tokens_a_minute: Annotated[int | None, typer.Option(min=1, help="Tokens in any minute.")] = None,
    budget_tokens: Annotated[int | None, typer.Option(min=1, help="Tokens of the whole job.")] = None,
    budget_money: Annotated[
        float | None, typer.Option(min=0, help="Money of the whole job, by VEREDITO_PRICES.")
    ] = None,
    retry_unscored: Annotated[
        bool, typer.Option("--retry-unscored", help="Judge only what is unscored, again.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Judge every answer that the judge has not judged. Stopped, it continues where it was."""
    limits = JobLimits(concurrency, requests_a_minute, tokens_a_minute, budget_tokens, budget_money)
    with open_here() as project, bar() as progress:
        if not (name or project.settings.judge_model):
            say("VEREDITO_JUDGE_MODEL names no model: the baseline judges, which is no language model")
        report = judging_run.judge_all(
            project,
            name,
            limits,
            is_retry=retry_unscored,
            progress=lambda done, total, note: progress("judge", done, total, note) if total else None,
            calibrating=lambda done, total: progress("compare", done, total) if total else None,
            queueing=lambda: say(
                "another process drives this job, or was killed: "
                f"this one goes on when that ends, or {jobs.LEASE.seconds} s after its last sign of life"
            ),
        )
    if not (report.judged or report.unscored or report.waiting):
        say(
            "nothing is unscored that could be judged again"
            if retry_unscored
            else "this judge has judged every answer already"
        )
    if report.waiting:
        say(f"the budget is used up; {report.waiting} answers wait, the same command with more continues")
    if report.unscored:
        say(f"{report.unscored} answers are unscored; --retry-unscored judges them again")
    print_report(
        as_json,
        report.to_json(),
        f"{report.judge}: {report.judged} judged, {report.unscored} unscored, {report.cached} from stored "
        f"replies, {report.tokens} tokens, {report.seconds:.1f} s",
    )
