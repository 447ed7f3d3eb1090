"""Cuts of real sockets in the middle of a chat: what the person saw, how long until back, what was lost.

`python -m tests.studies.cuts` prints it as a table.
"""

import asyncio
import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from tests.documents import show
from tests.support.room_server import RoomServer, room_server
from wschat.chat.settings import Settings
from wschat.chat.start import ChatOptions, chat
from wschat.errors import ExitCode

LINES = [f"line {number}" for number in range(8)]


class Person(io.StringIO):
    """What a person sees, who types a line as soon as the one before is done; when it was lost and back."""

    lost_at = back_at = 0.0

    def __init__(self) -> None:
        super().__init__()
        self.server = RoomServer(lasting=True)

    def write(self, text: str) -> int:
        """Keep it."""
        if "connecting again" in text:
            self.lost_at = time.monotonic()
        if text.startswith("-- back"):
            self.back_at = time.monotonic()
        return super().write(text)

    @property
    def said(self) -> list[str]:
        """What Ann saw of her own words."""
        return [line.partition("> ")[2] for line in self.getvalue().splitlines() if "<ann>" in line]


@dataclass(frozen=True)
class Cut:
    """A connection that ends: without a close code as when a network fails, and with what goes before.

    `statuses` refuse the handshakes after it. The server is gone for `gone_s` seconds, if it is gone. With a
    `reply_wait` it does not end: no reply comes for longer than that, and who waits ends it.
    """

    what: str
    code: int | None = None
    reason: str = ""
    statuses: tuple[int, ...] = ()
    blind: bool = False
    rubbish: str = ""
    stalled_s: float = 0.0
    gone_s: float = 0.0
    reply_wait: float = 0.0

    async def make(self, person: Person) -> None:
        """End the connection."""
        server = person.server
        server.blind, server.statuses = self.blind, [*self.statuses]
        if self.rubbish:
            await server.tell(self.rubbish)
        await asyncio.sleep(self.stalled_s)
        if not self.gone_s:
            if not self.reply_wait:
                await server.cut(self.code, self.reason)
            return
        await server.close()
        while not person.lost_at:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        await asyncio.sleep(self.gone_s)  # in which nobody can connect
        await server.listen()


CUTS = {
    "network": Cut("The network fails"),
    "idle": Cut("1001, as after 10 idle minutes or 2 hours", 1001, "Going away"),
    "restart": Cut("1012, the service restarts", 1012),
    "blind": Cut("The network fails, and the server does not notice", blind=True),
    "refused": Cut("1001, then 429, 503, 500 at the handshake", 1001, statuses=(429, 503, 500)),
    "garbage": Cut("Rubbish comes, and then the network fails", rubbish="\x00 rubbish {"),
    "gone": Cut("The server is gone, and comes back", gone_s=0.3),
    "stalled": Cut("No reply comes, and then the network fails", stalled_s=0.3),
    "silent": Cut("No reply comes", reply_wait=0.5),
}
GONE_FOR_LONG = Cut("The server is gone for 8 s", gone_s=8)
WHEN = ["before", "after"]


async def play(cut: Cut, when: str, *, jitter: Callable[[], float] = lambda: 0.1) -> tuple[Person, ExitCode]:
    """Say some lines; cut at the fourth, before or after the server has done it, but before its ack."""
    person = Person()
    lines = io.StringIO("".join(f"{line}\n" for line in LINES))
    settings = Settings(name="ann", room="ops")
    cutting: list[asyncio.Task[None]] = []

    def tamper(frame: dict[str, Any]) -> str | None:
        if frame.get("value") != LINES[3] or cutting:
            return None
        if when == "after":
            person.server.rooms["ops"].store("ann", LINES[3], frame["id"])
        cutting.append(asyncio.ensure_future(cut.make(person)))
        return ""

    person.server.tamper = tamper
    async with room_server(person.server) as server, asyncio.timeout(60):
        options = ChatOptions(
            server.url, "t", settings, stdin=lines, stdout=person, jitter=jitter, reconnect_limit=60.0
        )
        code = await chat(replace(options, reply_wait=cut.reply_wait or options.reply_wait))
        await asyncio.gather(*cutting, return_exceptions=True)
    return person, code


def rows() -> Iterator[tuple[str, ...]]:
    """Play all cuts; yield what came of each."""
    for cut, when in product((*CUTS.values(), GONE_FOR_LONG), WHEN):
        person, _ = asyncio.run(play(cut, when, jitter=ChatOptions.jitter))
        took, said = person.back_at - person.lost_at, set(person.said)
        lost, doubled = len(set(LINES) - said), len(person.said) - len(said)
        saw = "; ".join(line for line in person.getvalue().splitlines() if "again" in line or "back" in line)
        done = "yes" if when == "after" else "no"
        yield cut.what, done, saw, f"{took:.2f} s", str(lost), str(doubled)


if __name__ == "__main__":
    show(("cut", "the server had done it", "what the person saw", "back after", "lost", "doubled"), rows())
