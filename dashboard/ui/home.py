"""The parts of the home page."""

import streamlit as st

from dashboard.agreement.figure import Figure
from dashboard.roles import Role
from dashboard.services import agreement
from dashboard.services.campaigns import campaigns_of
from dashboard.services.narrowing import Choice
from dashboard.services.overview import Overview, overview
from dashboard.services.progress import own_progress
from dashboard.services.project import Project
from dashboard.ui.agreement.choice import get_report
from dashboard.ui.agreement.figures import figure_text, reason_text
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, number, percent
from dashboard.ui.judge_names import judge_name
from dashboard.ui.resources import get_project
from dashboard.ui.text import plain


def draw_welcome() -> None:
    """Say what this is for."""
    st.title("Veredito")
    st.markdown(_("How good is question answering over your lectures, really?"))


def sees_all(visit: Visit) -> bool:
    """Return whether the person may see the whole project, and not only their own work."""
    return visit.role.covers(Role.RESEARCHER)


def draw_project(visit: Visit) -> None:
    """Draw how far the project is, its headline agreement, and the ways onward."""
    _draw_progress(visit)
    _draw_headline(visit.project)
    _draw_next_steps()


def draw_own_work(visit: Visit) -> None:
    """Draw the campaigns that a person is in, with how far they are and the way to go on."""
    campaigns = campaigns_of(visit.project, visit.annotator)
    if not campaigns:
        st.info(
            _("You are in no running campaign. A researcher can add you to one; it then appears here."),
            icon=":material/inbox:",
        )
    for campaign in campaigns:
        own = own_progress(visit.project, campaign.campaign_id, visit.annotator)
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(campaign.name)}**", width="stretch")
            st.caption(
                _("{done} done, {left} left").format(done=number(own.done), left=number(own.left)),
                width="content",
            )
            st.page_link(
                "pages/annotate.py",
                label=_("Label answers"),
                icon=":material/edit_note:",
                query_params={"campaign": str(campaign.campaign_id)},
            )


def _draw_progress(visit: Visit) -> None:
    now = _overview(visit.project.store.revision())
    with st.container(horizontal=True):
        st.metric(_("Lectures"), number(now.videos), border=True)
        st.metric(_("Questions"), number(now.questions), border=True)
        st.metric(_("Answers"), number(now.answers), border=True)
        st.metric(_("Labelled by people"), _share(now.labelled, now.answers), border=True)
        st.metric(_("Judged"), _share(now.judged, now.answers), border=True)


def _draw_headline(project: Project) -> None:
    judge = agreement.find_judge(project)
    if judge is None:
        return
    report = get_report(Choice(judge.judge_id), project.store.revision())
    with st.container(border=True):
        st.markdown("**" + _("Judge against people") + f"** · {plain(judge_name(judge.config))}")
        st.markdown(
            _("Linear-weighted kappa {kappa}, percent agreement {percent}, n = {n}").format(
                kappa=_bold(report.kappa_linear, in_percent=False),
                percent=_bold(report.percent, in_percent=True),
                n=number(report.n),
            )
        )
        if reason := reason_text(report.kappa_linear):
            st.caption(reason)
        st.page_link("pages/agreement.py", label=_("See all figures"), icon=":material/balance:")


def _draw_next_steps() -> None:
    steps = (
        ("pages/ask.py", _("Ask a question"), ":material/forum:", _("See the evidence and play it.")),
        (
            "pages/annotate.py",
            _("Label answers"),
            ":material/edit_note:",
            _("Keys 1, 2 and 3; the judge stays hidden."),
        ),
        (
            "pages/explore.py",
            _("Look through answers"),
            ":material/table_view:",
            _("Filter, compare, share links."),
        ),
        (
            "pages/corpus.py",
            _("Take lectures in"),
            ":material/video_library:",
            _("Captions become segments."),
        ),
    )
    for column, (script, title, icon, text) in zip(st.columns(len(steps)), steps, strict=True):
        with column, st.container(border=True):
            st.page_link(script, label=f"**{title}**", icon=icon)
            st.caption(text)


def _bold(figure: Figure, *, in_percent: bool) -> str:
    return f"**{figure_text(figure, in_percent=in_percent)}**"


def _share(part: int, whole: int) -> str:
    return f"{number(part)} ({percent(part / whole)})" if whole else number(part)


@st.cache_data(max_entries=4, show_spinner=False)
def _overview(revision: int) -> Overview:
    return overview(get_project())
