"""A real browser for the page; where there is none, what needs it is left out, and says so."""

import os
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

import pytest

from tests.unit.web.tab import Tab, context

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

REQUIRED = bool(os.environ.get("WSCHAT_BROWSER"))
PATIENCE_MS = 15_000
LEFT_OUT = (
    "the page in a browser, for there is none here: `apt install chromium`, "
    "`.venv/bin/pip install -e '.[browser]'`, then `.venv/bin/python -m pytest tests/unit/web` tests it"
)

# What drops down from it is a page of its own in each window, and takes ten times as long to load as ours.
NO_ADDRESS_BAR = "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup"
OpenTab = Callable[..., Tab]


def start(playwright: "Playwright") -> "Browser | None":
    """Start Chromium, if there is one."""
    own = playwright.chromium.executable_path
    program = which("chromium") or which("google-chrome") or (own if Path(own).exists() else None)
    return playwright.chromium.launch(executable_path=program, args=[NO_ADDRESS_BAR]) if program else None


@pytest.fixture(scope="package")
def browser() -> Iterator["Browser"]:
    """Chromium, as long as it is needed; with WSCHAT_BROWSER set, its absence is a failure."""
    leave_out = pytest.fail if REQUIRED else pytest.skip
    if not find_spec("playwright"):
        leave_out(LEFT_OUT)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = start(playwright)
        if not browser:
            leave_out(LEFT_OUT)
        yield browser
        browser.close()


@pytest.fixture
def open_tab(browser: "Browser") -> Iterator[OpenTab]:
    """Opens tabs, each of another person's browser, and closes them; none may have met an error."""
    tabs: list[Tab] = []

    def open_tab(address: str, **looks: object) -> Tab:
        place = context(browser, **looks)  # type: ignore[arg-type]
        place.set_default_timeout(PATIENCE_MS)
        tabs.append(Tab(place.new_page(), address))
        return tabs[-1]

    yield open_tab
    for tab in tabs:
        tab.page.context.close()
    assert [tab.errors for tab in tabs if tab.errors and not tab.in_trouble] == []
