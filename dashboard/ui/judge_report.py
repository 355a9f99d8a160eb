"""What the judges cost and how they behave, side by side, one closely, and two versions compared."""

from collections.abc import Sequence

import streamlit as st

from dashboard.labels import FIRST_KEY_IS_BEST, ORDERED
from dashboard.models import Judge
from dashboard.services.agreement import list_judges
from dashboard.services.judge_report import (
    Changes,
    JudgeReport,
    changes,
    judge_report,
    suspicious_answers,
)
from dashboard.services.judges import is_local
from dashboard.ui.addressed import choose
from dashboard.ui.charts import draw_distributions
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, ngettext, number, percent
from dashboard.ui.judge import IMPORT, NEW, open_part
from dashboard.ui.judge_jobs import cost_text
from dashboard.ui.judge_names import judge_name, judge_title
from dashboard.ui.labels import badge
from dashboard.ui.resources import get_project
from dashboard.ui.text import plain
from dashboard.ui.verdict_details import suspicion_text, unscored_text

SHOWN_JUDGES = 30
SHOWN_SUSPICIOUS = 50
DASH = "–"


def draw_judges(visit: Visit) -> None:
    """Draw every judge side by side, then one of them closely, then what changed from one to another."""
    judges = {str(judge.judge_id): judge for judge, _count in list_judges(visit.project)[:SHOWN_JUDGES]}
    if not judges:
        _draw_empty()
        return
    titles = {key: judge_title(judge) for key, judge in judges.items()}
    revision = visit.project.store.revision()
    reports = [_report(judge, revision) for judge in judges.values()]
    _draw_table(reports)
    if len(judges) == SHOWN_JUDGES:
        st.caption(_("Only the judges with most judgements are listed."))
    st.subheader(_("Labels"), anchor=False)
    draw_distributions([(judge_name(one.judge.config), one.labels, one.unscored) for one in reports])
    st.subheader(_("One judge closely"), anchor=False)
    chosen = choose(_("Judge"), "judge", list(judges), titles.__getitem__, width=520)
    _draw_one(visit, next(one for one in reports if str(one.judge.judge_id) == chosen))
    if len(judges) > 1:
        _draw_changes(visit, judges, titles)


@st.cache_data(max_entries=64, show_spinner=False)
def _report(judge: Judge, revision: int) -> JudgeReport:
    project = get_project()
    return judge_report(project, judge, project.settings.prices)


@st.cache_data(max_entries=64, show_spinner=False)
def _changes(before: Judge, after: Judge, revision: int) -> Changes:
    return changes(get_project(), before, after)


def _draw_empty() -> None:
    st.info(
        _("No judge has judged anything yet. Begin a job, or import judgements."), icon=":material/inbox:"
    )
    with st.container(horizontal=True):
        st.button(_("New job"), icon=":material/add:", on_click=open_part, args=(NEW,), key="judge.to-new")
        st.button(
            _("Import judgements"),
            icon=":material/upload:",
            on_click=open_part,
            args=(IMPORT,),
            key="judge.to-import",
        )


def _draw_table(reports: Sequence[JudgeReport]) -> None:
    with st.container(key="judges-table"):
        st.table([_row(one) for one in reports])


def _row(one: JudgeReport) -> dict[str, str]:
    asks = not is_local(one.judge.config) and one.judged > one.untold
    tokens = number(one.tokens_in + one.tokens_out) if asks else DASH
    return {
        _("Judge"): f"**{plain(judge_name(one.judge.config))}**",
        _("Judged"): number(one.judged - one.unscored),
        _("Unscored"): _share(one.unscored, one.judged),
        _("From stored replies"): number(one.cached),
        _("Tokens"): tokens,
        _("Money"): DASH if one.money is None or not asks else cost_text(one.money),
        _("Half within"): _seconds(one.p50_ms),
        _("95% within"): _seconds(one.p95_ms),
        _("Suspicious"): number(one.suspicious),
    }


def _share(part: int, whole: int) -> str:
    return f"{number(part)} ({percent(part / whole)})" if part else number(part)


def _seconds(milliseconds: float | None) -> str:
    if milliseconds is None:
        return DASH
    return _("{seconds} s").format(seconds=number(milliseconds / 1000, 1 if milliseconds >= 1000 else 2))


