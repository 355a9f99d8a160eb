"""A browser, and the real app on folders that tests may write to."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from uuid import uuid4

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.app import App
from tests.support.app_server import AppServer, ForkedAppServer
from tests.support.browser import ADVICE, FLAGS, find_chromium
from tests.support.seeding import copy_project, make_project

HERE = Path(__file__).parent
EXPECT_WITHIN_MS = 15_000


class Workshop:
    """What is costly to start, started at first use and shared by the tests of this folder in one process."""

    def __init__(self) -> None:
        self._open = ExitStack()

    @cached_property
    def browser(self) -> Browser:
        """The browser; every test gets a profile of its own."""
        chromium = find_chromium()
        if chromium is None:
            reason = f"there is no Chromium; {ADVICE}"
            if os.environ.get("VEREDITO_REQUIRE_ALL") == "1":
                pytest.fail(reason, pytrace=False)
            pytest.skip(reason)
        expect.set_options(timeout=EXPECT_WITHIN_MS)
        playwright = self._open.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        self._open.callback(browser.close)
        return browser

    def shared_server(self, prepared: Path, folder: Path) -> AppServer:
        """Return the server of the tests that do not write, which is started as people start it."""
        if "server" not in self.__dict__:
            self.server = self._open.enter_context(
                AppServer(copy_project(prepared, folder / f"shared-{uuid4().hex}"))
            )
        return self.server

    def close(self) -> None:
        """End everything; it is started again when it is needed again."""
        self._open.close()
        self.__dict__.clear()
        self._open = ExitStack()


_WORKSHOP = Workshop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("browser")
            # Chromium shares two cores with the other tests; what fails twice in a row is a failure.
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """Close the browser after this folder's last test: while it is open, no other test can use asyncio."""
    if nextitem is None or not nextitem.path.is_relative_to(HERE):
        _WORKSHOP.close()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Make the project folder once for all processes; tests get copies."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "browser-project"
    with FileLock(f"{folder}.lock"):
        done = folder.with_suffix(".done")
        if not done.exists():
            make_project(folder)
            done.touch()
    return folder


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder in which the shared server's copy lies."""
    return tmp_path_factory.mktemp("shared")


@pytest.fixture
def own_project(prepared: Path, tmp_path: Path) -> Path:
    """Give a copy of the project that the test may write to."""
    return copy_project(prepared, tmp_path / "project")


@pytest.fixture
def new_tab() -> Iterator[Callable[..., Page]]:
    """Give a function that opens a tab in a profile of its own; its arguments are Playwright's."""
    with ExitStack() as stack:

        def open_tab(**options: object) -> Page:
            context = _WORKSHOP.browser.new_context(**{"viewport": {"width": 1366, "height": 900}, **options})
            context.set_default_timeout(EXPECT_WITHIN_MS)
            stack.callback(context.close)
            return context.new_page()

        yield open_tab


@pytest.fixture
def browser() -> Browser:
    """Give the browser, for a test that opens many profiles."""
    return _WORKSHOP.browser


@pytest.fixture
def serve() -> Iterator[Callable[..., AppServer]]:
    """Give a function that starts the app on a folder, with further environment variables."""
    with ExitStack() as stack:
        yield lambda folder, **settings: stack.enter_context(ForkedAppServer(folder, **settings))


@pytest.fixture
def app(new_tab: Callable[..., Page], prepared: Path, shared_folder: Path) -> App:
    """Open a tab on the shared app, for a test that stores nothing."""
    tab = new_tab()
    return App(tab, _WORKSHOP.shared_server(prepared, shared_folder).url)


@pytest.fixture
def shared_project(app: App, prepared: Path, shared_folder: Path) -> Path:
    """Give the data folder of the shared app, for a look into its database."""
    return _WORKSHOP.shared_server(prepared, shared_folder).data_dir


@pytest.fixture
def own_app(new_tab: Callable[..., Page], serve: Callable[..., AppServer], own_project: Path) -> App:
    """Open a tab on an app of the test's own, for a test that stores something."""
    tab = new_tab()
    return App(tab, serve(own_project).url)
