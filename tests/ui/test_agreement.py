"""The page of agreement on small projects whose figures can be worked out by hand."""

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.campaigns import NewCampaign
from dashboard.config import load_settings
from dashboard.labels import Label
from dashboard.models import NewAnnotation, Phase
from dashboard.services import slicing
from dashboard.services.campaigns import create_campaign
from dashboard.services.narrowing import Choice, labels_of
from dashboard.services.project import Project
from dashboard.store.annotations import add_annotation
from dashboard.store.exposure import has_seen
from dashboard.store.store import Store
from tests.support import project as made
from tests.support.screen import errors, read

PAIRS = ("CC", "CC", "PP", "II", "CI", "CI")
"""People's and the judge's label of each answer."""


def answered(store: Store, pairs: tuple[str, ...] = PAIRS, annotator: str = "Bia") -> made.Project:
    """Store one answer a pair: the label of people, and the judge's, "?" for unscored, "-" for none."""
    project = made.a_project(store, answers_wanted=len(pairs))
    for answer_id, (human, judge) in zip(project.answer_ids, pairs, strict=True):
        if human != "-":
            made.label(store, answer_id, human, annotator)
        if judge != "-":
            made.judge(store, answer_id, None if judge == "?" else judge)
    return project


def metrics(app: AppTest) -> dict[str, str]:
    return {one.label: one.value for one in app.metric}


def chart_texts(app: AppTest) -> str:
    """Return what stands in the charts, each text on a line of its own."""
    found = []
    for chart in app.get("plotly_chart"):
        figure = json.loads(chart.proto.spec)
        found += [str(one.get("text", "")) for one in figure["layout"].get("annotations", [])]
        found += [str(text) for trace in figure["data"] for text in trace.get("text", [])]
    return "\n".join(found)


def links(app: AppTest) -> list[str]:
    """Return the answers to which the page leads, by the address."""
    return [str(link.proto.query_string) for link in app.get("page_link") if "answer=" in str(link.proto)]


def test_the_headline_is_the_kappa_of_the_table(visit: Callable[..., AppTest], own_store: Store) -> None:
    answered(own_store)
    app = visit("agreement", lang="en")
    assert errors(app) == []
    # Four of six are equal. Mean distance 2 * 2 / 6; by chance, with rows 1, 1, 4 and columns 3, 1, 2:
    # (1*1*1 + 1*2*2 + 1*3*1 + 1*2*1 + 4*3*2 + 4*1*1) / 36 = 38 / 36; 1 - (24/36) / (38/36) = 14 / 38.
    assert metrics(app)["Percent agreement"] == "67%"
    assert metrics(app)["Linear-weighted kappa"] == f"{14 / 38:.2f}"
    assert metrics(app)["People among themselves"] == "–"
    assert "no answer has labels of two people" in read(app)
    assert "6 answers with both labels" in read(app)


def test_people_among_themselves_are_the_ceiling(visit: Callable[..., AppTest], own_store: Store) -> None:
    project = answered(own_store)
    for answer_id, letter in zip(project.answer_ids, "CCPIIC", strict=True):
        made.label(own_store, answer_id, letter, "Caio")
    # Bia C C P I C C, Caio C C P I I C: distance 2 / 6; by chance, with rows 1, 1, 4 and columns 2, 1, 3,
    # (1*1 + 1*3*2 + 1*2 + 1*3 + 4*2*2 + 4*1) / 36 = 32 / 36; 1 - 12 / 32 = 0.625.
    for query in ({}, {"annotator": "Bia"}):
        app = visit("agreement", lang="en", **query)
        assert errors(app) == []
        assert metrics(app)["People among themselves"] == "0.62"


