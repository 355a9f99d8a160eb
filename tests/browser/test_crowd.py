"""Several people in one campaign at once: nothing lost, nothing doubled, whatever happens to the server."""

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from dashboard.campaigns import NewCampaign
from dashboard.config import Settings
from dashboard.services.campaigns import create_campaign
from dashboard.services.project import Project, open_project
from dashboard.store import annotations, campaigns, turns
from dashboard.store.base import now
from dashboard.store.browse import AnswerFilter, find_answers
from dashboard.store.people import annotator_id
from tests.support.app_server import AppServer
from tests.support.crowd import Person, gather, leave, work

NAMES = ["Ana Um", "Bia Dois", "Caio Três", "Duda Quatro"]
ANSWERS, OVERLAP = 5, 3
PATIENCE_SECONDS = 60


@pytest.fixture
def project(own_project: Path) -> Iterator[Project]:
    """The project, beside the app."""
    opened = open_project(Settings(data_dir=own_project))
    yield opened
    opened.close()


@pytest.fixture
def campaign_id(project: Project) -> int:
    """A campaign of a few answers, each of which needs three labels."""
    with project.store.read() as session:
        ids = [one.answer_id for one in find_answers(session, AnswerFilter(), limit=ANSWERS)]
    return create_campaign(project, NewCampaign("multidão", OVERLAP), "Zilda", answer_ids=ids)


def labels_by_answer(project: Project) -> dict[int, list[tuple[str, str]]]:
    """Return who gave which label on each answer of the campaign."""
    found: dict[int, list[tuple[str, str]]] = {}
    with project.store.read() as session:
        for answer_id, event in annotations.events_of_campaign(session, "multidão"):
            found.setdefault(answer_id, []).append((event.annotator, str(event.label)))
    return found


def expect_exactly_three_by_three(project: Project, campaign_id: int) -> None:
    """Expect that each answer has its labels, by different people, and not one more."""
    found = labels_by_answer(project)
    with project.store.read() as session:
        assert set(found) == set(campaigns.answers_of(session, campaign_id))
        assert campaigns.needs(session, campaign_id).left == 0
    for answer_id, given in found.items():
        assert len(given) == OVERLAP, (answer_id, given)
        assert len({name for name, _ in given}) == OVERLAP, (answer_id, given)


def expect_all_confirmed_are_stored(project: Project, people: list[Person]) -> None:
    """Expect every label that a screen has gone on from."""
    stored = Counter(given for labels in labels_by_answer(project).values() for given in labels)
    for person in people:
        confirmed = Counter((person.name, label) for label in person.confirmed.values())
        assert confirmed <= stored, person.name


def test_people_at_once_drain_a_campaign_exactly(
    project: Project, campaign_id: int, own_project: Path, serve: Callable[..., AppServer], browser: Browser
) -> None:
    people = gather(browser, serve(own_project).url, campaign_id, NAMES)
    work(people, lambda: all(person.is_done for person in people), PATIENCE_SECONDS)
    expect_exactly_three_by_three(project, campaign_id)
    expect_all_confirmed_are_stored(project, people)
    assert sum(len(person.confirmed) for person in people) == ANSWERS * OVERLAP
    leave(people)


def test_what_a_screen_confirmed_outlives_a_killed_server_and_the_campaign_goes_on(
    project: Project, campaign_id: int, own_project: Path, serve: Callable[..., AppServer], browser: Browser
) -> None:
    server = serve(own_project)
    people = gather(browser, server.url, campaign_id, NAMES)
    work(people, lambda: sum(len(one.confirmed) for one in people) > ANSWERS, PATIENCE_SECONDS)
    for person in people:
        person.step()
    os.kill(server.pid, signal.SIGKILL)
    expect_all_confirmed_are_stored(project, people)
    leave(people)

    again = gather(browser, serve(own_project).url, campaign_id, NAMES)
    work(again, lambda: all(person.is_done for person in again), PATIENCE_SECONDS)
    expect_exactly_three_by_three(project, campaign_id)
    leave(again)


def test_what_somebody_leaves_appears_by_itself_to_who_waits(
    project: Project, own_project: Path, serve: Callable[..., AppServer], browser: Browser
) -> None:
    with project.store.read() as session:
        ids = [one.answer_id for one in find_answers(session, AnswerFilter(), limit=1)]
    only = create_campaign(project, NewCampaign("uma só"), "Zilda", answer_ids=ids)
    server = serve(own_project)
    leaves = gather(browser, server.url, only, NAMES[:1])
    (waits,) = gather(browser, server.url, only, NAMES[1:2])
    expect(waits.page.get_by_text("aparece aqui sozinho")).to_be_visible()
    leave(leaves)
    with project.store.write() as session:
        turns.take(session, only, annotator_id(session, NAMES[0]), 1, now())
    expect(waits.page.locator('[class*="st-key-label-C-"]')).to_be_visible()
    leave([waits])
