"""The page of agreement on small projects whose figures can be worked out by hand."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.models import Phase
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
