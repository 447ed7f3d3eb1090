"""Pictures of the page in each state; `python -m tests.e2e.web.pictures DIR` writes them."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.e2e.web.scenes import SCENES, SCHEMES, SIZES
from tests.e2e.web.tab import Tab, context, served
from tests.support.browser import start
from tests.support.threaded import ThreadedServer

PICTURE = Path(__file__).parents[2] / "page.png"
SHOWN = ("room", "light", "laptop")


def main(folder: Path) -> None:
    """Take a picture of each state, at each size, in light and dark."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = start(playwright)
        for scene in SCENES:
            for scheme in SCHEMES:
                room = ThreadedServer()
                with served(room.server.url) as address:
                    tab = Tab(context(browser, scheme).new_page(), address)
                    SCENES[scene](room, tab)
                    for size, (width, height) in SIZES.items():
                        tab.page.set_viewport_size({"width": width, "height": height})
                        tab.page.screenshot(path=folder / f"{scene}-{scheme}-{size}.png")
                    tab.page.context.close()
                room.stop()
    PICTURE.write_bytes((folder / f"{'-'.join(SHOWN)}.png").read_bytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
