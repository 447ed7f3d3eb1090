"""What can be seen of a lab from outside, by its URL alone: name, port, handshake, each route, posts."""

import asyncio
import secrets
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from email.utils import parsedate_to_datetime
from functools import partial
from typing import NamedTuple

from wschat.chat.network.connection import (
    PROXIES,
    Session,
    Sign,
    check_certificates,
    not_opened,
    open_session,
)
from wschat.doctor.asking import NO_ROOM, PROBES, Person, Probe, is_answer, read
from wschat.doctor.visit import Try, Visit
from wschat.errors import ConnectError, LostError, WschatError
from wschat.protocol import events as wire
from wschat.protocol.refusals import ErrorCode
from wschat.protocol.requests import Action, Request
from wschat.protocol.symptoms import Symptom
from wschat.system.proxy import proxy_for
from wschat.target import check_url
from wschat.text import safe

REACH_S = 10.0
"""Seconds in which a name has to be found, and a port to answer."""
PORTS = {"ws": 80, "wss": 443}
OnTry = Callable[[str], None]
POLL_S = 0.2
ROOM, NAME = "the room {}", "the name {}"
"""What may be left."""
NOT_DONE = {
    *(Symptom.FORBIDDEN, Symptom.UNKNOWN_ACTION, Symptom.BAD_BODY, Symptom.THROTTLED),
    Symptom.REFUSED_REQUEST,
}
"""What an answer is if nothing was done; after any other the request may have been carried out."""


LONGEST_S = 120.0
"""Seconds that a visit takes at most, however slow what it visits is."""


class Timeouts(NamedTuple):
    """Seconds until an answer, a post, or that a name comes free, counts as missing; and of all of it.

    A cold start took 0.8 s, and $disconnect ran 0.04 s after the close frame (recorded, us-east-1, 2026-09).
    """

    answer: float = 5.0
    post: float = 3.0
    free: float = 5.0
    all: float = LONGEST_S


PATIENCE = Timeouts()


async def visit(
    url: str,
    sign: Sign | None = None,
    *,
    asks: bool = True,
    talk: bool = False,
    timeouts: Timeouts = PATIENCE,
    on_try: OnTry = lambda _: None,
) -> Visit:
    """Look at a lab as a client does, and take back what that brought about.

    Each route is asked for something that it refuses, so that nobody notices; where it `asks`, since the
    routes of another API may do anything. With `talk` a room is made and talked in by two, which everybody
    who is connected hears.
    """
    visitor = _Visitor(url, sign, timeouts, on_try)
    try:
        async with asyncio.timeout(timeouts.all):
            await visitor.reach()
            await visitor.connect()
            if asks:
                await visitor.probe()
                await visitor.leave()  # before anything is posted, by which a function finds out who has gone
            if asks and talk:
                await visitor.talk()
    except _Ended:
        pass
    except TimeoutError:
        visitor.untried.append(f"the rest was not tried: it took {timeouts.all:.0f} s")
    told = tuple(visitor.tries), visitor.clock_ahead, tuple(visitor.left), tuple(visitor.untried)
    return Visit(*told, only_asked=asks and not talk)


async def _dial(host: str, port: int, context: ssl.SSLContext | None) -> None:
    _, writer = await asyncio.open_connection(host, port, ssl=context)
    writer.close()


class _Ended(Exception):  # noqa: N818  no error: there is nothing more to be seen
    """What comes next needs what failed."""


