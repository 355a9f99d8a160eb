"""The judging jobs: how far each is, what it costs, and the ways to stop it and let it go on."""

import streamlit as st

from dashboard.jobs import JobLimits, JobState
from dashboard.services.judges import is_local
from dashboard.services.judging import (
    JobProgress,
    continue_job,
    count_unscored,
    job_progress,
    list_progress,
    retry_unscored,
    stop_job,
)
from dashboard.ui.actions import guarded
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, moment, ngettext, number, retold, span
from dashboard.ui.judge import JOBS, NEW, open_part
from dashboard.ui.judge_limits import draw_limits
from dashboard.ui.judge_names import judge_name
from dashboard.ui.navigation import number_in_address
from dashboard.ui.resources import get_workers
from dashboard.ui.text import plain

SHOWN_JOBS = 20
REFRESH_SECONDS = 2


def draw_jobs(visit: Visit) -> None:
    """Draw the job that the address names, or the newest ones; those that run are kept up to date."""
    job_id = number_in_address("job")
    if job_id is not None:
        st.button(
            _("All jobs"),
            icon=":material/arrow_back:",
            type="tertiary",
            on_click=open_part,
            args=(JOBS,),
            key="judge.all-jobs",
        )
        one = job_progress(visit.project, job_id)
        if one is None:
            st.warning(_("There is no such job."), icon=":material/search_off:")
        found = [one] if one else []
    else:
        found = list_progress(visit.project, SHOWN_JOBS)
        if not found:
            _draw_empty()
    unscored = count_unscored(visit.project, list({one.job.judge.judge_id for one in found}))
    running = [one.job.job_id for one in found if _is_moving(one)]
    if running:
        st.fragment(_draw_running, run_every=REFRESH_SECONDS)(visit, running)
    busy = {one.job.judge.judge_id for one in found if _is_moving(one)}
    seen: set[int] = set()
    for one in found:
        judge_id = one.job.judge.judge_id
        if not _is_moving(one):
            left = 0 if judge_id in busy | seen else unscored.get(judge_id, 0)
            _draw_ended(visit, one, left)
        seen.add(judge_id)
    if job_id is None and len(found) == SHOWN_JOBS:
        st.caption(_("Older jobs are not listed."))
    if job_id is not None and found:
        _draw_facts(found[0])


def _draw_empty() -> None:
    st.info(
        _("Nothing was judged here yet. A job lets a judge look at many answers, and outlives this page."),
        icon=":material/smart_toy:",
    )
    st.button(
        _("New job"),
        icon=":material/add:",
        type="primary",
        on_click=open_part,
        args=(NEW,),
        key="judge.first-job",
    )


def _draw_running(visit: Visit, job_ids: list[int]) -> None:
    """Draw the jobs that run; once one has ended the whole page is drawn anew."""
    found = [one for job_id in job_ids if (one := job_progress(visit.project, job_id))]
    for one in found:
        if not _is_moving(one):
            st.rerun()
    for one in found:
        with st.container(border=True, gap="xsmall"):
            _draw_head(one)
            st.button(
                _("Stop"),
                icon=":material/stop:",
                disabled=one.job.state is not JobState.RUNNING,
                on_click=guarded(stop_job),
                args=(visit.project, one.job.job_id),
                key=f"judge.stop-{one.job.job_id}",
                help=_("What is being judged now is judged to its end; the job can be continued."),
            )


def _is_moving(one: JobProgress) -> bool:
    """Return whether a job's figures still change: it runs, or ends what it had begun when it was stopped."""
    return one.job.state is JobState.RUNNING or (one.job.state is JobState.STOPPED and one.job.is_driven)


def _draw_ended(visit: Visit, one: JobProgress, unscored: int) -> None:
    job = one.job
    with st.container(border=True, gap="xsmall"):
        _draw_head(one)
        if job.note:
            st.caption(":material/error: " + plain(retold(job.note)))
        if job.state is JobState.DONE and not unscored:
            return
        with st.container(horizontal=True):
            if job.state is not JobState.DONE:
                _draw_continue(visit, one)
            if unscored and st.button(
                ngettext("Retry {count} unscored", "Retry {count} unscored", unscored),
                icon=":material/replay:",
                key=f"judge.retry-{job.job_id}",
            ):
                _drive(retry_unscored(visit.project, job.judge.config, job.limits, visit.annotator))


