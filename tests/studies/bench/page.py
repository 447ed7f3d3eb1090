"""How long from `wschat web --local` to the first message in the page: `python -m tests.studies.bench.page`.

The browser runs already, as most do. A lab that another program has brought is joined sooner.
"""

import os
import statistics
import tempfile
import time

from playwright.sync_api import Browser, sync_playwright

from tests.e2e.web.tab import Tab, context
from tests.support.browser import start
from tests.support.terminal import terminal

ROUNDS = 7


def once(browser: Browser) -> tuple[float, float]:
    """Return after how many seconds the address is there, and the message."""
    with tempfile.TemporaryDirectory(prefix="ws") as state:
        before = time.perf_counter()
        with terminal("web", "--local", "--no-open", env={"WSCHAT_STATE_DIR": state}) as web:
            told = web.until("Ctrl-C stops it.")
            served = time.perf_counter() - before
            address = next(line for line in told.splitlines() if line.startswith("http"))
            tab = Tab(context(browser).new_page(), address)
            tab.register("ada").create("lobby").say("hello")
            tab.until("#log li.mine")
            took = time.perf_counter() - before
            tab.page.context.close()
            web.press("\x03")
            web.until("Stopped.")
            web.end()
    return served, took


def main() -> None:
    """Measure some times, and tell the medians."""
    load = os.getloadavg()[0]
    with sync_playwright() as playwright:
        browser = start(playwright)
        rounds = [once(browser) for _ in range(ROUNDS)]
        browser.close()
    for what, seconds in zip(("the address", "the first message"), zip(*rounds, strict=True), strict=True):
        print(f"{what}: {statistics.median(seconds):.1f} s ({min(seconds):.1f} to {max(seconds):.1f})")
    print(f"{ROUNDS} rounds, at a load of {load:.1f} on {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
