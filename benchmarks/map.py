"""Opening the map in Chromium: `python benchmarks/map.py [segments …]`, 2000 and 50000 by default.

Segments are synthetic, their vectors random and clustered by lecture; 120 questions are encoded. The map
lies on disk. "Started": the first visit to a server that has just started; "new": a browser that was never
here, which loads the program first; "again": the same browser once more. Medians.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dashboard.config import Settings
from dashboard.cues import Window
from dashboard.models import Video
from dashboard.services.near_duplicates import find_pairs
from dashboard.services.project import Project, open_project
from dashboard.services.segment_map import make_map
from dashboard.store import corpus, runs
from dashboard.store.hashing import text_hash
from tests.support.app import App
from tests.support.app_server import AppServer
from tests.support.browser import FLAGS, find_chromium

A_LECTURE, QUESTIONS, VISITS = 50, 120, 7


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or [2_000, 50_000]
    print(
        "| segments | map made s | near duplicates s | opened s: started, new, again | click to segment s |"
    )
    print("| ---: | ---: | ---: | --- | ---: |")
    chromium = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        for size in sizes:
            with TemporaryDirectory() as folder:
                print(measure(browser, Path(folder) / "data", size), flush=True)


def measure(browser: Browser, folder: Path, size: int) -> str:
    project = open_project(Settings(data_dir=folder))
    fill(project, size)
    made = seconds(lambda: make_map(project, lambda *_: None))
    compared = seconds(lambda: find_pairs(project, lambda *_: None))
    project.close()
    server = AppServer(folder)
    try:
        visits = [visit(browser, server.url) for _ in range(VISITS)]
    finally:
        server.close()
    new, again, clicked = zip(*visits, strict=True)
    times = f"{new[0]:.2f}, {median(new[1:]):.2f}, {median(again):.2f}"
    return f"| {size:,} | {made:.1f} | {compared:.1f} | {times} | {median(clicked):.2f} |"


def fill(project: Project, size: int) -> None:
    random = np.random.default_rng(1)
    hashes, vectors = [], np.empty((size, project.encoder.dimension), dtype=np.float32)
    with project.store.write(corpus=True) as session:
        for start in range(0, size, A_LECTURE):
            lecture = start // A_LECTURE
            video = corpus.put_video(session, Video(f"v{lecture}", f"Aula {lecture} de um curso de medição"))
            texts = [f"segmento {number} " + "da aula que alguém deu " * 40 for number in range(A_LECTURE)]
            texts = [f"{lecture} {text}" for text in texts[: size - start]]
            windows = [Window(60.0 * at, 60.0 * at + 80, text, 400) for at, text in enumerate(texts)]
            corpus.put_segments(session, video, windows)
            centre = 2 + random.normal(size=vectors.shape[1])
            spread = random.normal(size=(len(texts), vectors.shape[1]))
            vectors[start : start + len(texts)] = centre + 0.9 * spread
            hashes += [text_hash(text) for text in texts]
        for number in range(QUESTIONS):
            runs.put_question(session, f"Pergunta de medição {number}?")
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    project.vectors.add(hashes, vectors)


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def visit(browser: Browser, url: str) -> tuple[float, float, float]:
    """Return the seconds until every point is drawn, twice, and from a click to its segment's text."""
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    app = App(context.new_page(), url)

    def open_map() -> None:
        app.page.goto(f"{url}/retrieval?part=map")
        app.await_map()

    def click() -> None:
        app.click_lonely_point()
        app.page.get_by_text("da aula que alguém deu").first.wait_for()

    new, again = seconds(open_map), seconds(open_map)
    app.settle()
    clicked = seconds(click)
    context.close()
    return new, again, clicked


if __name__ == "__main__":
    main()
