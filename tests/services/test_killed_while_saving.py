"""Several people label in processes of their own, all of which are killed at once, again and again."""

import multiprocessing
import random
import signal
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from sqlalchemy import func, select, text

from dashboard.campaigns import Draft, NewCampaign, Turn
from dashboard.labels import ORDERED
from dashboard.responses import Flag
from dashboard.services.campaigns import create_campaign, get_campaign
from dashboard.services.desk import Place, sit_down
from dashboard.services.labelling import Response, keep_draft, respond
from dashboard.services.project import Project, open_project
from dashboard.store import turns
from dashboard.store.campaign_schema import DraftRow, ItemRow, TurnRow
from dashboard.store.people import annotator_id
from dashboard.store.schema import AnnotationRow
from tests.support import project as made

PEOPLE = ("Ana", "Bia", "Caio", "Duda", "Eva", "Fábio", "Gil", "Hugo")
ROUNDS = 25
"""With eight people, 200 processes are killed."""

ANSWERS = 80
NOTE = "falta a fonte, ver a aula " * 200
"""Longer than a page of the database, so that a label is written in several pieces."""


def save(project: Project, place: Place, who: str) -> str:
    """Write a draft and then the label, as the page does; return the label's event."""
    keep_draft(project, place, who, Draft(NOTE))
    event_id = f"{who}-{place.position}"
    response = Response(label=ORDERED[place.position % 3], flags=(Flag.QUESTION_UNCLEAR,), note=NOTE)
    respond(project, place, response, event_id=event_id, annotator=who)
    return event_id


def label_until_killed(project: Project, places: list[Place], who: str, sender: Connection) -> None:
    """Label one answer after the other, and tell each event once it was confirmed."""
    for place in places:
        sender.send(save(project, place, who))
    # Who has nothing left is killed all the same.
    signal.pause()


def kill_all(project: Project, queues: dict[str, list[Place]], labels: int) -> set[str]:
    """Let everybody label, kill all as soon as so many labels were confirmed, and return what was.

    The project is closed: each process opens connections of its own, and has its statements ready.
    """
    context = multiprocessing.get_context("fork")
    processes: list[BaseProcess] = []
    receivers: list[Connection] = []
    for who, places in queues.items():
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=label_until_killed, args=(project, places, who, sender))
        process.start()
        sender.close()
        processes.append(process)
        receivers.append(receiver)
    confirmed: set[str] = set()
    while len(confirmed) < min(labels, sum(map(len, queues.values()))):
        for receiver in wait(receivers):
            confirmed.add(receiver.recv())  # type: ignore[union-attr]
    for process in processes:
        process.kill()
    for process, receiver in zip(processes, receivers, strict=True):
        process.join()
        assert process.exitcode == -9
        while True:
            try:
                confirmed.add(receiver.recv())
            except EOFError:
                break
    return confirmed


def stored_whole(project: Project) -> set[str]:
    """Return the stored labels; of none only a part: event, note, turn, draft and count belong together."""
    with project.store.read() as session:
        events = session.scalars(select(AnnotationRow)).all()
        said = {(row.annotator_id, row.answer_id) for row in events}
        done = session.scalars(select(TurnRow).where(TurnRow.state == turns.DONE))
        drafts = {(row.annotator_id, row.answer_id) for row in session.scalars(select(DraftRow))}
        left = session.scalar(select(func.sum(ItemRow.labels_left)))
        assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        assert session.execute(text("PRAGMA foreign_key_check")).first() is None
        assert len(said) == len(events)
        assert {(row.annotator_id, row.answer_id) for row in done} == said
        assert not drafts & said
        assert left == ANSWERS * len(PEOPLE) - len(said)
        assert all(row.note == NOTE and row.flags == Flag.QUESTION_UNCLEAR for row in events)
        return {row.event_id for row in events}


def queues_of(project: Project, campaign_id: int) -> dict[str, list[Place]]:
    """Let everybody join the campaign and return their queues."""
    campaign = get_campaign(project, campaign_id).campaign
    queues = {}
    for who in PEOPLE:
        sit_down(project, who, campaign_id)
        with project.store.write() as session:
            person = annotator_id(session, who)
            rows = session.scalars(
                select(TurnRow).where(TurnRow.annotator_id == person).order_by(TurnRow.position)
            )
            queues[who] = [
                Place(row.answer_id, Turn(campaign, row.position, row.answer_id, False)) for row in rows
            ]
    return queues


def test_two_hundred_kills_while_saving_lose_no_confirmed_label_and_leave_no_half_one(other: Project) -> None:
    ids = made.a_project(other.store, ANSWERS).answer_ids
    campaign_id = create_campaign(other, NewCampaign("mortes", len(PEOPLE)), "Ana", answer_ids=ids)
    queues = queues_of(other, campaign_id)
    confirmed = stored = {save(other, queues["Ana"][0], "Ana")}
    other.close()
    chance = random.Random(7)
    for _ in range(ROUNDS):
        rest = {
            who: [place for place in places if f"{who}-{place.position}" not in stored]
            for who, places in queues.items()
        }
        confirmed |= kill_all(other, rest, chance.randrange(1, 4))
        # Opening is all that there is to do: no repair, no question.
        project = open_project(other.settings)
        stored = stored_whole(project)
        assert confirmed <= stored
        project.close()
    assert len(confirmed) > ROUNDS