def test_a_cell_lists_exactly_its_answers(visit: Callable[..., AppTest], own_store: Store) -> None:
    project = answered(own_store)
    app = visit("agreement", lang="en", cell="C-I")
    assert errors(app) == []
    assert sorted(links(app)) == sorted(f"answer={one}" for one in project.answer_ids[4:])

    app.selectbox(key="address.cell").set_value("C-C").run()
    assert errors(app) == []
    assert sorted(links(app)) == sorted(f"answer={one}" for one in project.answer_ids[:2])
    assert app.query_params["cell"] == "C-C"

    app.selectbox(key="address.cell").set_value("P-I").run()
    assert errors(app) == []
    assert links(app) == []


def test_only_the_listed_verdicts_count_as_seen(visit: Callable[..., AppTest], own_store: Store) -> None:
    project = answered(own_store)
    assert errors(visit("agreement", who="Ana", cell="C-I")) == []
    assert errors(visit("agreement", who="Bia", part="coefficients")) == []
    with own_store.read() as session:
        seen = [has_seen(session, "Ana", one) for one in project.answer_ids]
        assert seen == [False] * 4 + [True] * 2
        assert not any(has_seen(session, "Bia", one) for one in project.answer_ids)


def test_run_and_tag_narrow_the_answers(visit: Callable[..., AppTest], own_store: Store) -> None:
    answered(own_store)
    app = visit("agreement", lang="en", tag="par")
    assert errors(app) == []
    assert "3 answers with both labels" in read(app)
    assert app.selectbox(key="address.tag").value == "par"
    app = visit("agreement", lang="en", run=1)
    assert "6 answers with both labels" in read(app)


def test_a_campaign_leaves_its_own_labels_on_its_own_answers(
    visit: Callable[..., AppTest], own_store: Store
) -> None:
    project = answered(own_store)
    own = Project(load_settings(), own_store)
    campaign = create_campaign(own, NewCampaign("piloto"), "Ana", answer_ids=project.answer_ids[:3])
    for answer_id, letter in zip(project.answer_ids[:2], "CP", strict=True):
        label = NewAnnotation(uuid.uuid4().hex, "Caio", Label(letter), Phase.BLIND, campaign="piloto")
        with own_store.write() as session:
            add_annotation(session, answer_id, label)
    app = visit("agreement", lang="en", campaign=campaign)
    assert errors(app) == []
    # Caio said C and P of two answers of which the judge said C; Bia's labels are none of the campaign's.
    assert "2 answers with both labels" in read(app) and "1 by the judge only" in read(app)
    assert metrics(app)["Percent agreement"] == "50%"
    app = visit("agreement", lang="en", campaign=campaign, part="time")
    assert errors(app) == []


def test_the_phase_is_that_of_the_labels(visit: Callable[..., AppTest], own_store: Store) -> None:
    project = answered(own_store)
    for answer_id in project.answer_ids[:3]:
        made.label(own_store, answer_id, "I", "Caio", Phase.REVEALED)
    app = visit("agreement", lang="en", phase="revealed")
    assert errors(app) == []
    assert "3 answers with both labels" in read(app)
    assert metrics(app)["Percent agreement"] == "0%"


DEGENERATE = {
    "one category": ("CC", "CC", "CC"),
    "no overlap": ("C-", "-C"),
    "one item": ("CI",),
    "all unscored": ("C?", "I?"),
    "nothing by people": ("-C", "-I"),
}


@pytest.mark.parametrize("pairs", DEGENERATE.values(), ids=list(DEGENERATE))
def test_where_nothing_can_be_said_there_are_dashes(
    visit: Callable[..., AppTest], own_store: Store, pairs: tuple[str, ...]
) -> None:
    from dashboard.ui.agreement.parts import PARTS

    answered(own_store, pairs)
    for part in PARTS:
        app = visit("agreement", lang="en", part=part)
        assert errors(app) == [], part
        assert metrics(app)["Linear-weighted kappa"] in {"–", "0.00"}
        assert "nan" not in read(app).replace("domin", "").lower().split()


@pytest.mark.parametrize(
    ("query", "value"),
    [("part", "nothing"), ("cell", "X-Y"), ("run", "99"), ("judge", "7"), ("campaign", "5")],
)
def test_an_address_that_means_nothing_shows_the_page(
    visit: Callable[..., AppTest], own_store: Store, query: str, value: str
) -> None:
    answered(own_store)
    app = visit("agreement", **{query: value})
    assert errors(app) == []
    assert "Linear-weighted kappa" in read(visit("agreement", lang="en")) or metrics(app)


