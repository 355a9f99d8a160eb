"""The form from which a judging job is begun: who judges which answers within which limits."""

from collections.abc import Callable

import streamlit as st

from dashboard.errors import CalibrationError
from dashboard.jobs import JobLimits
from dashboard.judging.panel import Rule
from dashboard.models import JudgeConfig
from dashboard.services import baseline
from dashboard.services.agreement import list_judges
from dashboard.services.browsing import choices, count
from dashboard.services.ingest import Progress
from dashboard.services.judges import PANEL, model_config, panel_config
from dashboard.services.judging import count_waiting, start_job
from dashboard.services.rubrics import rubric_versions
from dashboard.services.task import Task
from dashboard.store.browse import AnswerFilter
from dashboard.ui.browsing import draw_filters
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, explain, ngettext, number
from dashboard.ui.judge import JOBS, open_part
from dashboard.ui.judge_limits import draw_limits
from dashboard.ui.judge_model import draw_model_choice
from dashboard.ui.judge_names import judge_name, rule_name
from dashboard.ui.judge_rubric import choose_rubric, version_title
from dashboard.ui.resources import get_workers
from dashboard.ui.runs import run_texts
from dashboard.ui.text import plain

MODEL, PANEL_KIND, BASELINE = "model", "panel", "baseline"
POLL_SECONDS = 0.3
_KIND, _TASK = "judge.kind", "judge.task"


def draw_new(visit: Visit) -> None:
    """Draw the form, and begin the job when that is asked for."""
    kind = _draw_kind()
    left, right = st.columns(2, gap="large")
    limits, config = JobLimits(), None
    with left:
        st.subheader(_("Judge"), anchor=False)
        if kind == MODEL:
            config = _draw_model(visit)
        elif kind == PANEL_KIND:
            config = _draw_panel(visit)
        else:
            _draw_baseline()
    with right:
        if kind == MODEL:
            st.subheader(_("Limits"), anchor=False)
            model = config.model if config else ""
            limits = draw_limits(visit.project.settings, model, "judge.new", limits)
    st.subheader(_("Answers"), anchor=False)
    offered = choices(visit.project)
    chosen = draw_filters(offered, run_texts(offered.runs))
    if kind == BASELINE:
        _draw_calibration(visit, chosen)
    else:
        _draw_start(visit, config, limits, chosen)


def _draw_kind() -> str:
    titles = {
        MODEL: _("Language model"),
        PANEL_KIND: _("Panel of judges"),
        BASELINE: _("Baseline, no language model"),
    }
    found = st.query_params.get("kind", "")
    st.session_state[_KIND] = found if found in titles else MODEL
    chosen = st.segmented_control(
        _("Who judges"),
        list(titles),
        required=True,
        format_func=titles.__getitem__,
        key=_KIND,
        on_change=_turn_to_kind,
    )
    return str(chosen)


def _turn_to_kind(kind: str = "") -> None:
    st.query_params["kind"] = kind or str(st.session_state[_KIND])


def _draw_model(visit: Visit) -> JudgeConfig | None:
    settings = visit.project.settings
    if not settings.judge_model:
        st.info(
            _(
                "VEREDITO_JUDGE_MODEL names no model. Name one here, or judge by the baseline, which needs "
                "neither a model nor a server."
            ),
            icon=":material/smart_toy:",
        )
        st.button(_("Use the baseline"), on_click=_turn_to_kind, args=(BASELINE,), key="judge.to-baseline")
    key = choose_rubric(visit)
    versions = {str(one.number): one for one in reversed(rubric_versions(visit.project, key))}
    titles = {place: version_title(one) for place, one in versions.items()}
    version = st.selectbox(
        _("Version"),
        list(versions),
        format_func=titles.__getitem__,
        key=f"judge.version-{key}",
    )
    choice = draw_model_choice(settings.judge_model, "judge.model")
    return model_config(versions[str(version)], choice) if choice.model.strip() else None


