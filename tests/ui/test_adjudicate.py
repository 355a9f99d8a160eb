"""The adjudication page: everything said of a case in view, one event per decision, and kind empty lists."""

import uuid
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.campaigns import NewCampaign
from dashboard.config import Settings
from dashboard.labels import Label
from dashboard.models import Adjudication, NewAnnotation, Phase
from dashboard.responses import Flag, Kind
from dashboard.services.campaigns import create_campaign
from dashboard.services.project import Project
from dashboard.store import adjudications, annotations
from dashboard.store.exposure import has_seen
from dashboard.store.store import Store
from tests.support import project as made
from tests.support.screen import button, errors, read

SECRET = "Criteria: … Score: 2"
"""What the judge of the test project says."""


def differing(store: Store, count: int = 2) -> list[int]:
    """Store answers on which Ana and Bia differ; return them."""
    ids = made.a_project(store, count).answer_ids
    for answer_id in ids:
        made.label(store, answer_id, "C", "Ana", note=f"nota {answer_id}")
        made.label(store, answer_id, "I", "Bia")
    return ids


def settled(store: Store, answer_id: int) -> list[Adjudication]:
    with store.read() as session:
        return adjudications.adjudications(session, [answer_id]).get(answer_id, [])


def press(app: AppTest, label: Label, answer_id: int) -> AppTest:
    return app.button(key=f"settle-{label.value}-{answer_id}").click().run()


def test_without_a_name_nothing_is_shown(visit: Callable[..., AppTest], own_store: Store) -> None:
    differing(own_store)
    app = visit("adjudicate", lang="en")
    assert errors(app) == []
    assert "Choose or type your name" in read(app)
    assert "nota" not in read(app)


def test_everything_said_of_an_answer_is_in_view(visit: Callable[..., AppTest], own_store: Store) -> None:
    (answer_id, *_rest) = differing(own_store)
    with own_store.write() as session:
        annotations.add_annotation(
            session,
            answer_id,
            NewAnnotation(
                uuid.uuid4().hex, "Caio", None, Phase.REVEALED, "corta antes", 7.0,
                kind=Kind.CANNOT_TELL, reason="evidence", flags=(Flag.EVIDENCE_MISSING,),
            ),
        )  # fmt: skip
        annotations.add_annotation(
            session,
            answer_id,
            NewAnnotation(
                uuid.uuid4().hex, "Davi", Label.PARTIAL, Phase.BLIND, seconds=31.0, also=Label.CORRECT
            ),
        )
    app = visit("adjudicate", who="Zilda", lang="en")
    assert errors(app) == []
    text = read(app)
    for shown in (
        ":blue-badge[C] **Ana**",
        f"nota {answer_id}",
        ":violet-badge[I] **Bia**",
        ":gray-badge[?] **Caio**",
        "The evidence does not settle it",
        "Evidence missing",
        "corta antes",
        "judge visible · 7 s",
        ":orange-badge[P] **Davi**",
        "also acceptable: :blue-badge[C]",
        "blind · 31 s",
        "Majority: none · Dawid-Skene: ",
        "0 settled, 2 to settle",
    ):
        assert shown in text or shown in [one.text for one in app.get("progress")], shown


def test_the_judges_are_sent_only_once_their_box_is_opened(
    visit: Callable[..., AppTest], own_store: Store
) -> None:
    (answer_id, *_rest) = differing(own_store)
    made.judge(own_store, answer_id, "P")
    app = visit("adjudicate", who="Zilda", answer=answer_id)
    assert SECRET not in read(app).replace("\\", "")
    app.session_state[f"judges-{answer_id}"] = True
    assert SECRET in read(app.run()).replace("\\", "")


def test_settling_keeps_label_and_reason_and_shows_the_next_to_settle(
    visit: Callable[..., AppTest], own_store: Store
) -> None:
    first, second = differing(own_store)
    app = visit("adjudicate", who="Zilda", lang="en")
    assert app.query_params["answer"] == str(first)
    app.text_area[0].input(" falta a fonte ")
    press(app, Label.PARTIAL, first)
    assert errors(app) == []
    assert app.query_params["answer"] == str(second)
    (kept,) = settled(own_store, first)
    assert (kept.annotator, kept.label, kept.reason) == ("Zilda", Label.PARTIAL, "falta a fonte")
    assert kept.phase is Phase.REVEALED
    assert kept.seconds is not None
    assert app.text_area[0].value == ""

    press(app, Label.CORRECT, second)
    assert "All is settled. Thank you!" in read(app)
    assert "answer" not in app.query_params


def test_what_was_settled_last_can_be_settled_otherwise(
    visit: Callable[..., AppTest], own_store: Store
) -> None:
    first, second = differing(own_store)
    app = visit("adjudicate", who="Zilda", lang="en")
    app.text_area[0].input("falta a fonte")
    press(app, Label.PARTIAL, first)
    button(app, "Last settled: 1").click().run()
    assert app.query_params["answer"] == str(first)
    assert "Agreed label: :orange-badge[P] Partial · **Zilda**" in read(app)
    assert app.text_area[0].value == "falta a fonte"
    press(app, Label.INCORRECT, first)
    assert app.query_params["answer"] == str(second)
    assert [one.label for one in settled(own_store, first)] == [Label.PARTIAL, Label.INCORRECT]


