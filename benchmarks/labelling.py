"""The desk at work in Chromium: `python benchmarks/labelling.py [one] [many] [killed]`.

`one`: one person labels 300 answers by key: seconds from key to next answer drawn, and what the page holds.
`many`: ten people drain a campaign of 500 answers that need three labels each.
`killed`: the same with a SIGKILL of the server in the middle.
"""

import os
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dashboard.campaigns import NewCampaign
from dashboard.config import Settings
from dashboard.services.campaigns import create_campaign
from dashboard.services.demo import load_demo
from dashboard.services.project import Project, open_project
from dashboard.store import annotations, campaigns, corpus
from tests.support import project as made
from tests.support.app_server import AppServer
from tests.support.browser import FLAGS, find_chromium
from tests.support.crowd import Person, gather, leave, work

ANSWERS, OVERLAP, PEOPLE = 500, 3, 10
LABELS = 300
PATIENCE_SECONDS = 120


def main() -> None:
    wanted = sys.argv[1:] or ["one", "many", "killed"]
    chromium = find_chromium()
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        project = open_project(Settings(data_dir=Path(folder) / "data"))
        ids = fill(project)
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        if "one" in wanted:
            one_person(project, browser, ids)
        if "many" in wanted:
            ten_people(project, browser, ids)
        if "killed" in wanted:
            killed(project, browser, ids)


def fill(project: Project) -> list[int]:
    """Load the demonstration and add answers with ten segments each."""
    load_demo(project)
    with project.store.read() as session:
        videos = [one.video.video_id for one in corpus.list_videos(session)]
        segments = [segment for video in videos for segment in corpus.segments_of(session, video)]
    run_id = made.add_run(project.store, name="benchmark")
    return [
        made.add_answer(
            project.store,
            f"Pergunta de medição {number}?",
            [segments[(number * 7 + place) % len(segments)] for place in range(10)],
            text="Uma resposta que cita [1] e, na segunda frase, [2].",
            run_id=run_id,
        )
        for number in range(ANSWERS)
    ]


def one_person(project: Project, browser: Browser, ids: list[int]) -> None:
    campaign_id = create_campaign(project, NewCampaign("one"), "Zilda", answer_ids=ids)
    with AppServer(project.settings.data_dir) as server:
        (person,) = people = gather(browser, server.url, campaign_id, ["Ana"])
        print("| labels | elements | JavaScript heap MB | key to next answer s: median, p95 |")
        print("| ---: | ---: | ---: | --- |")
        for goal in (20, 100, 200, LABELS):
            work(people, lambda goal=goal: len(person.confirmed) >= goal, PATIENCE_SECONDS)  # type: ignore[misc]
            print(f"| {goal} | {held(person.page)} | {spread(person.waits[-80:])} |", flush=True)
        leave(people)


def held(page: Page) -> str:
    """Return how many elements the page holds, and its heap after a collection."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"] / 2**20
    elements = page.evaluate("() => document.querySelectorAll('*').length")
    session.detach()
    return f"{elements} | {heap:.1f}"


def ten_people(project: Project, browser: Browser, ids: list[int]) -> None:
    campaign_id = create_campaign(project, NewCampaign("many", OVERLAP), "Zilda", answer_ids=ids)
    with AppServer(project.settings.data_dir) as server:
        started = time.perf_counter()
        people = gather(browser, server.url, campaign_id, [f"Pessoa {number}" for number in range(PEOPLE)])
        work(people, lambda: all(person.is_done for person in people), PATIENCE_SECONDS)
        seconds = time.perf_counter() - started
        leave(people)
    check(project, campaign_id, "many", people)
    waits = [wait for person in people for wait in person.waits]
    again = sum(person.pressed_again for person in people)
    print(f"\n{PEOPLE} people, {ANSWERS} answers x {OVERLAP}: {len(waits)} labels in {seconds:.0f} s")
    print(f"key to next answer s: {spread(waits)}; keys pressed again: {again}", flush=True)


def killed(project: Project, browser: Browser, ids: list[int]) -> None:
    name = "killed"
    campaign_id = create_campaign(project, NewCampaign(name, OVERLAP), "Zilda", answer_ids=ids)
    names = [f"Pessoa {number}" for number in range(PEOPLE)]
    half = ANSWERS * OVERLAP // 2
    with AppServer(project.settings.data_dir) as server:
        people = gather(browser, server.url, campaign_id, names)
        work(people, lambda: sum(len(one.confirmed) for one in people) >= half, PATIENCE_SECONDS)
        for person in people:
            person.step()
        os.kill(server.pid, signal.SIGKILL)
    missing = lost(project, name, people)
    confirmed = sum(len(person.confirmed) for person in people)
    leave(people)
    with AppServer(project.settings.data_dir) as server:
        again = gather(browser, server.url, campaign_id, names)
        work(again, lambda: all(person.is_done for person in again), PATIENCE_SECONDS)
        leave(again)
    check(project, campaign_id, name, again)
    pressed = sum(person.pressed_again for person in [*people, *again])
    print(f"\n{PEOPLE} people, {ANSWERS} answers x {OVERLAP}; SIGKILL after {confirmed} confirmed labels:")
    print(f"{missing} lost; restarted and drained exactly; keys pressed again: {pressed}", flush=True)


def check(project: Project, campaign_id: int, name: str, people: list[Person]) -> None:
    """Raise unless every answer has exactly its labels by different people, and nothing confirmed is lost."""
    given: dict[int, list[str]] = {}
    with project.store.read() as session:
        for answer_id, event in annotations.events_of_campaign(session, name):
            given.setdefault(answer_id, []).append(event.annotator)
        wanted = campaigns.answers_of(session, campaign_id)
    wrong = [one for one in wanted if len(given.get(one, [])) != OVERLAP or len(set(given[one])) != OVERLAP]
    missing = lost(project, name, people)
    if wrong or missing:
        for one in wrong:
            print(one, given.get(one, []))
        raise SystemExit(
            f"{len(wrong)} answers without exactly {OVERLAP} labels by different people; {missing} lost"
        )


def lost(project: Project, name: str, people: list[Person]) -> int:
    """Return how many labels that a screen confirmed are not stored."""
    with project.store.read() as session:
        stored = Counter(
            (event.annotator, str(event.label)) for _, event in annotations.events_of_campaign(session, name)
        )
    shown = Counter((one.name, label) for one in people for label in one.confirmed.values())
    return sum((shown - stored).values())


def spread(seconds: list[float]) -> str:
    return f"{median(seconds):.2f}, {quantiles(seconds, n=20)[-1]:.2f}"


if __name__ == "__main__":
    main()