def _draw_panel(visit: Visit) -> JudgeConfig | None:
    judges = {
        judge.judge_id: (judge, judged)
        for judge, judged in list_judges(visit.project)
        if judge.config.rubric != PANEL
    }
    titles = {
        one: f"{judge_name(judge.config)} ({number(judged)})" for one, (judge, judged) in judges.items()
    }
    rules = {rule: rule_name(rule) for rule in Rule}
    st.caption(
        _(
            "A panel puts together what its judges have said of an answer, as a judge of its own. "
            "It asks nobody."
        )
    )
    chosen = st.multiselect(
        _("Members"),
        list(judges),
        format_func=titles.__getitem__,
        placeholder=_("two or more judges"),
        key="judge.members",
        help=_(
            "In brackets the answers that each has judged. A judge that left an answer unscored has no vote."
        ),
        persist_state="page",
    )
    rule = st.segmented_control(
        _("Rule"),
        list(Rule),
        default=Rule.MAJORITY,
        required=True,
        format_func=rules.__getitem__,
        key="judge.rule",
        persist_state="page",
    )
    texts = {
        Rule.MAJORITY: _("The label with more than half of the votes; without one the answer is unscored."),
        Rule.MEDIAN: _("The middle label from incorrect to correct; between two the lower one."),
    }
    st.caption(texts[Rule(str(rule))])
    name = st.text_input(
        _("Name"), key="judge.panel-name", max_chars=200, placeholder=_("made of its members")
    )
    members = [judges[one][0] for one in chosen]
    return panel_config(members, Rule(str(rule)), name) if len(members) > 1 else None


def _draw_baseline() -> None:
    st.markdown(
        _(
            "The baseline compares question, answer and segments by the encoder, and learns from the labels "
            "that people gave blind which similarity means which label. A judge worth its price agrees with "
            "people better than this."
        )
    )


def _draw_start(visit: Visit, config: JudgeConfig | None, limits: JobLimits, chosen: AnswerFilter) -> None:
    total = count(visit.project, chosen)
    waiting = count_waiting(visit.project, config, chosen) if config else total
    text = ngettext("{count} answer would be judged", "{count} answers would be judged", waiting)
    if waiting < total:
        text += " · " + _("{count} have a judgement of this judge already").format(
            count=number(total - waiting)
        )
    st.markdown(f"**{text}**")
    if config is None:
        st.caption(_("Choose who judges first."))
    if st.button(
        _("Start judging"),
        type="primary",
        icon=":material/play_arrow:",
        disabled=config is None or not waiting,
        key="judge.start",
    ):
        assert config is not None, "the button is closed without a judge"
        _go_on_with(start_job(visit.project, config, limits, chosen, visit.annotator))


def _go_on_with(job_id: int) -> None:
    get_workers().ensure(job_id)
    open_part(JOBS, job=job_id)
    st.rerun()


def _draw_calibration(visit: Visit, chosen: AnswerFilter) -> None:
    total = count(visit.project, chosen)
    st.markdown("**" + ngettext("{count} answer", "{count} answers", total) + "**")
    task: Task[int] | None = st.session_state.get(_TASK)
    if st.button(
        _("Calibrate and start"),
        type="primary",
        icon=":material/play_arrow:",
        disabled=not total or task is not None,
        key="judge.calibrate",
    ):
        task = st.session_state[_TASK] = Task(_calibration(visit, chosen))
    if task is not None:
        _follow(task)


def _calibration(visit: Visit, chosen: AnswerFilter) -> Callable[[Progress], int]:
    project, annotator, workers = visit.project, visit.annotator, get_workers()

    def work(progress: Progress) -> int:
        config = baseline.calibrate(project, lambda done, total: progress("", done, total))
        job_id = start_job(project, config, JobLimits(), chosen, annotator)
        workers.ensure(job_id)
        return job_id

    return work


def _follow(task: Task[int]) -> None:
    bar = st.progress(0.0, text=_("Comparing the labelled answers"))
    while not task.wait(POLL_SECONDS):
        share = task.done / task.total if task.total else 0.0
        bar.progress(
            share,
            text=_("Comparing the labelled answers") + f": {number(task.done)} / {number(task.total)}",
        )
    st.session_state[_TASK] = None
    bar.empty()
    try:
        job_id = task.result
    except CalibrationError as error:
        st.warning(plain(explain(error)), icon=":material/edit_note:")
        st.page_link("pages/annotate.py", label=_("Label answers"), icon=":material/edit_note:")
        return
    _go_on_with(job_id)