class _Visitor:
    """One visit, as far as it has come."""

    def __init__(self, url: str, sign: Sign | None, timeouts: Timeouts, on_try: OnTry) -> None:
        self.tries, self.left, self.untried = list[Try](), list[str](), list[str]()
        self.clock_ahead: float | None = None
        self._url, self._sign, self._timeouts, self._on_try = url, sign, timeouts, on_try
        self._name = f"wschat-doctor-{secrets.token_hex(4)}"

    async def reach(self) -> None:
        """Look for the host and its port, unless a proxy does that."""
        try:
            parts = check_url(self._url)
        except ConnectError as error:
            self._note("URL", time.monotonic(), error.what, Symptom.NO_URL, "")
            raise _Ended from None
        if proxy := proxy_for(self._url, *PROXIES[parts.scheme]):
            self.tries.append(Try(f"proxy {proxy}", 0.0))
            return
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        loop, began = asyncio.get_running_loop(), time.monotonic()
        context = None
        if parts.scheme == "wss":
            check_certificates()
            context = ssl.create_default_context()
        resolve = partial(loop.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        dial = partial(_dial, host, port, context)
        for what, step in ((f"name {host}", resolve), (f"port {port}{' and TLS' if context else ''}", dial)):
            began = time.monotonic()
            self._on_try(what)
            try:
                await asyncio.wait_for(step(), REACH_S)
            except (OSError, ValueError) as error:  # a TimeoutError is an OSError
                self._failed(what, began, not_opened(error, host, host, None))
                raise _Ended from None
            self.tries.append(Try(what, time.monotonic() - began))

    async def connect(self) -> None:
        """Open a connection, and where others must sign, one that does not."""
        async with self._session("handshake") as session:
            with suppress(ValueError, TypeError):
                self.clock_ahead = time.time() - parsedate_to_datetime(session.date).timestamp()
        if self._sign:
            began = time.monotonic()
            with suppress(WschatError):
                async with open_session(self._url):
                    self._note("unsigned handshake", began, "it is let in", Symptom.OPEN, "$connect")

    async def probe(self) -> None:
        """Register a name of our own, then ask each route for what it refuses.

        After one that is silent the next is asked on another connection: a late answer tells not whose it is.
        """
        todo = [Probe(Action.REGISTER, self._name, (wire.Signup,)), *PROBES]
        rooms = list[str]()
        while todo:
            async with self._session("") as session:
                person, silent = Person(session, self._name), False
                while todo and not silent:
                    route, value, answers = todo.pop(0)
                    value = value.format(room=rooms[0] if rooms else NO_ROOM, new=self._name)
                    answer = await self._ask(person, route, value, *answers, ErrorCode.NOT_REGISTERED)
                    rooms += answer.rooms if isinstance(answer, wire.Signup) else ()
                    silent = self.tries[-1].symptom is Symptom.SILENT

    async def talk(self) -> None:
        """Let two talk in a room of their own, and see whether it is gone when they have hung up."""
        room = f"{self._name}-room"
        async with self._session("") as one, self._session("") as other:
            first, second = Person(one, f"{self._name}-1"), Person(other, f"{self._name}-2")
            for person in (first, second):
                await self._ask(person, Action.REGISTER, person.name, wire.Signup)
            if any(each.symptom is Symptom.NAME_STAYS for each in self.tries):
                self.left += [NAME.format(first.name), NAME.format(second.name)]
            try:
                made = await self._ask(first, Action.CREATE, room, wire.MultiMessage)
                refused = self.tries[-1].symptom in NOT_DONE
                if refused or (made and await self._talk_in(room, first, second)):
                    return
            finally:  # also at Ctrl-C
                for person in (second, first):
                    await person.session.send(Request(Action.LEAVE, id=secrets.token_hex(8)))
        self.left.append(ROOM.format(room))
        async with self._session("") as session:
            person = Person(session, f"{self._name}-3")
            for _ in self._while_it_may_go():
                event = await self._answer(
                    person, Request(Action.REGISTER, person.name, secrets.token_hex(8))
                )
                if isinstance(event, wire.Signup) and room not in event.rooms:
                    self.left.remove(ROOM.format(room))
                    return
                await asyncio.sleep(POLL_S)

    async def _talk_in(self, room: str, first: Person, second: Person) -> bool:
        """Let two talk in a room; tell whether both have left it."""
        post = self._timeouts.post
        await self._hear("of a new room", "create", first, wire.SingleRoom(room), post)
        joined = await self._ask(second, Action.JOIN, room, wire.MultiMessage)
        if joined:
            await self._hear("of who joins", "join", first, wire.UserJoined(second.name, room), post)
        if await self._ask(first, Action.MESSAGE, "hello", wire.Ack):
            for who, person in (("sender", first), *([("other", second)] if joined else [])):
                await self._hear(f"the message, as the {who} hears it", "message", person, "hello", post)
        people = [second, first] if joined else [first]
        return all([await self._ask(each, Action.LEAVE, "", wire.Ack) for each in people])

    async def leave(self) -> None:
        """Hang up, and see whether the name comes free."""
        if not any(each.what == Action.REGISTER and not each.symptom for each in self.tries):
            return
        async with self._session("") as session:
            person, began = Person(session, self._name), time.monotonic()
            for _ in self._while_it_may_go():
                event = await self._answer(person, Request(Action.REGISTER, self._name, secrets.token_hex(8)))
                taken = isinstance(event, wire.Error) and event.code == ErrorCode.NAME_TAKEN
                if not taken:
                    self._note("name free again", began, "", None, "$disconnect")
                    return
                await asyncio.sleep(POLL_S)
        self.left.append(NAME.format(self._name))
        self._note("name free again", began, "it is still taken", Symptom.NAME_STAYS, "$disconnect")

    @asynccontextmanager
    async def _session(self, what: str) -> AsyncIterator[Session]:
        """Connect; note how that went, if it is asked for or failed."""
        began = time.monotonic()
        self._on_try(what or "another connection")
        try:
            async with open_session(self._url, sign=self._sign) as session:
                if what:
                    self._note(what, began, "", None, "$connect")
                yield session
        except LostError as error:
            self._failed("connection", began, error)
        except WschatError as error:
            self._failed(what or "another connection", began, error, "$connect")
            raise _Ended from None

    async def _ask(
        self, person: Person, route: str, value: str, *expected: "type[wire.Event] | ErrorCode"
    ) -> wire.Event | None:
        """Ask, and note what came; return the answer if it is one that is expected."""
        began = time.monotonic()
        self._on_try(route)
        event = await self._answer(person, Request(route, value, secrets.token_hex(8)))
        seen, symptom = read(event, expected, self._timeouts.answer)
        self._note(route, began, seen, symptom, route)
        if isinstance(event, wire.MultiMessage) and wire.MultiMessage not in expected:  # it is in a room
            self.left.append(ROOM.format(event.room))
            if isinstance(
                await self._answer(person, Request(Action.LEAVE, id=secrets.token_hex(8))), wire.Ack
            ):
                self.left.pop()
        return None if symptom else event

    def _while_it_may_go(self) -> Iterator[None]:
        """Yield as long as what hanging up takes away may still be there, and once at least."""
        began = time.monotonic()
        yield
        while time.monotonic() - began < self._timeouts.free:
            yield

    async def _answer(self, person: Person, request: Request) -> wire.Event | None:
        await person.session.send(request)
        return await person.next(partial(is_answer, request), self._timeouts.answer)

    async def _hear(
        self, what: str, route: str, person: Person, awaited: wire.Event | str, seconds: float
    ) -> None:
        began = time.monotonic()
        self._on_try(what)
        heard = await person.next(lambda event: awaited in (event, getattr(event, "message", None)), seconds)
        symptom = None if heard else Symptom.NOT_HEARD
        self._note(what, began, "" if heard else f"not within {seconds:.0f} s", symptom, route)

    def _failed(self, what: str, began: float, error: WschatError, route: str = "") -> None:
        self._note(what, began, error.what, error.symptom or Symptom.NO_WEBSOCKET, route)

    def _note(self, what: str, began: float, seen: str, symptom: Symptom | None, route: str) -> None:
        self.tries.append(Try(what, time.monotonic() - began, safe(seen), symptom, route))
