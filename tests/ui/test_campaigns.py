"""Campaigns on their page: made, looked at, ended, and nobody shown what is not theirs."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.campaigns import NewCampaign, Order
from dashboard.config import Settings
from dashboard.labels import Label
from dashboard.responses import Flag
from dashboard.services.browsing import count
from dashboard.services.campaigns import create_campaign, get_campaign, guidelines, list_campaigns
from dashboard.services.desk import sit_down
from dashboard.services.exporting import export
from dashboard.services.labelling import Response, respond
from dashboard.services.project import Project
from dashboard.store import campaigns
from dashboard.store.browse import AnswerFilter
from dashboard.store.store import Store
from tests.support import project as made
from tests.support.screen import button, errors, read


@pytest.fixture
def own(own_store: Store, tmp_path) -> Project:
    """Give the project that the app will show, with six answers."""
    made.a_project(own_store)
    return Project(Settings(data_dir=tmp_path / "data", database_url=""), own_store)


def made_by_ana(own: Project, **rules: object) -> int:
    return create_campaign(own, NewCampaign(**{"name": "Piloto", **rules}), "Ana", AnswerFilter())


def label_next(own: Project, campaign_id: int, annotator: str, label: str, *flags: Flag) -> int:
    desk = sit_down(own, annotator, campaign_id)
    assert desk.place is not None
    respond(
        own,
        desk.place,
        Response(label=Label(label), flags=flags),
        event_id=f"{annotator}-{desk.place.position}",
        annotator=annotator,
        seconds=12,
        guideline_version=1,
    )
    return desk.place.answer_id


def link(app: AppTest, words: str):
    """Return the link that has these words on it."""
    (found,) = (one for one in app.get("page_link") if words in one.label)
    return found


def test_a_project_without_campaigns_says_what_they_are(visit: Callable[..., AppTest]) -> None:
    assert "There is no campaign yet." in read(visit("campaigns", who="Ana", lang="en"))


def test_explore_hands_its_filter_on(visit: Callable[..., AppTest], own: Project) -> None:
    app = visit("explore", tag="par", lang="en")
    assert errors(app) == []
    way = link(app, "Make a campaign of these 3 answers")
    assert (way.page, way.proto.query_string) == ("campaigns", "new=1&tag=par")


def test_a_campaign_is_made_of_a_filter(visit: Callable[..., AppTest], own: Project) -> None:
    app = visit("campaigns", new=1, tag="par", who="Ana", lang="en")
    assert errors(app) == []
    assert "Tag: **par**" in read(app) and "**3 answers**" in read(app)
    app.text_input(key="campaigns.name").input("Só os pares")
    app.number_input(key="campaigns.labels").set_value(2)
    app.multiselect(key="campaigns.members").set_value(["Ana"])
    app.selectbox(key="campaigns.order").set_value(Order.QUESTION)
    app.toggle(key="campaigns.blind").set_value(False)
    app.slider(key="campaigns.repeats").set_value(20)
    app.number_input(key="campaigns.seed").set_value(7)
    app.text_area(key="campaigns.guidelines").input("# Guia\nSeja **justo**.").run()
    assert "3 answers, 6 labels in all" in read(app)
    assert "Seja **justo**" in read(app)

    button(app, "Create the campaign").click().run()
    assert errors(app) == ["2 different people must label each answer, but only 1 take part. Name more."]
    assert list_campaigns(own) == []

    app.multiselect(key="campaigns.members").set_value([])
    button(app, "Create the campaign").click().run()
    assert errors(app) == []
    ((campaign, needs),) = ((one.campaign, one.needs) for one in list_campaigns(own))
    assert (campaign.name, campaign.labels_per_answer, campaign.members) == ("Só os pares", 2, ())
    assert (campaign.order, campaign.is_blind, campaign.repeat_share) == (Order.QUESTION, False, 0.2)
    assert (campaign.seed, campaign.created_by, needs) == (7, "Ana", (3, 6, 6))
    with own.store.read() as session:
        assert len(campaigns.answers_of(session, campaign.campaign_id)) == 3
    assert [one.text for one in guidelines(own, campaign.campaign_id)] == ["# Guia\nSeja **justo**."]
    assert app.title[0].value == "Só os pares"
    assert app.query_params["campaign"] == str(campaign.campaign_id)
    assert "new" not in app.query_params and "tag" not in app.query_params


@pytest.mark.parametrize(("source", "more", "answers"), [("all", {}, 6), ("tag", {"tag": "ímpar"}, 3)])
def test_a_campaign_is_made_of_everything_or_a_tag(
    visit: Callable[..., AppTest], own: Project, source: str, more: dict[str, str], answers: int
) -> None:
    app = visit("campaigns", new=1, who="Ana", lang="en")
    app.text_input(key="campaigns.name").input("Nova")
    app.selectbox(key="campaigns.source").set_value(source).run()
    for name, value in more.items():
        app.selectbox(key=f"campaigns.{name}").set_value(value).run()
    button(app, "Create the campaign").click().run()
    assert errors(app) == []
    assert [one.needs.answers for one in list_campaigns(own)] == [answers]


def test_a_campaign_is_made_of_a_file(visit: Callable[..., AppTest], own: Project, tmp_path: Path) -> None:
    file = tmp_path / "registros.jsonl"
    export(own, "jsonl", file, AnswerFilter(tag="par"))
    content = file.read_bytes() + b"{}\n"
    app = visit("campaigns", new=1, who="Ana", lang="en")
    app.text_input(key="campaigns.name").input("Do arquivo")
    app.selectbox(key="campaigns.source").set_value("file").run()
    assert button(app, "Create the campaign").disabled
    app.file_uploader[0].set_value([("registros.jsonl", content, "application/jsonl")]).run()
    (problem,) = errors(app)
    assert "line 4" in problem
    assert "**3 answers**" in read(app) and "Only the good records" in read(app)
    button(app, "Create the campaign").click().run()
    assert errors(app) == []
    assert [(one.campaign.name, one.needs.answers) for one in list_campaigns(own)] == [("Do arquivo", 3)]
    assert count(own, AnswerFilter()) == 6


def test_without_a_name_nothing_can_be_made(visit: Callable[..., AppTest], own: Project) -> None:
    app = visit("campaigns", new=1, lang="en")
    assert "a campaign says who made it" in read(app)
    assert not [one for one in app.button if "Create" in one.label]


def test_who_made_it_sees_everybody_and_others_only_themselves(
    visit: Callable[..., AppTest], own: Project
) -> None:
    campaign_id = made_by_ana(own, labels_per_answer=2)
    flagged = label_next(own, campaign_id, "Bia", "C", Flag.QUESTION_UNCLEAR)
    label_next(own, campaign_id, "Caio", "I", Flag.WRONG_LANGUAGE)

    app = visit("campaigns", campaign=campaign_id, who="Ana", lang="en")
    assert errors(app) == []
    assert list(app.table[0].value["Person"]) == ["**Bia**", "**Caio**"]
    assert "Bia: Question unclear" in read(app) and "Caio: Wrong language" in read(app)
    assert "Consistency on repeats: no answer was labelled a second time yet" in read(app)
    assert "**Bia**  \n:blue-badge[C]\N{NO-BREAK SPACE}1" in read(app)
    record = [one for one in app.get("page_link") if one.proto.query_string == f"answer={flagged}"]
    assert [one.page for one in record] == ["explore"]

    app = visit("campaigns", campaign=campaign_id, who="Bia", lang="en")
    assert errors(app) == []
    assert "Bia: Question unclear" in read(app)
    sent = "".join(str(getattr(node, "proto", "")) for node in app.main)
    assert "Question unclear" in sent and "Caio" not in sent and not app.table
    assert {one.label: one.value for one in app.metric}["Done"] == "1"

    app = visit("campaigns", campaign=campaign_id, who="Duda", lang="en")
    assert "You have not labelled anything here yet." in read(app)
    assert not app.metric
    app = visit("campaigns", campaign=campaign_id, lang="en")
    assert "Choose or type your name in the menu to see your part." in read(app)
    assert not app.metric


def test_who_made_it_can_end_it_and_let_it_go_on(visit: Callable[..., AppTest], own: Project) -> None:
    campaign_id = made_by_ana(own)
    app = visit("campaigns", campaign=campaign_id, who="Ana", lang="en")
    assert not link(app, "Label answers").proto.disabled
    button(app, "End the campaign").click().run()
    assert errors(app) == []
    assert get_campaign(own, campaign_id).campaign.closed_at is not None
    assert link(app, "Label answers").proto.disabled

    button(app, "Let it go on").click().run()
    assert get_campaign(own, campaign_id).campaign.closed_at is None
    others = visit("campaigns", campaign=campaign_id, who="Bia", lang="en")
    assert not [one for one in others.button if "End the campaign" in one.label]
    assert "Seed" not in read(others)


def test_guidelines_get_another_version_and_say_what_changed(
    visit: Callable[..., AppTest], own: Project
) -> None:
    campaign_id = made_by_ana(own, guidelines="um\ndois\ntrês")
    app = visit("campaigns", campaign=campaign_id, who="Ana", lang="en")
    store = button(app, "Store as version 2")
    assert store.disabled
    app.text_area[0].input("um\n2\ntrês").run()
    button(app, "Store as version 2").click().run()
    assert errors(app) == []
    assert [(one.version, one.text) for one in guidelines(own, campaign_id)] == [
        (1, "um\ndois\ntrês"),
        (2, "um\n2\ntrês"),
    ]
    assert [one.value for one in app.code] == ["@@ -1,3 +1,3 @@\n um\n-dois\n+2\n três"]
    assert button(app, "Store as version 3").disabled
    others = visit("campaigns", campaign=campaign_id, who="Bia", lang="en")
    assert not others.text_area


def test_a_version_stored_meanwhile_is_told_and_what_was_written_stays(
    visit: Callable[..., AppTest], own: Project
) -> None:
    campaign_id = made_by_ana(own, guidelines="um")
    app = visit("campaigns", campaign=campaign_id, who="Ana", lang="en")
    app.text_area[0].input("meu").run()
    with own.store.write() as session:
        campaigns.add_guidelines(session, campaign_id, "outro", "Ana")
    app.run()
    assert "Another version was stored while you were writing." in read(app)
    assert app.text_area[0].value == "meu"


def test_only_the_invited_find_the_way_to_labelling_open(visit: Callable[..., AppTest], own: Project) -> None:
    made_by_ana(own, members=("Bia",))
    assert not link(visit("campaigns", who="Bia", lang="en"), "Label answers").proto.disabled
    assert link(visit("campaigns", who="Caio", lang="en"), "Label answers").proto.disabled
    assert not link(visit("campaigns", lang="en"), "Label answers").proto.disabled


def test_the_list_opens_a_campaign_and_a_campaign_leads_back(
    visit: Callable[..., AppTest], own: Project
) -> None:
    campaign_id = made_by_ana(own)
    label_next(own, campaign_id, "Bia", "C")
    app = visit("campaigns", who="Ana", lang="en")
    assert "1 of 6 labels" in str([one.text for one in app.get("progress")])
    button(app, "Piloto").click().run()
    assert app.query_params["campaign"] == str(campaign_id)
    assert app.title[0].value == "Piloto"
    button(app, "All campaigns").click().run()
    assert "campaign" not in app.query_params
    assert app.title[0].value == "Campaigns"


@pytest.mark.parametrize("campaign", ["abc", "-1", "9" * 30, "1;", "²", "1.5", ""])
def test_an_address_that_names_no_campaign_opens_the_list(
    visit: Callable[..., AppTest], own: Project, campaign: str
) -> None:
    app = visit("campaigns", campaign=campaign, lang="en")
    assert errors(app) == []
    assert app.title[0].value == "Campaigns"


def test_a_campaign_that_is_not_there_is_said_so(visit: Callable[..., AppTest], own: Project) -> None:
    (error,) = errors(visit("campaigns", campaign=999, lang="en"))
    assert "There is no campaign 999" in error


def test_ones_own_progress_can_be_drawn_anywhere(visit: Callable[..., AppTest], own: Project) -> None:
    campaign_id = made_by_ana(own, labels_per_answer=2, repeat_share=0.5)
    label_next(own, campaign_id, "Bia", "P", Flag.OTHER)
    label_next(own, campaign_id, "Caio", "I")

    def script(campaign_id: int) -> None:
        from dashboard.roles import Role
        from dashboard.ui.campaign_progress import draw_own_progress
        from dashboard.ui.frame import Visit
        from dashboard.ui.i18n import set_language
        from dashboard.ui.resources import get_project

        set_language("en")
        draw_own_progress(Visit(get_project(), "Bia", Role.ADMIN), campaign_id)

    app = AppTest.from_function(script, args=(campaign_id,), default_timeout=60).run()
    drawn = [str(one.value) for one in app.markdown]
    assert "Done: **1**  \nLeft: **8**" in drawn[0] and "Flagged: **1**" in drawn[0]
    assert ":orange-badge[P]\N{NO-BREAK SPACE}1" in drawn[1]
    assert not [one for one in drawn if "Caio" in one or "Consistency" in one]