def _draw_one(visit: Visit, one: JudgeReport) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**" + _("Score by the answer's length") + "**")
        _draw_lengths(one)
    with right:
        st.markdown("**" + _("Why answers are unscored") + "**")
        if not one.unscored:
            st.caption(_("This judge scored every answer."))
        for reason, count in one.reasons.items():
            st.markdown(f"{number(count)} · {plain(unscored_text(reason))}")
        if one.untold and not is_local(one.judge.config):
            st.caption(
                ngettext(
                    "The tokens of {count} judgement are not known.",
                    "The tokens of {count} judgements are not known.",
                    one.untold,
                )
            )
    if one.suspicious:
        _draw_suspicious(visit, one)


def _draw_lengths(one: JudgeReport) -> None:
    if not one.lengths:
        st.caption(_("This judge scored no answer."))
        return
    st.table(
        [
            {
                _("Characters"): _("{low} to {high}").format(low=number(bin_.low), high=number(bin_.high)),
                _("Answers"): number(bin_.n),
                _("Mean score"): number(bin_.mean_score, 2),
            }
            for bin_ in one.lengths
        ]
    )
    if one.length_rho is not None:
        st.caption(
            _(
                "Rank correlation of length and score: {rho}. Longer answers may simply be better; a judge "
                "that prefers length shows a higher one than people do."
            ).format(rho=number(one.length_rho, 2))
        )


def _draw_suspicious(visit: Visit, one: JudgeReport) -> None:
    st.markdown("**" + _("Answers whose texts may try to sway the judge") + "**")
    for line, codes in suspicious_answers(visit.project, one.judge, SHOWN_SUSPICIOUS):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link(
                "pages/explore.py",
                label=f"**{line.number}.** {plain(line.question)}",
                query_params={"answer": str(line.answer_id)},
            )
            st.markdown(
                " ".join(f":orange-badge[{plain(suspicion_text(code))}]" for code in codes), width="content"
            )
    hidden = one.suspicious - SHOWN_SUSPICIOUS
    if hidden > 0:
        st.caption(ngettext("{count} more is not listed", "{count} more are not listed", hidden))


def _draw_changes(visit: Visit, judges: dict[str, Judge], titles: dict[str, str]) -> None:
    st.subheader(_("What changed on the same answers"), anchor=False)
    st.caption(
        _("Two versions of a rubric, or any two judges: what the second says where the first said this.")
    )
    first, second = likely_pair(list(judges.values()))
    with st.container(horizontal=True):
        before = choose(
            _("Before"), "before", _begin_with(judges, first.judge_id), titles.__getitem__, width=420
        )
        after = choose(
            _("After"), "after", _begin_with(judges, second.judge_id), titles.__getitem__, width=420
        )
    if before == after:
        st.info(_("Choose two different judges."), icon=":material/compare_arrows:")
        return
    found = _changes(judges[before], judges[after], visit.project.store.revision())
    if not found.n:
        st.info(_("No answer was judged by both."), icon=":material/compare_arrows:")
        return
    said = [ngettext("{count} answer judged by both", "{count} answers judged by both", found.n)]
    if found.changed is not None:
        said.append(_("{share} got another label").format(share=percent(found.changed, 1)))
    if found.mean_difference is not None:
        sign = "+" if found.mean_difference > 0 else ""
        said.append(
            _("the mean score changed by {difference}").format(
                difference=sign + number(found.mean_difference, 2)
            )
        )
    st.markdown(" · ".join(said))
    st.table(transition_rows(found))


def transition_rows(found: Changes) -> list[dict[str, str]]:
    """Return the table of changes, best label first, as Markdown; what stayed the same is in bold."""
    places = [*range(len(ORDERED))][::-1] + [len(ORDERED)]
    names = [*(badge(label) for label in FIRST_KEY_IS_BEST), badge("?")]
    corner = _("before, then after")
    rows = []
    for place, name in zip(places, names, strict=True):
        row = {corner: name}
        for other, title in zip(places, names, strict=True):
            count = number(found.table[place][other])
            row[title] = f"**{count}**" if place == other else count
        rows.append(row)
    return rows


def likely_pair(judges: Sequence[Judge]) -> tuple[Judge, Judge]:
    """Return the two judges that are most likely to be compared: newest versions of one rubric, in order."""
    newest = sorted(judges, key=lambda one: -one.judge_id)
    for place, after in enumerate(newest):
        for before in newest[place + 1 :]:
            same = (before.config.rubric, before.config.model) == (after.config.rubric, after.config.model)
            if same and before.config.prompt_version != after.config.prompt_version:
                return before, after
    return newest[1], newest[0]


def _begin_with(judges: dict[str, Judge], first: int) -> list[str]:
    return [str(first), *(key for key in judges if key != str(first))]
