"""A person's tab: a real browser's page, what it shows, and what it did that it should not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wschat.target import WireName
from wschat.web.server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

SAID = "#log li:not(.notice) .text, #unsent .text"
MESSAGES = f"[...document.querySelectorAll('{SAID}')].map((text) => text.textContent)"


class Tab:
    """Opens a page, does what a person does, and takes note of errors and of requests elsewhere.

    `in_trouble`: errors are to be expected, since a browser tells of each connection that it can't open.
    """

    def __init__(self, page: "Page", address: str) -> None:
        self.page = page
        self.errors: list[str] = []
        self.in_trouble = False
        self.requests: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda told: self.errors.append(told.text) if told.type == "error" else None)
        page.on("request", lambda request: self.requests.append(request.url))
        page.goto(address)
        self._home = urlsplit(address).netloc

    @property
    def strange_requests(self) -> list[str]:
        """What was asked for, of anybody but the page's own server."""
        return [url for url in self.requests if urlsplit(url).netloc != self._home]

    def register(self, name: str) -> "Tab":
        """Take a name."""
        self.enter("name", name)
        self.until("#lobby")
        return self

    def create(self, room: str) -> "Tab":
        """Make a room."""
        self.enter("room", room)
        self.until(f"#title:has-text('{room}')")
        return self

    def join(self, room: str) -> "Tab":
        """Enter a room that is there."""
        self.page.click(f"#rooms button:has-text('{room}')")
        self.until(f"#title:has-text('{room}')")
        return self

    def say(self, text: str) -> None:
        """Say something."""
        self.enter("message", text)

    def enter(self, field: str, text: str) -> None:
        """Fill a field, and press Enter."""
        self.page.fill(f"#{field}", text)
        self.page.press(f"#{field}", "Enter")

    def until(self, selector: str) -> None:
        """Wait until something is shown."""
        self.page.wait_for_selector(selector)

    def until_state(self, text: str) -> None:
        """Wait until the connection's state says something."""
        self.until(f"#state:has-text('{text}')")

    def until_said(self, *texts: str) -> None:
        """Wait until exactly this is in the log, in this order; `texts` of the page are all that it shows."""
        self.page.wait_for_function(f"(wanted) => {MESSAGES}.join('|') === wanted", arg="|".join(texts))

    @property
    def texts(self) -> list[str]:
        """What was said, as far as it is shown."""
        shown: list[str] = self.page.evaluate(MESSAGES)
        return shown


def context(
    browser: "Browser", scheme: str = "light", size: tuple[int, int] = (1280, 800), *, touch: bool = False
) -> "BrowserContext":
    """Return a person's browser: its own storage, its size, its colours; a phone's, with `touch`."""
    dark = scheme == "dark"
    width, height = size
    return browser.new_context(
        color_scheme="dark" if dark else "light",
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
        has_touch=touch,
        is_mobile=touch,
        locale="en-GB",
    )


@contextmanager
def served(url: str, wire: WireName | None = None) -> Iterator[str]:
    """Serve the page of a lab; yield its address."""
    server = Server(url, wire=wire)
    with server.running():
        yield server.address
