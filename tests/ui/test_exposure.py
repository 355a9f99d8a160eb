"""A page that shows verdicts to a named person remembers it, so that a later label is not called blind."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.models import Phase
from dashboard.store.annotations import history
from dashboard.store.exposure import has_seen
from dashboard.store.store import Store
from tests.support import project as made
from tests.support.screen import button, errors


def judged(store: Store) -> int:
    """Store answers of which the first is judged and differently labelled by Bia; return it."""
    first = made.a_project(store, answers_wanted=2).answer_ids[0]
    made.judge(store, first, "C")
    made.label(store, first, "I", "Bia")
    return first


def seen(store: Store, answer_id: int) -> bool:
    with store.read() as session:
        return has_seen(session, "Ana", answer_id)


@pytest.mark.parametrize("page", ["explore", "agreement"])
def test_a_list_that_shows_verdicts_counts_as_seen(
    visit: Callable[..., AppTest], own_store: Store, page: str
) -> None:
    answer_id = judged(own_store)
    assert errors(visit(page, who="Ana")) == []
    assert seen(own_store, answer_id)


def test_a_label_after_the_record_was_opened_is_revealed(
    visit: Callable[..., AppTest], own_store: Store
) -> None:
    answer_id = judged(own_store)
    assert errors(visit("explore", who="Ana", answer=answer_id)) == []
    app = visit("annotate", who="Ana", answer=answer_id)
    button(app, "Correta").click().run()
    with own_store.read() as session:
        phases = {one.annotator: one.phase for one in history(session, answer_id)}
    assert phases["Ana"] is Phase.REVEALED


def test_annotating_shows_no_verdict_and_so_counts_as_nothing_seen(
    visit: Callable[..., AppTest], own_store: Store
) -> None:
    answer_id = judged(own_store)
    assert errors(visit("annotate", who="Ana", answer=answer_id)) == []
    assert not seen(own_store, answer_id)


@pytest.mark.parametrize(("address", "page"), [({}, ""), ({"answer": 1}, ""), ({}, "annotate")])
def test_what_was_shown_before_a_name_was_chosen_counts_for_it(
    visit: Callable[..., AppTest], own_store: Store, address: dict[str, int], page: str
) -> None:
    answer_id = judged(own_store)
    # The harness can only choose names that are known.
    made.label(own_store, answer_id + 1, "C", "Ana")
    app = visit("explore", **address)
    assert errors(app) == []
    assert not seen(own_store, answer_id)

    if page:
        app.switch_page(f"pages/{page}.py").run()
    app.selectbox(key="frame.annotator").set_value("Ana").run()

    assert errors(app) == []
    assert seen(own_store, answer_id)
