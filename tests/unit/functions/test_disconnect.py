"""$disconnect: what is a connection's goes with it, unless it was cut off, and may be back."""

import pytest

from tests.support.functions.ageing import age
from tests.support.functions.consistent import inconsistencies
from tests.support.functions.database import Database
from tests.support.functions.gate import Gate
from tests.support.functions.people import Connect, Person, Tables, code
from tests.support.functions.post_sink import PostSink
from wschat.functions.shared.seats import GRACE, RESERVED
from wschat.protocol.events import ClientMessage, Error, Event, MultiMessage, UserLeft


@pytest.mark.parametrize("route", ["$connect", "$disconnect"])
def test_a_client_sends_a_gateway_route(connect: Connect, tables: Tables, route: str) -> None:
    """A message with such an action changes nothing."""
    ann = connect("Ann", "Ops")
    before = tables()
    assert ann.call(route, eventType="MESSAGE") == {"statusCode": 200}
    assert tables() == before


@pytest.mark.parametrize(
    ("token", "end", "is_kept"),
    [
        *(("secret", end, False) for end in (1000,)),
        *(("secret", end, True) for end in (None, -1, 1001, 1005, 1006, 1009, 4000, "1000")),
        *((None, end, False) for end in (1000, 1006)),
    ],
)
def test_ends(connect: Connect, *, token: str | None, end: object, is_kept: bool) -> None:
    """Who has a token, and said no goodbye, keeps name and place; else a bot that waits has the name."""
    pupil, bot, teacher = connect("Pupil", "Class"), connect(), connect("Teacher", "Class", token)
    pupil.heard()
    teacher.call("$disconnect", **({} if end is None else {"disconnectStatusCode": end}))
    assert pupil.heard() == ([] if is_kept else [UserLeft("Teacher", "Class")])
    taken = bot.ask("register", "teacher", token="guessed")
    assert isinstance(taken, Error) == is_kept
    assert isinstance(connect().ask("register", "Teacher", token="secret"), Error) != is_kept


def test_back_in_time(connect: Connect, tables: Tables) -> None:
    """Whose place was kept hears all that is said from then on, and finds the rest; nobody left or joined."""
    pupil, teacher = connect("Pupil", "Class"), connect("Teacher", "Class", "secret")
    pupil.heard()
    for _ in range(2):  # AWS may say it twice
        teacher.end(1006)
    assert pupil.ask("message", "are you there?").reached == 1  # type: ignore[attr-defined]
    back = connect("Teacher", token="secret")
    assert pupil.ask("message", "there you are").reached == 2  # type: ignore[attr-defined]
    found = back.ask("join", "Class")
    assert isinstance(found, MultiMessage)
    assert [entry.content for entry in found.messages] == ["are you there?", "there you are"]
    assert set(found.users) == {"Pupil", "Teacher"}
    assert {type(event) for event in pupil.heard()} == {ClientMessage}
    assert inconsistencies(tables()) == []


def test_never_back(connect: Connect, sink: PostSink, database: Database, tables: Tables) -> None:
    """Once the grace is over no place is kept, and the next post tells who left; the name is kept on."""
    pupil, teacher, zoe = connect("Pupil", "Class"), connect("Teacher", "Class", "secret"), connect("Zoe")
    sink.gone.add(teacher.connection)
    teacher.end(1001)
    age(database, GRACE)
    pupil.heard()
    assert zoe.ask("join", "Class").users == ("Pupil", "Zoe")  # type: ignore[attr-defined]
    assert UserLeft("Teacher", "Class") in pupil.heard()
    assert teacher.connection not in tables()
    assert code(zoe.ask("leave") and connect().ask("register", "Teacher", token="guessed")) == "name-taken"
    age(database, RESERVED)
    assert connect().ask("register", "Teacher").type == "signup"
    assert inconsistencies(tables()) == []


def test_nobody_is_there(connect: Connect, tables: Tables) -> None:
    """A room whose members are all cut off, or leave, is gone at once, whoever's place was kept in it."""
    for last in ("end", "leave"):
        ann, bob = connect("Ann", "Ops", "secret"), connect("Bob", "Ops", "secret")
        ann.end(1006)
        if last == "end":
            bob.end(1006)
        else:
            bob.ask("leave")
        assert "room ops" not in tables()
        assert inconsistencies(tables()) == []
        back = [connect(name, token="secret") for name in ("Ann", "Bob")]
        assert code(back[0].ask("join", "Ops")) == "no-such-room"
        for one in back:
            one.end()


def test_two_are_cut_off_at_once(connect: Connect, tables: Tables, gate: Gate) -> None:
    """Neither takes the other for somebody who is still there."""
    ann, bob = connect("Ann", "Ops", "secret"), connect("Bob", "Ops", "secret")
    gate.meanwhile("TransactWriteItems", lambda: bob.end(1006))
    ann.end(1006)
    assert "room ops" not in tables()
    assert inconsistencies(tables()) == []


def test_goodbye_after_a_post(connect: Connect, sink: PostSink, tables: Tables) -> None:
    """A goodbye counts, though a post has met the closed connection before: the name is free at once."""
    pupil, teacher = connect("Pupil", "Class"), connect("Teacher", "Class", "secret")
    sink.gone.add(teacher.connection)
    pupil.ask("message", "anybody?")
    assert not any(isinstance(event, UserLeft) for event in pupil.heard())
    teacher.end(1000)
    assert pupil.heard() == [UserLeft("Teacher", "Class")]
    assert connect().ask("register", "Teacher").type == "signup"
    assert inconsistencies(tables()) == []


LATE = {
    "message": lambda one: one.ask("message", "late"),
    "join": lambda one: one.ask("join", "Ops"),
    "leave": lambda one: one.ask("leave"),
    "register": lambda one: one.ask("register", "Teacher", token="secret"),
}


@pytest.mark.parametrize("what", LATE)
@pytest.mark.parametrize("meanwhile", [True, False])
def test_late_frames(connect: Connect, tables: Tables, gate: Gate, what: str, *, meanwhile: bool) -> None:
    """A frame that is dealt with after its connection was cut off, or while it is, brings nobody back."""
    connect("Pupil", "Class"), connect("Zoe", "Ops")
    teacher: Person = connect("Teacher", "Class", "secret")
    told: list[Event] = []
    if meanwhile:
        gate.meanwhile(
            "GetItem class" if what == "message" else "TransactWriteItems", lambda: teacher.end(1006)
        )
    else:
        teacher.end(1006)
    told.append(LATE[what](teacher))
    assert told[0].type == ("ack" if meanwhile and what == "message" else "error")
    assert tables()["room class"]["users"]["M"][teacher.connection]["S"].startswith("Teacher#")
    assert inconsistencies(tables()) == []


def test_seated_while_it_is_cut_off(connect: Connect, database: Database, tables: Tables, gate: Gate) -> None:
    """Whose place is mended by a message, and who is cut off just then, has no place that nobody ends."""
    connect("Pupil", "Class")
    teacher = connect("Teacher", "Class", "secret")
    items = tables()
    del items["room class"]["users"]["M"][teacher.connection]
    database.restore(items)
    gate.meanwhile("TransactWriteItems", lambda: teacher.end(1006))
    assert teacher.ask("message", "late").type == "ack"
    assert teacher.connection not in tables()["room class"]["users"]["M"]
