"""The form from which a campaign is made."""

import random
from dataclasses import dataclass, replace

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard.campaigns import ORDER_TEXTS, NewCampaign
from dashboard.services.browsing import Choices, choices, count
from dashboard.services.campaigns import (
    LONGEST_NAME,
    MOST_LABELS,
    MOST_REPEATS,
    create_campaign,
    create_from_files,
)
from dashboard.store.browse import AnswerFilter
from dashboard.ui.browsing import filter_in_address, in_address, in_words
from dashboard.ui.campaigns import draw_way_back, open_campaign
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, ngettext, number
from dashboard.ui.record_files import ENDINGS, checked, draw_problems, on_disk
from dashboard.ui.runs import run_title
from dashboard.ui.written import draw_written

LONGEST_GUIDELINES = 50_000
LARGEST_SEED = 2**31 - 1

_SEED = "campaigns.seed"


@dataclass(frozen=True, slots=True)
class Source:
    """Where the answers come from: a filter, or uploaded files; and how many there are."""

    count: int
    chosen: AnswerFilter | None = None
    files: tuple[UploadedFile, ...] = ()


def draw_new(visit: Visit) -> None:
    """Draw the form, and make the campaign when that is asked for."""
    draw_way_back()
    st.title(_("New campaign"))
    if not visit.annotator:
        st.info(
            _("Choose or type your name in the menu: a campaign says who made it."), icon=":material/person:"
        )
        return
    left, right = st.columns(2, gap="large")
    with left:
        name = st.text_input(_("Name"), max_chars=LONGEST_NAME, key="campaigns.name")
        source = _draw_source(visit)
        st.subheader(_("People"))
        new = _draw_people(visit, NewCampaign(name))
    with right:
        st.subheader(_("Rules"))
        new = _draw_rules(new)
    new = replace(new, guidelines=draw_editor("campaigns.guidelines"))
    _draw_plan(source, new)
    if st.button(
        _("Create the campaign"), type="primary", icon=":material/check:", disabled=not source.count
    ):
        with st.spinner(_("The campaign is being made …")):
            campaign_id = _create(visit, new, source)
        open_campaign(campaign_id)
        st.rerun()


def draw_editor(key: str) -> str:
    """Draw a box for guidelines beside what they will look like, and return what is in it."""
    left, right = st.columns(2, gap="large")
    with left:
        written = st.text_area(
            _("Guidelines, in Markdown"),
            key=key,
            height=260,
            max_chars=LONGEST_GUIDELINES,
            placeholder=_("When is an answer correct, when partial, when incorrect? Give examples."),
        )
    with right:
        st.caption(_("Preview"))
        with st.container(border=True, height=260):
            if written:
                draw_written(written)
            else:
                st.caption(_("What you write appears here."))
    return str(written or "")


def _draw_source(visit: Visit) -> Source:
    offered = choices(visit.project)
    titles = {run_id: run_title(run) for run_id, run in offered.runs.items()}
    asked = filter_in_address()
    sources = {
        "filter": _("the filter from Explore"),
        "all": _("all answers"),
        "run": _("a run"),
        "tag": _("a tag"),
        "file": _("a file of records"),
    }
    if asked == AnswerFilter():
        del sources["filter"]
    source = st.selectbox(
        _("Answers from"), list(sources), format_func=sources.__getitem__, key="campaigns.source"
    )
    if source == "file":
        return _draw_files()
    if source == "filter":
        st.caption(in_words(asked, titles))
        st.page_link(
            "pages/explore.py",
            label=_("Change it in Explore"),
            icon=":material/table_view:",
            query_params=in_address(asked),
        )
        chosen = asked
    else:
        chosen = _draw_filter(source, offered, titles)
    found = Source(count(visit.project, chosen), chosen)
    _draw_count(found.count)
    return found


