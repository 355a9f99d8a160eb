"""A team on one PostgreSQL: `python benchmarks/team.py [paced] [services] [servers]`.

`paced`: 20 scripted people in two processes label 400 answers, each of them one every three seconds.
`services`: the same people label 1,000 answers as fast as they can; the server is killed in the middle.
`servers`: 20 people in Chromium tabs, half of them on each of two app servers, label 200 answers; the
database is killed in the middle.
"""

import sys
import time
from collections import Counter
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dashboard.campaigns import NewCampaign
from dashboard.config import Settings
from dashboard.services.campaigns import create_campaign
from dashboard.services.project import Project, open_project
from dashboard.store import annotations
from tests.support.annotators import Crowd, fill
from tests.support.app_server import AppServer
from tests.support.browser import FLAGS, find_chromium
from tests.support.crowd import gather, leave, work
from tests.support.postgres_server import PostgresServer

PEOPLE = [f"Pessoa {number:02}" for number in range(20)]
ANSWERS, PACED_ANSWERS, ANSWERS_IN_TABS = 1_000, 400, 200
PAUSE_SECONDS = 3
PATIENCE_SECONDS = 240


def main() -> None:
    wanted = sys.argv[1:] or ["paced", "services", "servers"]
    server = PostgresServer()
    try:
        with TemporaryDirectory() as folder:
            settings = Settings(data_dir=Path(folder) / "data", database_url=server.address("postgres"))
            project = open_project(settings)
            if "paced" in wanted:
                paced(project)
            if "services" in wanted:
                services(project, server)
            if "servers" in wanted:
                servers(project, server)
            project.close()
    finally:
        server.close()


def paced(project: Project) -> None:
    ids = fill(project, PACED_ANSWERS)
    campaign_id = create_campaign(project, NewCampaign("paced"), "Zilda", answer_ids=ids)
    project.close()
    started = time.perf_counter()
    crowd = Crowd(project.settings, campaign_id, [PEOPLE[::2], PEOPLE[1::2]], PAUSE_SECONDS)
    confirmed = list(crowd.confirmations())
    seconds = time.perf_counter() - started
    print(f"{len(confirmed)} labels in {seconds:.1f} s; processes ended with {crowd.leave()}")
    tell_saving([one.seconds for one in confirmed])
    check(project, "paced", Counter(one.person for one in confirmed), ids)


def tell_saving(seconds: list[float]) -> None:
    figures = (median(seconds), quantiles(seconds, n=20)[-1], max(seconds))
    print("saving, ms p50 / p95 / most: " + " / ".join(f"{1000 * one:.0f}" for one in figures))


def services(project: Project, server: PostgresServer) -> None:
    ids = fill(project, ANSWERS)
    campaign_id = create_campaign(project, NewCampaign("services"), "Zilda", answer_ids=ids)
    project.close()
    started = time.perf_counter()
    crowd = Crowd(project.settings, campaign_id, [PEOPLE[::2], PEOPLE[1::2]])
    confirmed, away, back = [], 0.0, 0.0
    for one in crowd.confirmations():
        confirmed.append(one)
        if len(confirmed) == ANSWERS // 2:
            killed = time.perf_counter()
            server.kill()
            server.start()
            away = time.perf_counter() - killed
        if len(confirmed) == ANSWERS // 2 + len(PEOPLE) + 1:
            # By then all that was confirmed before the kill has been read.
            back = time.perf_counter() - killed - away
    seconds = time.perf_counter() - started
    print(f"processes ended with {crowd.leave()}; {len(confirmed)} labels in {seconds:.1f} s")
    print(f"database away for {away:.1f} s; the next labels {back:.1f} s after it was back")
    print(f"told that it failed: {sum(one.refusals for one in confirmed)} times")
    tell_saving([one.seconds for one in confirmed])
    check(project, "services", Counter(one.person for one in confirmed), ids)


def servers(project: Project, server: PostgresServer) -> None:
    ids = fill(project, ANSWERS_IN_TABS)
    campaign_id = create_campaign(project, NewCampaign("servers"), "Zilda", answer_ids=ids)
    project.close()
    chromium = find_chromium()
    data, address = project.settings.data_dir, project.settings.database_url
    with (
        sync_playwright() as playwright,
        AppServer(data.with_name("one"), VEREDITO_DATABASE_URL=address) as first,
        AppServer(data.with_name("two"), VEREDITO_DATABASE_URL=address) as second,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        started = time.perf_counter()
        people = gather(browser, first.url, campaign_id, PEOPLE[::2])
        people += gather(browser, second.url, campaign_id, PEOPLE[1::2])
        half = ANSWERS_IN_TABS // 2
        work(people, lambda: sum(len(one.confirmed) for one in people) >= half, PATIENCE_SECONDS)
        for person in people:
            person.step()
        server.kill()
        server.start()
        work(people, lambda: all(one.is_done for one in people), PATIENCE_SECONDS)
        seconds = time.perf_counter() - started
        leave(people)
    confirmed = Counter({one.name: len(one.confirmed) for one in people})
    waits = [wait for one in people for wait in one.waits]
    print(f"\n{confirmed.total()} labels in {seconds:.0f} s, both servers through to the end")
    print(f"key to next answer, s p50 / p95: {median(waits):.2f} / {quantiles(waits, n=20)[-1]:.2f}")
    print(f"keys pressed again: {sum(one.pressed_again for one in people)}")
    check(project, "servers", confirmed, ids)


def check(project: Project, name: str, confirmed: Counter[str], ids: list[int]) -> None:
    """Raise unless every answer has one label, and everybody has as many as were confirmed."""
    with project.store.read() as session:
        events = [(event.annotator, one) for one, event in annotations.events_of_campaign(session, name)]
    lost = (confirmed - Counter(person for person, _ in events)).total()
    labels = Counter(answer_id for _, answer_id in events)
    doubled = sum(count > 1 for count in labels.values())
    print(f"stored: {len(events)}; lost: {lost}; doubled: {doubled}; left: {len(set(ids) - set(labels))}")
    if lost or doubled or set(ids) != set(labels):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
