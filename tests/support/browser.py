"""Chromium for what is tested in a real browser, and what of it is not installed here."""

from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

PACKAGES = ("playwright", "axe_playwright_python")
PROGRAMS = ("chromium-headless-shell", "chromium", "google-chrome")
"""The first of them that is there is taken: without a window for each page it takes half of the time."""

# What drops down from it is a page of its own in each window, and takes ten times as long to load as ours.
NO_ADDRESS_BAR = "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup"


def lacking() -> str | None:
    """Return what is not installed, with the command that installs it; None if nothing is."""
    if absent := [package for package in PACKAGES if not find_spec(package)]:
        return f"{', '.join(absent)}: `.venv/bin/pip install -e '.[browser]'`"
    if not program():
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            if not Path(playwright.chromium.executable_path).exists():
                how = "`apt install chromium-headless-shell`, or `.venv/bin/playwright install chromium`"
                return f"chromium: {how}"
    return None


def program() -> str | None:
    """Return the system's Chromium, if it has one."""
    return next(filter(None, map(which, PROGRAMS)), None)


def start(playwright: "Playwright") -> "Browser":
    """Start the system's Chromium, or playwright's own."""
    return playwright.chromium.launch(executable_path=program(), args=[NO_ADDRESS_BAR])