def _draw_filter(source: str, offered: Choices, titles: dict[int, str]) -> AnswerFilter:
    if source == "run" and titles:
        run_id = st.selectbox(
            _("Run"), list(titles), format_func=lambda key: f"{key} · {titles[key]}", key="campaigns.run"
        )
        return AnswerFilter(run_id=run_id)
    if source == "tag" and offered.tags:
        return AnswerFilter(tag=st.selectbox(_("Tag"), offered.tags, key="campaigns.tag"))
    if source == "tag":
        st.info(_("No question has a tag yet, so these are all answers."), icon=":material/info:")
    return AnswerFilter()


def _draw_files() -> Source:
    files = st.file_uploader(
        _("Files"),
        type=ENDINGS,
        accept_multiple_files=True,
        key="campaigns.files",
        help=_("Markdown, JSONL, CSV or Parquet. Nothing is stored before you create the campaign."),
    )
    if not files:
        return Source(0)
    with on_disk(files) as paths:
        report = checked(files, paths)
    draw_problems(report.problems)
    _draw_count(report.answers)
    if report.problems and report.answers:
        st.caption(_("Only the good records become part of the campaign."))
    return Source(report.answers, files=tuple(files))


def _draw_count(answers: int) -> None:
    st.markdown("**" + ngettext("{count} answer", "{count} answers", answers) + "**")


def _draw_people(visit: Visit, new: NewCampaign) -> NewCampaign:
    names = choices(visit.project).annotators
    labels = st.number_input(
        _("Independent labels for each answer"), 1, MOST_LABELS, 1, key="campaigns.labels"
    )
    members = st.multiselect(
        _("Who takes part"),
        names,
        accept_new_options=True,
        placeholder=_("whoever comes"),
        key="campaigns.members",
        help=_("Choose names or type new ones. Empty: whoever comes."),
    )
    is_assigned = st.toggle(
        _("Assign the answers evenly beforehand"),
        disabled=not members,
        key="campaigns.assigned",
        help=_("Each answer then waits for certain of these people, and every one of them gets as many."),
    )
    return replace(
        new,
        labels_per_answer=int(labels),
        members=tuple(members),
        is_assigned=bool(members) and is_assigned,
    )


def _draw_rules(new: NewCampaign) -> NewCampaign:
    is_blind = st.toggle(
        _("Blind"),
        True,
        key="campaigns.blind",
        help=_("Judges, other people, model and run stay hidden until a person has labelled the answer."),
    )
    orders = {order: _(text) for order, text in ORDER_TEXTS.items()}
    order = st.selectbox(_("Order"), [*orders], format_func=orders.__getitem__, key="campaigns.order")
    share = st.slider(
        _("Share of hidden repeats"),
        0,
        round(MOST_REPEATS * 100),
        0,
        5,
        format="%d%%",
        key="campaigns.repeats",
        help=_(
            "So many of a person's answers come a second time, unannounced, to see how steady labels are."
        ),
    )
    st.session_state.setdefault(_SEED, random.randrange(10**6))
    seed = st.number_input(
        _("Seed"),
        min_value=0,
        max_value=LARGEST_SEED,
        key=_SEED,
        help=_("The same seed gives the same random orders again."),
    )
    return replace(new, is_blind=is_blind, order=order, repeat_share=share / 100, seed=int(seed))


def _draw_plan(source: Source, new: NewCampaign) -> None:
    total = source.count * new.labels_per_answer
    answers = ngettext("{count} answer", "{count} answers", source.count)
    text = f"{answers}, " + ngettext("{count} label in all", "{count} labels in all", total)
    if new.is_assigned:
        text += ", " + _("about {each} for each person").format(each=number(total / len(set(new.members))))
    st.caption(text)


def _create(visit: Visit, new: NewCampaign, source: Source) -> int:
    if source.chosen is not None:
        return create_campaign(visit.project, new, visit.annotator, source.chosen)
    with on_disk(list(source.files)) as paths:
        return create_from_files(visit.project, new, visit.annotator, paths)
