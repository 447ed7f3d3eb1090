"""A real browser for the page."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.e2e.web.tab import Tab, context, served
from tests.support.browser import start
from tests.support.threaded import ThreadedServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PATIENCE_MS = 15_000
OpenTab = Callable[..., Tab]


@pytest.fixture(scope="package")
def browser() -> Iterator["Browser"]:
    """Chromium, as long as it is needed."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = start(playwright)
        yield browser
        browser.close()


@pytest.fixture
def open_tab(browser: "Browser") -> Iterator[OpenTab]:
    """Opens tabs, each of another person's browser, and closes them; none may have met an error.

    In one that is `stopped`, time stands still unless it is told to go on.
    """
    tabs: list[Tab] = []

    def open_tab(address: str, *, stopped: bool = False, **looks: object) -> Tab:
        place = context(browser, **looks)  # type: ignore[arg-type]
        place.set_default_timeout(PATIENCE_MS)
        if stopped:
            place.clock.install()
        tabs.append(Tab(place.new_page(), address))
        return tabs[-1]

    yield open_tab
    for tab in tabs:
        tab.page.context.close()
    assert [tab.errors for tab in tabs if tab.errors and not tab.in_trouble] == []


@pytest.fixture
def room() -> Iterator[ThreadedServer]:
    """A room server in which rooms stay when nobody is there, and which says what it is told to."""
    room = ThreadedServer()
    room.server.lasting = True
    yield room
    room.stop()


@pytest.fixture
def page(room: ThreadedServer) -> Iterator[str]:
    """The address of its page."""
    with served(room.server.url) as address:
        yield address


@pytest.fixture
def ann(page: str, open_tab: OpenTab) -> Tab:
    """Somebody in a room, whose clock stands still unless it is told to go on."""
    tab = open_tab(page, stopped=True)
    tab.in_trouble = True
    return tab.register("ann").create("ops")
