"""Two processes and twenty people on one PostgreSQL that is killed and started again under them."""

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from dashboard.campaigns import NewCampaign
from dashboard.config import Settings
from dashboard.services.campaigns import create_campaign
from dashboard.services.desk import sit_down
from dashboard.services.project import open_project
from dashboard.store import annotations
from dashboard.store.base import now
from dashboard.store.campaign_schema import ItemRow, TurnRow
from tests.services.conftest import settings
from tests.support.annotators import Crowd, fill
from tests.support.postgres_server import PostgresServer
from tests.support.together import in_processes, in_threads

ANSWERS = 100
PEOPLE = [f"Pessoa {number:02}" for number in range(20)]


@pytest.mark.postgres
def test_every_confirmed_label_is_there_once_and_nothing_is_stuck_when_the_server_is_killed_in_the_middle(
    own_postgres: PostgresServer, mortal_url: str, tmp_path: Path
) -> None:
    chosen = settings(tmp_path / "data", mortal_url)
    project = open_project(chosen)
    ids = fill(project, ANSWERS)
    campaign_id = create_campaign(project, NewCampaign("equipe"), "Zilda", answer_ids=ids)
    project.close()

    crowd = Crowd(chosen, campaign_id, [PEOPLE[::2], PEOPLE[1::2]])
    confirmed = []
    for one in crowd.confirmations():
        confirmed.append(one)
        if len(confirmed) == ANSWERS // 2:
            own_postgres.kill()
            own_postgres.start()
    assert crowd.leave() == [0, 0]

    with project.store.read() as session:
        stored = Counter(
            (event.annotator, answer_id)
            for answer_id, event in annotations.events_of_campaign(session, "equipe")
        )
        leased = session.scalar(select(func.count()).select_from(TurnRow).where(TurnRow.leased_until > now()))
        needed = session.scalars(select(ItemRow.labels_left).distinct()).all()
    project.close()
    assert stored == Counter((one.person, one.answer_id) for one in confirmed)
    assert sorted(answer_id for _, answer_id in stored.elements()) == ids
    assert (leased, needed) == (0, [0])


def sit_all_down(chosen: Settings, campaign_id: int, names: list[str]) -> list[int]:
    project = open_project(chosen)
    desks = in_threads(lambda number: sit_down(project, names[number], campaign_id), len(names))
    project.close()
    return [desk.place.answer_id for desk in desks if desk.place is not None]


def test_two_processes_never_hand_the_same_label_to_two_people(database_url: str, tmp_path: Path) -> None:
    chosen = settings(tmp_path / "data", database_url)
    project = open_project(chosen)
    ids = fill(project, 6)
    campaign_id = create_campaign(project, NewCampaign("equipe"), "Zilda", answer_ids=ids)
    project.close()
    groups = [(chosen, campaign_id, PEOPLE[:5]), (chosen, campaign_id, PEOPLE[5:10])]
    handed_out = [answer_id for group in in_processes(sit_all_down, groups) for answer_id in group]
    assert sorted(handed_out) == ids