def _draw_continue(visit: Visit, one: JobProgress) -> None:
    job = one.job
    with st.popover(_("Continue"), icon=":material/play_arrow:", key=f"judge.continue-{job.job_id}"):
        if job.state is JobState.EXHAUSTED:
            st.caption(_("The budget is spent. Raise it, or empty the box for no limit."))
        limits = job.limits
        if not is_local(job.judge.config):
            limits = draw_limits(
                visit.project.settings, job.judge.config.model, f"judge.limits-{job.job_id}", limits
            )
        if st.button(
            _("Go on under these limits"),
            type="primary",
            icon=":material/play_arrow:",
            key=f"judge.go-on-{job.job_id}",
        ):
            continue_job(visit.project, job.job_id, limits)
            _drive(job.job_id)


def _drive(job_id: int) -> None:
    get_workers().ensure(job_id)
    if number_in_address("job") is not None:
        open_part(JOBS, job=job_id)
    st.rerun()


def _draw_head(one: JobProgress) -> None:
    job, counts = one.job, one.counts
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch"):
            st.button(
                f"**{plain(judge_name(job.judge.config))}**",
                key=f"open-job-{job.job_id}",
                type="tertiary",
                on_click=open_part,
                args=(JOBS,),
                kwargs={"job": job.job_id},
            )
        st.markdown(_state(one), width="content")
    st.progress(
        counts.ended / counts.total if counts.total else 1.0,
        text=_("{done} of {total} answers").format(done=number(counts.ended), total=number(counts.total)),
    )
    st.markdown(" · ".join(_figures(one)))
    begun = _("begun by {name}, {moment}") if job.created_by else _("begun {moment}")
    st.caption(
        " · ".join(
            (
                _("job {number}").format(number=job.job_id),
                begun.format(name=plain(job.created_by), moment=moment(job.created_at)),
                *([_("ended {moment}").format(moment=moment(job.ended_at))] if job.ended_at else []),
            )
        )
    )


def _state(one: JobProgress) -> str:
    colour, text = {
        JobState.RUNNING: ("green", _("running")),
        JobState.STOPPED: ("gray", _("stopped")),
        JobState.EXHAUSTED: ("orange", _("budget spent")),
        JobState.FAILED: ("red", _("failed")),
        JobState.DONE: ("blue", _("done")),
    }[one.job.state]
    if one.job.state is JobState.RUNNING and not one.job.is_driven:
        text = _("waiting for a worker")
    elif one.job.state is JobState.STOPPED and one.job.is_driven:
        text = _("being stopped")
    return f":{colour}-badge[{text}]"


def _figures(one: JobProgress) -> list[str]:
    counts = one.counts
    figures = [_("{count} judged").format(count=number(counts.judged))]
    if counts.unscored:
        figures.append(_("{count} unscored").format(count=number(counts.unscored)))
    if counts.cached:
        figures.append(_("{count} from stored replies").format(count=number(counts.cached)))
    if not is_local(one.job.judge.config):
        figures.append(ngettext("{count} token", "{count} tokens", counts.tokens))
    if one.cost is not None and not is_local(one.job.judge.config):
        figures.append(_("cost {cost}").format(cost=cost_text(one.cost)))
        if one.expected_cost is not None and counts.waiting:
            figures.append(_("about {cost} in the end").format(cost=cost_text(one.expected_cost)))
    if one.job.state is JobState.RUNNING and one.rate:
        figures.append(_("{rate} answers a minute").format(rate=number(one.rate * 60)))
        if one.seconds_left is not None and counts.waiting:
            figures.append(_("{time} left").format(time=span(one.seconds_left)))
    return figures


def cost_text(cost: float) -> str:
    """Return an amount of money, small ones with more digits."""
    return number(cost, 2 if cost >= 1 or not cost else 4)


def _draw_facts(one: JobProgress) -> None:
    config, limits = one.job.judge.config, one.job.limits
    facts = {
        _("Rubric"): config.rubric,
        _("Prompt version"): config.prompt_version,
        _("Model"): config.model,
        **({} if is_local(config) else _limits(limits)),
    }
    st.markdown("  \n".join(f"**{name}**: {plain(value)}" for name, value in facts.items() if value))


def _limits(limits: JobLimits) -> dict[str, str]:
    figures = {
        _("Answers at the same time"): limits.concurrency,
        _("Requests a minute"): limits.requests_a_minute,
        _("Tokens a minute"): limits.tokens_a_minute,
        _("Budget in tokens"): limits.budget_tokens,
    }
    texts = {name: _("no limit") if value is None else number(value) for name, value in figures.items()}
    if limits.budget_money is not None:
        texts[_("Budget in money")] = cost_text(limits.budget_money)
    return texts
