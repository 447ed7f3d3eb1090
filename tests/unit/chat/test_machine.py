"""Any order of events: never two requests in flight, nothing lost or doubled, always a way back."""

import os
from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from wschat.chat.vocabulary import (
    Alarm,
    Closed,
    Connect,
    Drop,
    Fault,
    GiveUp,
    NoReply,
    Opened,
    Quit,
    Said,
    Send,
    SetAlarm,
    Show,
    Woke,
)
from wschat.protocol import events as wire
from wschat.protocol.events import Ack, ClientMessage, Entry, Error, MultiMessage, Pong, Signup
from wschat.protocol.requests import Request

from .play import Play

EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "60"))
FAULTS = st.sampled_from([Fault.PASSING, Fault.OFFLINE, Fault.BUSY, Fault.SCOLDED])
ANY = st.integers(0, 1_000)


@dataclass
class Link:
    """A connection: what came in and is not done, what is done and not delivered."""

    asked: list[Request] = field(default_factory=list)
    outbox: list[wire.Event] = field(default_factory=list)


class Chat(RuleBasedStateMachine):
    """A client and a room that Bob never leaves; frames are late, overtake each other, and get lost."""

    @initialize()
    def begin(self) -> None:
        self.play = Play(wish_name="ann", wish_room="ops")
        self.links: dict[int, Link] = {}
        self.member: int | None = None
        self.named: int | None = None
        self.orphans: list[Request] = []
        self.log: list[Entry] = []
        self.trying: int | None = 1
        self.arrives_never = False
        self.alarms: set[Alarm] = set()
        self.shown: list[Said] = []
        self.given_back: list[str] = []
        self.entered: list[str] = []

    def feed(self, *events: object) -> None:
        for event in events:
            self.play.feed(event)  # type: ignore[arg-type]
            self.given_back += self.play.given_back
            for effect in self.play.effects:
                self.note(effect)

    def note(self, effect: object) -> None:
        match effect:
            case Send(request):
                link = self.play.state.link
                assert link in self.links, "sent on a connection that is gone"
                others = [one for one in self.links[link].asked if one.action != "ping"]
                assert request.action == "ping" or not others, "two requests in flight"
                assert request.id not in {said.entry.id for said in self.shown}, "sent though it was seen"
                self.links[link].asked.append(request)
            case Connect(number):
                self.trying = number
            case Drop(number):
                self.lose(number)
            case SetAlarm(alarm):
                self.alarms.add(alarm)
            case Show(Said() as said):
                self.shown.append(said)
            case GiveUp() | Quit():
                raise AssertionError(effect)

    def lose(self, number: int) -> None:
        """A connection ends: what was under way in the server may still be done, its outbox is gone."""
        link = self.links.pop(number, None)
        if link and not self.arrives_never:
            self.orphans += [one for one in link.asked if one.action == "message" and self.member is not None]

    @precondition(lambda self: self.trying is not None)
    @rule()
    def open(self) -> None:
        number, self.trying = self.trying, None
        assert number is not None
        self.links[number] = Link()
        self.feed(Opened(number))

    @precondition(lambda self: self.trying is not None and self.play.state.been_open)
    @rule(fault=FAULTS)
    def refuse(self, fault: Fault) -> None:
        number, self.trying = self.trying, None
        assert number is not None
        self.feed(Closed(number, "refused", fault=fault))

    @precondition(lambda self: self.links)
    @rule(which=ANY, fault=FAULTS, arrives_never=st.booleans())
    def cut(self, which: int, fault: Fault, arrives_never: bool) -> None:  # noqa: FBT001
        self.arrives_never = arrives_never
        number = sorted(self.links)[which % len(self.links)]
        self.lose(number)
        self.feed(Closed(number, "cut", fault=fault))

    @precondition(lambda self: any(link.asked for link in self.links.values()))
    @rule(busy=st.booleans())
    def work(self, busy: bool) -> None:  # noqa: FBT001
        """The server does the oldest request."""
        number = next(number for number, link in sorted(self.links.items()) if link.asked)
        link = self.links[number]
        request = link.asked.pop(0)
        match request.action:
            case "ping":
                link.outbox.append(Pong())
            case "register" | "join" if busy:
                link.outbox.append(Error("busy", "try again", request.id))
            case "register":
                if self.member is not None:
                    self.member = number
                self.named = number
                link.outbox.append(Signup("ann", ("ops",), request.id))
            case "join":
                self.member = number
                missed = tuple(entry for entry in self.log if entry.seq > (request.after or 0))
                link.outbox.append(MultiMessage("ops", ("bob", "ann"), missed, id=request.id))
            case "message":
                entry = self.store("ann", request.value, request.id)
                link.outbox.append(Ack(entry.seq, 1, request.id))

    def store(self, user: str, text: str, id_: str | None) -> Entry:
        entry = Entry(user, text, 1000 + len(self.log), 1, id_)
        self.log.append(entry)
        if self.member in self.links:
            self.links[self.member].outbox.append(ClientMessage(user, text, "ops", entry.seq, 1, id_))
        return entry

    @precondition(lambda self: self.orphans)
    @rule()
    def late_work(self) -> None:
        """A function that was running at the cut comes to its end."""
        request = self.orphans.pop(0)
        self.store("ann", request.value, request.id)

    @precondition(lambda self: any(link.outbox for link in self.links.values()))
    @rule(which=ANY)
    def deliver(self, which: int) -> None:
        """Any frame that is under way arrives, before the others."""
        ready = [(number, event) for number, link in self.links.items() for event in link.outbox]
        number, event = ready[which % len(ready)]
        self.links[number].outbox.remove(event)
        self.feed(event)

    @precondition(lambda self: len(self.log) < 60)
    @rule()
    def bob_speaks(self) -> None:
        self.store("bob", f"bob {len(self.log)}", f"b{len(self.log)}")

    @precondition(lambda self: self.play.state.idle and self.member in self.links and len(self.log) < 60)
    @rule()
    def one_is_lost(self) -> None:
        """Of two messages the second comes, then the connection is cut."""
        self.calm()
        if self.member in self.links:
            self.bob_speaks()
            self.bob_speaks()
            second = self.log[-1]
            link = self.links[self.member]
            link.outbox = [event for event in link.outbox if getattr(event, "id", None) == second.id]
            self.deliver(0)
            self.feed(Alarm.HELD)
            self.cut(0, Fault.PASSING, arrives_never=True)

    @precondition(lambda self: len(self.entered) < 25)
    @rule()
    def enter(self) -> None:
        self.entered.append(f"line {len(self.entered)}.")
        self.feed(self.entered[-1])

    @precondition(lambda self: self.alarms)
    @rule(which=ANY)
    def ring(self, which: int) -> None:
        alarm = sorted(self.alarms, key=lambda one: one.name)[which % len(self.alarms)]
        self.alarms.discard(alarm)
        self.feed(alarm)

    @precondition(lambda self: self.play.state.waiting)
    @rule()
    def no_reply(self) -> None:
        self.feed(NoReply(self.play.id))
        # The server is slow, not dead: what it has not done yet is done when it likes.
        for link in self.links.values():
            self.orphans += [one for one in link.asked if one.action == "message"]
            link.asked = [one for one in link.asked if one.id == self.waited_for()]

    def waited_for(self) -> str | None:
        waiting = self.play.state.waiting
        return waiting.request.id if waiting else None

    @rule()
    def wake(self) -> None:
        self.feed(Woke())

    @rule()
    def calm(self) -> None:
        """For a while nothing goes wrong, so that all comes to its end."""
        for _ in range(500):
            if self.trying is not None:
                self.open()
            elif any(link.asked for link in self.links.values()):
                self.work(busy=False)
            elif any(link.outbox for link in self.links.values()):
                self.deliver(0)
            elif Alarm.HELD in self.alarms:
                self.alarms.discard(Alarm.HELD)
                self.feed(Alarm.HELD)
            else:
                break

    @invariant()
    def way_back(self) -> None:
        if hasattr(self, "play"):
            state = self.play.state
            on_its_way = self.trying is not None and state.attempt == self.trying
            assert state.link in self.links or on_its_way, "no way back"

    @invariant()
    def shown_once(self) -> None:
        if hasattr(self, "play"):
            seen = [(said.entry.user, said.entry.id) for said in self.shown]
            assert len(seen) == len(set(seen)), "shown twice"

    @invariant()
    def not_sent_is_true(self) -> None:
        if hasattr(self, "play"):
            stored = {entry.content for entry in self.log if entry.user == "ann"}
            assert not stored & {unsent.line for unsent in self.play.state.unsent if not unsent.doubtful}

    def teardown(self) -> None:
        """In the end all is well: nothing is lost, and everything is seen."""
        if not hasattr(self, "play"):
            return
        while self.orphans:
            self.late_work()
        self.calm()
        assert self.play.state.idle, self.play.state
        stored = [entry.content for entry in self.log if entry.user == "ann"]
        for line in self.entered:
            assert line in stored or line in self.given_back, f"lost: {line}"
        ours = {entry.id for entry in self.log}
        assert {said.entry.id for said in self.shown} == ours, "not everything was seen"
        assert len(set(stored)) == len({entry.id for entry in self.log if entry.user == "ann"}), "said twice"


Chat.TestCase.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=60, deadline=None, derandomize=EXAMPLES <= 60
)
TestChat = Chat.TestCase
