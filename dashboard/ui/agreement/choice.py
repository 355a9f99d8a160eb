"""What is compared: the choice in the address, and the figures for it, computed once for each revision."""

from dataclasses import dataclass, replace

import streamlit as st

from dashboard.agreement.result import AgreementReport
from dashboard.models import Judge, Run
from dashboard.services import agreement
from dashboard.services.agreement import SideBySide
from dashboard.services.browsing import choices
from dashboard.services.narrowing import Choice, known_campaigns, labels_of
from dashboard.services.project import Project
from dashboard.ui.addressed import choose
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _
from dashboard.ui.judge_names import judge_title
from dashboard.ui.resources import get_project
from dashboard.ui.runs import run_texts


@dataclass(frozen=True, slots=True)
class Offered:
    """What there is to choose from."""

    judges: dict[int, Judge]
    annotators: list[str]
    campaigns: dict[int, str]
    runs: dict[int, Run]
    tags: list[str]


@dataclass(frozen=True, slots=True)
class Laboratory:
    """One run of the page: who looks, at what, and at which revision of the store."""

    visit: Visit
    offered: Offered
    choice: Choice
    revision: int

    @property
    def project(self) -> Project:
        """The project."""
        return self.visit.project

    @property
    def judge(self) -> Judge:
        """The judge that was chosen."""
        assert self.choice.judge_id is not None
        return self.offered.judges[self.choice.judge_id]

    @property
    def labels(self) -> SideBySide:
        """Both sides' labels."""
        return get_labels(self.choice, self.revision)

    @property
    def report(self) -> AgreementReport:
        """The judge against people."""
        return get_report(self.choice, self.revision)

    @property
    def ceiling(self) -> AgreementReport:
        """People against people on the same answers, whoever of them was chosen."""
        return get_ceiling(replace(self.choice, annotator="", judge_id=None), self.revision)


def open_laboratory(visit: Visit) -> Laboratory | None:
    """Draw the choice; None when there is no judge."""
    revision = visit.project.store.revision()
    offered = _offered(revision)
    if not offered.judges:
        return None
    return Laboratory(visit, offered, _draw_choice(offered), revision)


def _draw_choice(offered: Offered) -> Choice:
    judges = {str(judge_id): judge_title(judge) for judge_id, judge in offered.judges.items()}
    phases = {
        "blind": _("Blind labels"),
        "revealed": _("Labels given with the judge visible"),
        "any": _("Newest labels"),
    }
    campaigns = {str(campaign_id): name for campaign_id, name in offered.campaigns.items()}
    runs = {str(run_id): f"{run_id} · {text}" for run_id, text in run_texts(offered.runs).items()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        judge = choose(_("Judge"), "judge", list(judges), judges.__getitem__, width=270)
        annotator = choose(
            _("Annotator"),
            "annotator",
            offered.annotators,
            width=240,
            nothing=_("all: agreed label, else majority"),
        )
        phase = choose(_("Phase"), "phase", list(phases), phases.__getitem__, width=160)
        campaign = ""
        if campaigns:
            campaign = choose(
                _("Campaign"),
                "campaign",
                list(campaigns),
                campaigns.__getitem__,
                width=140,
                nothing=_("any"),
            )
        run = choose(_("Run"), "run", list(runs), runs.__getitem__, width=140, nothing=_("any"))
        tag = choose(_("Tag"), "tag", offered.tags, width=140, nothing=_("any"))
    return Choice(
        int(judge),
        annotator,
        "" if phase == "any" else phase,
        int(campaign) if campaign else None,
        int(run) if run else None,
        tag,
    )


def choice_in_words(lab: Laboratory) -> list[str]:
    """Return what is compared, as plain texts for what is published."""
    choice = lab.choice
    phases = {"blind": _("blind labels only"), "revealed": _("only labels given with the judge visible")}
    parts = [
        _("judge: {judge}").format(judge=judge_title(lab.judge)),
        _("people: {name}").format(name=choice.annotator)
        if choice.annotator
        else _("people: agreed label, else majority"),
        phases.get(choice.phase, _("the newest label of any phase")),
    ]
    if choice.campaign_id is not None:
        parts.append(_("campaign: {name}").format(name=lab.offered.campaigns[choice.campaign_id]))
    if choice.run_id is not None:
        parts.append(_("run: {name}").format(name=run_texts(lab.offered.runs)[choice.run_id]))
    if choice.tag:
        parts.append(_("tag: {name}").format(name=choice.tag))
    return parts


@st.cache_data(max_entries=2, show_spinner=False)
def _offered(revision: int) -> Offered:
    project = get_project()
    found = choices(project)
    return Offered(
        judges={judge.judge_id: judge for judge, _count in agreement.list_judges(project)},
        annotators=found.annotators,
        campaigns=known_campaigns(project),
        runs=found.runs,
        tags=found.tags,
    )


@st.cache_data(max_entries=16, show_spinner=False)
def get_labels(choice: Choice, revision: int) -> SideBySide:
    """Return both sides' labels, read again only after something was written."""
    return labels_of(get_project(), choice)


@st.cache_data(max_entries=32, show_spinner=False)
def get_report(choice: Choice, revision: int) -> AgreementReport:
    """Return the judge's agreement with people, computed again only after something was written."""
    return agreement.judge_agreement(get_labels(choice, revision))


@st.cache_data(max_entries=32, show_spinner=False)
def get_ceiling(choice: Choice, revision: int) -> AgreementReport:
    """Return people's agreement among themselves, computed again only after something was written."""
    return agreement.human_agreement(get_labels(choice, revision))
