"""Runs and phases are told apart wherever several would look the same."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.labels import Label
from dashboard.models import Phase
from dashboard.store.store import Store
from tests.support import project as made
from tests.support.app import translation
from tests.support.screen import errors, read

ELSEWHERE = "No answer has both labels in this phase, but some have in another: choose it under “Phase”."


@pytest.fixture
def two_runs(own_store: Store) -> list[int]:
    """Store one question that two runs of a bank answered, each answer judged otherwise than labelled."""
    configs = [replace(made.RUN, bank="bank_semi#1", k=k) for k in (5, 10)]
    found = []
    for config in configs:
        run_id = made.add_run(own_store, config, "bank_semi")
        found.append(made.add_answer(own_store, "O que é cache?", run_id=run_id))
        made.label(own_store, found[-1], Label.CORRECT, "Ana", Phase.REVEALED)
        made.judge(own_store, found[-1], Label.INCORRECT)
    return found


def test_the_filter_offers_runs_as_plain_text_with_what_tells_them_apart(
    visit: Callable[..., AppTest], own_store: Store, two_runs: list[int]
) -> None:
    made.add_answer(own_store, "Outra?", run_id=made.add_run(own_store, name="sozinha_1"))
    app = visit("explore")
    assert errors(app) == []
    assert app.selectbox(key="address.run").options == [
        "1 · bank_semi · 5 segmentos",
        "2 · bank_semi · 10 segmentos",
        "3 · sozinha_1",
    ]
    assert "bank\\_semi" in read(app)


def test_a_question_that_two_runs_answered_is_listed_with_its_run(
    visit: Callable[..., AppTest], two_runs: list[int]
) -> None:
    app = visit("agreement", phase="revealed")
    assert errors(app) == []
    labels = [str(link.proto.label) for link in app.get("page_link") if "cache" in str(link.proto.label)]
    assert [label.rpartition(" · ")[2] for label in labels] == ["5 segmentos", "10 segmentos"]


def test_labels_of_another_phase_are_pointed_to(visit: Callable[..., AppTest], two_runs: list[int]) -> None:
    assert translation(ELSEWHERE) in read(visit("agreement"))
    assert ELSEWHERE in read(visit("agreement", annotator="Ana", lang="en"))
    assert translation(ELSEWHERE) not in read(visit("agreement", phase="revealed"))
