"""Any order of events: one request in flight, nothing lost, doubled or shown in a wrong room, a way back."""

import os
from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.support.play import Play
from wschat.chat.machine import effects
from wschat.chat.machine.advice import Fault
from wschat.chat.machine.connection import Closed, Opened, Resumed
from wschat.chat.machine.effects import Timer
from wschat.chat.machine.state import Connecting
from wschat.protocol.events import Ack, ClientMessage, Entry, Event, MultiMessage, UserJoined, UserLeft

from .server import ROOMS, Server

EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "60"))
FAULTS = st.sampled_from([Fault.TRANSIENT, Fault.OFFLINE, Fault.BUSY, Fault.THROTTLED])
ANY = st.integers(0, 1_000)
MOST_SAID, MOST_ENTERED, MOST_NEWCOMERS = 60, 25, 20


class Chat(RuleBasedStateMachine):
    """A client and a server; frames are late, overtake each other, get lost."""

    def __init__(self) -> None:
        super().__init__()
        self.play = Play(wanted_name="ann", wanted_room="ops")
        self.server = Server()
        for room in ROOMS:
            self.server.bob_speaks(room)
        self.trying: int | None = 1
        self.arrives = True
        self.timers: set[Timer] = set()
        self.shown: list[str | None] = []
        self.stay: str | None = None
        self.in_this_stay: list[str | None] = []
        self.due: set[str | None] = set()  # messages and newcomers that came while we were in their room
        self.restored: list[str] = []
        self.entered: list[str] = []

    @property
    def settled(self) -> bool:
        """Tell whether all is done, on one connection, in a room, with more to be said."""
        is_alone = [self.server.ann] == [*self.server.links]
        return self.play.state.idle and is_alone and len(self.server.said) < MOST_SAID

    def feed(self, event: object) -> None:
        before = self.play.room
        self.play.feed(event)  # type: ignore[arg-type]
        self.restored += self.play.restored
        for effect in self.play.effects:
            self.note(effect)
            self.look(effect, {before, self.play.room} - {None})
        self.stay = self.stay and self.play.room

    def note(self, effect: object) -> None:
        match effect:
            case effects.Send(request):
                number, links = self.play.state.in_use, self.server.links
                assert number in links, "sent on a connection that is gone"
                others = [one for one in links[number] if one.action != "ping"]
                assert request.action == "ping" or not others, "two requests in flight"
                assert request.id not in self.shown, "sent though it was seen"
                links[number].append(request)
            case effects.Connect(number):
                self.trying = number
            case effects.Close(number):
                self.server.lose(number, arrives=self.arrives)
            case effects.SetTimer(timer):
                self.timers.add(timer)
            case effects.GiveUp() | effects.Quit():
                raise AssertionError(effect)

    def look(self, item: object, rooms: set[str | None]) -> None:
        """What is shown is shown in its room, and once in a stay."""
        match item:
            case effects.FromServer(MultiMessage(room)):
                self.in_this_stay = self.in_this_stay if room == self.stay else []
                self.stay = room
            case effects.Message(ClientMessage(user, text, room, seq, time, id_)):
                assert room in rooms, f"{text} shown in {room!r}"
                log = self.server.rooms[room].log
                assert Entry(user, text, seq, time, id_) in log, f"{text} is not of {room}"
                assert id_ not in self.in_this_stay, "shown twice"
                self.in_this_stay.append(id_)
                self.shown.append(id_)
                self.due.discard(id_)
            case effects.News(events):
                people = [event for event in events if isinstance(event, UserJoined | UserLeft)]
                assert {event.room for event in people} <= rooms, f"{people} shown in {rooms}"
                self.due -= {event.user for event in people}
            case effects.Members(room):
                assert room in rooms, f"members of {room}"

    @precondition(lambda self: self.trying is not None)
    @rule()
    def open(self) -> None:
        number, self.trying = self.trying, None
        assert number is not None
        self.server.links[number] = []
        self.feed(Opened(number))

    @precondition(lambda self: self.trying and not isinstance(self.play.state.connection, Connecting))
    @rule(fault=FAULTS)
    def refuse(self, fault: Fault) -> None:
        number, self.trying = self.trying, None
        assert number is not None
        self.feed(Closed(number, "refused", fault=fault))

    @precondition(lambda self: self.server.links)
    @rule(which=ANY, fault=FAULTS, arrives=st.booleans())
    def cut(self, which: int, fault: Fault, arrives: bool) -> None:  # noqa: FBT001
        self.arrives = arrives
        number = sorted(self.server.links)[which % len(self.server.links)]
        self.server.lose(number, arrives=arrives)
        self.feed(Closed(number, "cut", fault=fault))

    @precondition(lambda self: self.server.busy)
    @rule()
    def work(self) -> None:
        self.server.work()

    @precondition(lambda self: self.server.busy)
    @rule(which=ANY)
    def decline(self, which: int) -> None:
        self.server.work(refusal=which)

    @precondition(lambda self: self.server.orphans)
    @rule()
    def late_work(self) -> None:
        """A function that was running at the cut comes to its end."""
        self.server.late_work()

    @precondition(lambda self: self.server.on_its_way)
    @rule(which=ANY)
    def deliver(self, which: int) -> None:
        """Any frame that is under way arrives, before the others."""
        number, event = self.server.on_its_way[which % len(self.server.on_its_way)]
        self.server.posts.remove((number, event))
        match event:
            case ClientMessage(room=room, id=id_) if self.play.room == room and id_ not in self.in_this_stay:
                self.due.add(id_)
            case UserJoined(user, room) if self.play.room == room:
                self.due.add(user)
        self.feed(event)

    def deliver_what(self, wanted: Callable[[Event], bool]) -> None:
        self.deliver([wanted(event) for _, event in self.server.on_its_way].index(True))

    @precondition(lambda self: len(self.server.said) < MOST_SAID)
    @rule(room=st.sampled_from(ROOMS))
    def bob_speaks(self, room: str) -> None:
        self.server.bob_speaks(room)

    @precondition(lambda self: self.server.ann and len(self.server.newcomers) < MOST_NEWCOMERS)
    @rule()
    def somebody_joins(self) -> None:
        self.server.somebody_joins()

    @precondition(lambda self: self.settled)
    @rule(then=st.sampled_from(["cut", "lost", "/leave", "/join dev", "nothing"]))
    def one_is_late(self, then: str) -> None:
        """Of two messages the second comes first; before the other comes, something else happens."""
        self.calm()
        if not self.settled:
            return
        assert self.play.room
        self.server.bob_speaks(self.play.room)
        second = self.server.bob_speaks(self.play.room)
        self.deliver_what(lambda event: getattr(event, "id", None) == second.id)
        if then == "lost":
            self.feed(Timer.REORDER)
        if then in {"cut", "lost"}:
            self.cut(0, Fault.TRANSIENT, arrives=False)
        elif then != "nothing":
            self.feed(then)
            self.work()
            self.deliver_what(lambda event: isinstance(event, Ack | MultiMessage))

    @precondition(lambda self: self.settled and len(self.entered) < MOST_ENTERED)
    @rule(done=st.booleans(), arrives=st.booleans())
    def cut_in_flight(self, done: bool, arrives: bool) -> None:  # noqa: FBT001
        """The connection is cut before or after the server has done what came on it."""
        self.calm()
        if self.settled:
            self.enter()
            if done:
                self.work()
            self.cut(0, Fault.TRANSIENT, arrives=arrives)

    @precondition(lambda self: len(self.entered) < MOST_ENTERED)
    @rule()
    def enter(self) -> None:
        self.entered.append(f"line {len(self.entered)}.")
        self.feed(self.entered[-1])

    @rule(line=st.sampled_from(["/join ops", "/join dev", "/create dev", "/leave", "/users"]))
    def command(self, line: str) -> None:
        self.feed(line)

    @precondition(lambda self: self.play.state.name is None)
    @rule()
    def take_a_name(self) -> None:
        self.feed("/register ann")

    @precondition(lambda self: self.timers)
    @rule(which=ANY)
    def fire(self, which: int) -> None:
        timer = sorted(self.timers, key=lambda one: one.name)[which % len(self.timers)]
        self.timers.discard(timer)
        self.feed(timer)

    @precondition(lambda self: self.play.state.in_flight)
    @rule()
    def no_reply(self) -> None:
        self.feed(Timer.REPLY)
        # The server is slow, not dead: what it has not done yet is done when it likes.
        in_flight = self.play.state.in_flight
        for asked in self.server.links.values():
            self.server.orphan(asked)
            asked[:] = [one for one in asked if in_flight and one.id == in_flight.request.id]

    @rule()
    def wake(self) -> None:
        self.feed(Resumed())

    @rule()
    def calm(self) -> None:
        """For a while nothing goes wrong, so that all comes to its end."""
        for _ in range(500):
            if self.trying is not None:
                self.open()
            elif self.server.busy:
                self.work()
            elif self.server.on_its_way:
                self.deliver(0)
            elif late := self.timers & {Timer.REORDER, Timer.NEWS}:
                timer = min(late, key=lambda one: one.name)
                self.timers.discard(timer)
                self.feed(timer)
            else:
                break

    @invariant()
    def way_back(self) -> None:
        state = self.play.state
        on_its_way = self.trying is not None and state.connection.attempt == self.trying
        assert state.in_use in self.server.links or on_its_way, "no way back"

    @invariant()
    def not_sent_is_true(self) -> None:
        stored = {entry.content for entry in self.server.said}
        assert not stored & {unsent.line for unsent in self.play.state.unsent if not unsent.doubtful}

    def teardown(self) -> None:
        """In the end all is well: nothing is lost, and everything is seen."""
        while self.server.orphans:
            self.late_work()
        self.calm()
        self.feed("/users")
        assert self.play.state.idle, self.play.state
        assert not self.due, f"received and never shown: {self.due}"
        if self.play.room:
            assert {entry.id for entry in self.server.rooms[self.play.room].log} <= {*self.shown}
        stored = [entry for entry in self.server.said if entry.user == "ann"]
        for line in self.entered:
            assert line in {entry.content for entry in stored} or line in self.restored, f"lost: {line}"
        assert len({entry.content for entry in stored}) == len({entry.id for entry in stored}), "said twice"


Chat.TestCase.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=60, deadline=None, derandomize=EXAMPLES <= 60
)
TestChat = Chat.TestCase
