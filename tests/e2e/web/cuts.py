"""A connection that is cut, and what the page asks for then."""

from collections.abc import Callable

from tests.e2e.web.tab import Tab
from tests.support.threaded import ThreadedServer
from tests.support.until import until


def asked(room: ThreadedServer, *but: str) -> list[str]:
    """Return what the page asked for."""
    return [frame["action"] for frame in room.server.requests if frame["action"] not in but]


def wait_for(tab: Tab, condition: Callable[[], bool]) -> None:
    """Wait until something is so, while the tab goes on."""

    def is_so() -> bool:
        tab.page.wait_for_timeout(20)
        return condition()

    until(is_so, lambda: tab.page.inner_text("#state"))


def cut(tab: Tab, room: ThreadedServer, code: int | None = 1001) -> None:
    """Cut the connection, by a close or as a network that fails; another one that is tried may work."""
    room.do(room.server.cut(code))
    room.server.mute = False
    tab.until_state("Trying again")


def come_back(tab: Tab, room: ThreadedServer, code: int | None = 1001) -> None:
    """Cut the connection, and let the page try once more."""
    cut(tab, room, code)
    tab.page.clock.run_for(1000)
