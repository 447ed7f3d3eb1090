"""The page is for everybody: axe finds nothing in any state, and nothing sticks out at any width."""

import pytest

from tests.e2e.web.conftest import OpenTab
from tests.e2e.web.scenes import SCENES, SCHEMES
from tests.support.threaded import ThreadedServer

WIDTHS = (320, 390, 700, 895, 896, 1280, 1920)
STICKS_OUT = """() => [...document.querySelectorAll("body, header *, main *")].filter((it) => {
  const box = it.getBoundingClientRect();
  return box.width && !it.closest("#rooms, #users, .unseen") && (box.left < -1 || box.right > innerWidth + 1);
}).map((it) => it.id || it.localName)"""
LOG_HEIGHT = "() => document.querySelector('#scroll').clientHeight"
SMALL = """() => [...document.querySelectorAll("button, input, textarea")].filter((it) => {
  const box = it.getBoundingClientRect();
  return box.width && (box.width < 24 || box.height < 24);
}).map((it) => it.textContent)"""


@pytest.mark.parametrize("name", SCENES)
def test_looks(name: str, room: ThreadedServer, page: str, open_tab: OpenTab) -> None:
    """In each state, light and dark, axe has nothing to say; at each width all is in view and can be hit.

    So it is magnified: 320 by 256 are a laptop's 1280 by 1024 at 400 %.
    """
    tab = open_tab(page)
    SCENES[name](room, tab)
    from axe_playwright_python.sync_playwright import Axe

    for scheme, width in zip(SCHEMES, (390, 1280), strict=True):
        tab.page.set_viewport_size({"width": width, "height": 844})
        tab.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        found = Axe().run(tab.page)
        assert found.violations_count == 0, found.generate_report()
    for width in WIDTHS:
        tab.page.set_viewport_size({"width": width, "height": 600})
        assert tab.page.evaluate("() => document.documentElement.scrollWidth") <= width
        assert tab.page.evaluate(STICKS_OUT) == []
        assert tab.page.evaluate(SMALL) == []
    tab.page.set_viewport_size({"width": 320, "height": 256})
    assert name not in {"room", "refused"} or tab.page.evaluate(LOG_HEIGHT) > 100
    tab.in_trouble = name == "refused"