def test_slices_and_phases_have_their_own_figures(visit: Callable[..., AppTest], own_store: Store) -> None:
    project = answered(own_store)
    made.label(own_store, project.answer_ids[0], "I", "Bia", Phase.REVEALED)
    shown = Project(load_settings(), own_store)
    labels = labels_of(shown, Choice(judge_id=1))
    # Odd questions 1, 3, 5: CC, PP, CI; even ones 2, 4, 6: CC, II, CI.
    odd = slicing.slices(shown, labels, slicing.Kind.TAG)[0]
    assert {one.name: (one.kappa.n, one.percent) for one in odd} == {
        "par": (3, pytest.approx(2 / 3)),
        "ímpar": (3, pytest.approx(2 / 3)),
    }
    assert all(one.is_small for one in odd)
    (whole,) = slicing.slices(shown, labels, slicing.Kind.ANNOTATOR)[0]
    assert (whole.name, whole.kappa.value) == ("Bia", pytest.approx(14 / 38))
    for kind in slicing.Kind:
        app = visit("agreement", lang="en", part="slices", by=kind.value)
        assert errors(app) == []
        assert "(small)" in chart_texts(app), kind


def test_two_judges_are_compared_on_the_same_answers(visit: Callable[..., AppTest], own_store: Store) -> None:
    project = answered(own_store)
    assert "There is only one judge" in read(visit("agreement", lang="en", part="judges"))
    strict = replace(made.JUDGE, name="strict", prompt_version="2")
    for answer_id, letter in zip(project.answer_ids, "CIPICC", strict=True):
        made.judge(own_store, answer_id, letter, strict)

    text = read(visit("agreement", lang="en", part="judges", judge=1))

    # The first alone is right on answer 2, the other alone on 5 and 6: p = 2 * (1 + 3) / 8, at most 1.
    assert "Only the chosen judge gives people's label: **1**. Only the other: **2**." in text
    assert "p = 1.000 (exact)" in text
    assert "6 answers with all three labels" in text


def test_errors_are_told_by_stage(visit: Callable[..., AppTest], own_store: Store) -> None:
    project = answered(own_store)
    # The first two answers' evidence is graded: found for the first, not for the second.
    made.grade(own_store, project.question_ids[0], project.segments[1].segment_id, 3)
    made.grade(own_store, project.question_ids[1], project.segments[3].segment_id, 1)
    app = visit("agreement", lang="en", part="stages")
    assert errors(app) == []
    text = read(app)
    assert "| C · evidence found | 1 | 1.00 | 0 | 0 | 0 |" in text.replace("\\", "")
    assert "| C · no evidence found | 1 | 1.00 | 0 | 0 | 0 |" in text.replace("\\", "")
    assert "| C · evidence not graded | 2 | 0.00 | 0 | 2 | 0 |" in text.replace("\\", "")


def test_of_several_peoples_grades_of_a_segment_the_middle_one_counts_and_of_two_the_lower(
    visit: Callable[..., AppTest], own_store: Store
) -> None:
    project = answered(own_store)
    question, segment = project.question_ids[0], project.segments[1].segment_id
    made.grade(own_store, question, segment, 3, "Ana")
    made.grade(own_store, question, segment, 1, "Bia")
    assert "| C · no evidence found | 1 |" in read(visit("agreement", lang="en", part="stages")).replace(
        "\\", ""
    )
    made.grade(own_store, question, segment, 2, "Caio")
    assert "| C · evidence found | 1 |" in read(visit("agreement", lang="en", part="stages")).replace(
        "\\", ""
    )