def test_somebody_elses_reason_is_not_put_into_ones_mouth(
    visit: Callable[..., AppTest], own_store: Store
) -> None:
    (answer_id, *_rest) = differing(own_store)
    made.adjudicate(own_store, answer_id, "P", "Davi")
    app = visit("adjudicate", who="Zilda", answer=answer_id)
    assert "falta a fonte" in read(app)
    assert app.text_area[0].value == ""


def test_the_settled_are_listed_with_who_and_why_and_open_again(
    visit: Callable[..., AppTest], own_store: Store
) -> None:
    first, second = differing(own_store)
    made.adjudicate(own_store, first, "P", "Davi")
    app = visit("adjudicate", who="Zilda", lang="en", show="settled")
    text = read(app)
    assert "Agreed label: :orange-badge[P] · **Davi**" in text
    assert "falta a fonte" in text
    assert "Ana :blue-badge[C] · Bia :violet-badge[I]" in text
    assert not [one for one in app.button if one.key == f"open-{second}"]

    app.button(key=f"open-{first}").click().run()
    press(app, Label.CORRECT, first)
    assert app.query_params["answer"] == str(first)
    assert "Agreed label: :blue-badge[C] Correct · **Zilda**" in read(app)
    assert "Before: :orange-badge[P] Partial · **Davi**" in read(app)
    button(app, "List").click().run()
    assert "Agreed label: :blue-badge[C] · **Zilda**" in read(app)


def test_a_campaign_has_its_own_cases(
    visit: Callable[..., AppTest], own_store: Store, project: Project
) -> None:
    first, second = differing(own_store)
    wanted = create_campaign(project, NewCampaign("piloto"), "Zilda", answer_ids=[second])
    app = visit("adjudicate", who="Zilda", lang="en")
    assert app.query_params["answer"] == str(first)
    app.selectbox(key="address.campaign").set_value(str(wanted)).run()
    assert errors(app) == []
    assert "No answer here has labels of two people yet." in read(app)
    assert "answer" not in app.query_params
    for annotator, label in (("Ana", Label.CORRECT), ("Caio", Label.PARTIAL)):
        with own_store.write() as session:
            event = NewAnnotation(uuid.uuid4().hex, annotator, label, Phase.BLIND, campaign="piloto")
            annotations.add_annotation(session, second, event)
    app = visit("adjudicate", who="Zilda", lang="en", campaign=wanted)
    assert app.query_params["answer"] == str(second)
    assert "Majority: none" in read(app)
    assert "– **Bia**" in read(app)


@pytest.fixture
def project(own_store: Store) -> Project:
    return Project(Settings(), own_store)


@pytest.mark.parametrize(
    ("labels", "show", "message"),
    [
        ("", "open", "No answer here has labels of two people yet."),
        ("C", "open", "No answer here has labels of two people yet."),
        ("CC", "open", "Everyone agrees, nothing to settle."),
        ("CC", "settled", "Nothing has been settled here yet."),
        ("C", "all", "No answer here has labels of two people yet."),
    ],
)
def test_an_empty_list_says_why_it_is_empty(
    visit: Callable[..., AppTest], own_store: Store, labels: str, show: str, message: str
) -> None:
    (answer_id, *_rest) = made.a_project(own_store, 1).answer_ids
    for annotator, label in zip(("Ana", "Bia"), labels, strict=False):
        made.label(own_store, answer_id, label, annotator)
    app = visit("adjudicate", who="Zilda", lang="en", show=show)
    assert errors(app) == []
    assert message in read(app)


def test_an_address_that_makes_no_sense_is_met_kindly(
    visit: Callable[..., AppTest], own_store: Store
) -> None:
    (first, *_rest) = differing(own_store)
    app = visit("adjudicate", who="Zilda", answer="abc", show="nada", campaign="999", page="-1")
    assert errors(app) == []
    assert app.query_params["answer"] == str(first)
    (error,) = errors(visit("adjudicate", who="Zilda", answer=999))
    assert "999" in error


def test_whoever_adjudicates_labels_no_longer_blind(visit: Callable[..., AppTest], own_store: Store) -> None:
    first, second = differing(own_store)
    visit("adjudicate", who="Zilda")
    with own_store.read() as session:
        assert has_seen(session, "Zilda", first)
        assert not has_seen(session, "Zilda", second)


def test_the_record_leads_here_where_labels_differ_and_shows_every_adjudication_newest_first(
    visit: Callable[..., AppTest], own_store: Store
) -> None:
    first, second = differing(own_store)
    made.label(own_store, second, "C", "Bia")

    def leads_here(answer_id: int) -> bool:
        app = visit("explore", who="Zilda", lang="en", answer=answer_id)
        assert errors(app) == []
        return any(
            one.proto.page == "adjudicate" and f"answer={answer_id}" in one.proto.query_string
            for one in app.main.get("page_link")
        )

    assert leads_here(first)
    assert not leads_here(second)
    made.adjudicate(own_store, second, "P", "Davi")
    made.adjudicate(own_store, second, "I", "Zilda")
    assert leads_here(second)
    text = read(visit("explore", who="Zilda", lang="en", answer=second))
    newest, before = text.index("Agreed label: :violet-badge[I]"), text.index("Before: :orange-badge[P]")
    assert newest < before