def test_each_stage_lists_exactly_its_answers(visit: Callable[..., AppTest], own_store: Store) -> None:
    project = answered(own_store)
    made.grade(own_store, project.question_ids[0], project.segments[1].segment_id, 3)

    def listed(**choice: str) -> list[int]:
        app = visit("agreement", lang="en", part="stages", **choice)
        assert errors(app) == []
        lines = [one for one in app.get("page_link") if "answer=" in one.proto.query_string]
        return sorted(int(one.proto.query_string.removeprefix("answer=")) for one in lines)

    ids = project.answer_ids
    human, judge = zip(*PAIRS, strict=True)
    wrong = [one for one, a, b in zip(ids, human, judge, strict=True) if a != b]
    assert listed() == wrong
    assert listed(outcome="right") == sorted(set(ids) - set(wrong))
    assert listed(stage="present-C", outcome="any") == ids[:1]
    assert listed(stage="present-C") == []
    strict = [one for one, a, b in zip(ids, human, judge, strict=True) if (a, b) in {("C", "I"), ("C", "P")}]
    assert listed(stage="ungraded-C", outcome="strict") == strict


def test_the_scores_and_their_cuts_are_drawn(visit: Callable[..., AppTest], own_store: Store) -> None:
    answered(own_store, PAIRS * 3)
    app = visit("agreement", lang="en", part="scores")
    assert errors(app) == []
    # Of people's 12 C six have 1 and six 0; of the 3 P all have 2/3, of the 3 I all 0: (36 + 9) / 72 = 0.625.
    assert "**0.62" in read(app) and "Area under the curve" in read(app)
    assert {"C 6", "P 3", "I 3"} <= set(chart_texts(app).split("\n"))


def test_the_share_of_correct_answers_is_given_four_ways(
    visit: Callable[..., AppTest], own_store: Store
) -> None:
    answered(own_store, (*PAIRS, "-C", "-C"))
    text = read(visit("agreement", lang="en", part="shares"))
    # Four of six by people; the judge says C twice of six, and of both others: 4 of 8.
    assert "People only: **67%" in text and "Judge only: **50%" in text
    assert "the judge does not tell correct answers from others well enough to be corrected" in text


def test_the_methods_say_what_was_compared(visit: Callable[..., AppTest], own_store: Store) -> None:
    answered(own_store, (*PAIRS, "C?", "-C"))
    app = visit("agreement", lang="en", part="publish")
    assert errors(app) == []
    (methods,) = [one.value for one in app.code]
    assert "on 6 answers that both had labelled" in methods
    assert "blind labels only" in methods
    assert f"Linear-weighted kappa was {14 / 38:.2f} [" in methods
    assert "10,000 resamples" in methods and "seed 20260" in methods and "numpy" in methods


def test_the_whole_page_needs_no_network(own_store: Store) -> None:
    answered(own_store)

    def script() -> None:
        import streamlit as st

        from dashboard.roles import Role
        from dashboard.ui.agreement.choice import open_laboratory
        from dashboard.ui.agreement.whole import whole_page
        from dashboard.ui.frame import Visit
        from dashboard.ui.i18n import set_language
        from dashboard.ui.resources import get_project

        set_language("en")
        lab = open_laboratory(Visit(get_project(), "", Role.ADMIN))
        assert lab is not None
        st.text(whole_page(lab, None, 0.2))

    st.cache_data.clear()
    st.cache_resource.clear()
    app = AppTest.from_function(script, default_timeout=60).run()
    assert not app.exception, app.exception
    page = app.text[0].value
    assert page.startswith("<!doctype html>") and page.endswith("</html>")
    assert re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="[^"]*"', page) == []
    assert "<td>Linear-weighted kappa</td><td>0.37</td>" in page
    parts = re.findall(r"<h2>([^<]+)</h2>", page)
    for title in ("Scores", "Blind and revealed", "Two judges", "Over time", "By judge and prompt version"):
        assert title in parts
    # What cannot be told says why; what can has its chart, and only the first brings the script.
    assert "There is only one judge" in page
    assert page.count("Plotly.newPlot") > 10 and page.count("<script charset") <= 1
    assert "<td>C · evidence not graded</td><td>4</td>" in page
