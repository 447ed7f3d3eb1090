"""$disconnect: what is a connection's goes with it, unless it was cut off, and may be back."""

import pytest

from tests.support.functions.ageing import age
from tests.support.functions.consistent import inconsistencies
from tests.support.functions.database import Database
from tests.support.functions.gate import Gate
from tests.support.functions.people import Connect, Person, Tables, code
from tests.support.functions.post_sink import PostSink
from wschat.functions.shared.seats import GRACE, RESERVED
from wschat.protocol.events import ClientMessage, DeleteRoom, Error, Event, MultiMessage, Signup, UserLeft


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


@pytest.mark.parametrize("last", ["is cut off", "leaves", "says goodbye"])
def test_all_are_cut_off(connect: Connect, tables: Tables, last: str) -> None:
    """Whoever's place is kept finds the room and what was said in it; nobody hears that it was empty."""
    zoe, ann, bob = connect("Zoe"), connect("Ann", "Ops", "secret"), connect("Bob", "Ops", "secret")
    bob.ask("message", "hello")
    zoe.heard()
    ann.end(1006)
    if last == "leaves":
        bob.ask("leave")
    else:
        bob.end(1006 if last == "is cut off" else 1000)
    assert inconsistencies(tables()) == []
    back = connect()
    assert back.ask("register", "Ann", token="secret") == Signup("Ann", ("Ops",), id="7")
    assert inconsistencies(tables()) == []
    found = back.ask("join", "Ops")
    assert isinstance(found, MultiMessage)
    assert [entry.content for entry in found.messages] == ["hello"]
    assert set(found.users) == ({"Ann", "Bob"} if last == "is cut off" else {"Ann"})
    assert zoe.heard() == []


def test_nobody_s_place_is_kept(connect: Connect, database: Database, tables: Tables) -> None:
    """The last one who leaves takes a room along in which no place is kept any more."""
    zoe, ann, bob = connect("Zoe"), connect("Ann", "Ops", "secret"), connect("Bob", "Ops", "secret")
    ann.end(1006)
    age(database, GRACE)
    zoe.heard(), bob.ask("leave")
    assert zoe.heard() == [DeleteRoom("Ops")]
    assert "room ops" not in tables()


def test_goodbye_of_the_last_one(connect: Connect, sink: PostSink, tables: Tables) -> None:
    """A goodbye that comes after a post has met the closed connection ends the room after all."""
    zoe, ann = connect("Zoe"), connect("Ann", "Ops", "secret")
    sink.gone.add(ann.connection)
    zoe.ask("create", "Dev"), zoe.heard()
    assert tables()["#rooms"]["rooms"]["M"]["ops"]["S"].startswith("Ops#")
    ann.end(1000)
    assert zoe.heard() == [DeleteRoom("Ops")]
    assert inconsistencies(tables()) == []


def test_marked_by_a_hand(connect: Connect, tables: Tables, database: Database) -> None:
    """Who is there and marked as cut off is refused, and told why, until a new connection takes the name."""
    ann, bob = connect("Ann", "Ops", "secret"), connect("Bob", "Ops", "secret")
    database.put(tables()[ann.connection] | {"cut": {"N": "7"}})
    for action, value in (("message", "hello"), ("join", "Ops"), ("leave", ""), ("register", "Ann")):
        refused = ann.ask(action, value, token="secret")
        assert isinstance(refused, Error)
        assert refused.message == "this connection has ended"
    back = connect("Ann", token="secret")
    assert back.ask("message", "here again").reached == 2  # type: ignore[attr-defined]
    assert [type(event) for event in bob.heard()] == [ClientMessage]
    assert inconsistencies(tables()) == []


def test_two_are_cut_off_at_once(connect: Connect, tables: Tables, gate: Gate) -> None:
    """Neither takes the other for somebody who is still there."""
    ann, bob = connect("Ann", "Ops", "secret"), connect("Bob", "Ops", "secret")
    gate.meanwhile("TransactWriteItems", lambda: bob.end(1006))
    ann.end(1006)
    assert tables()["#rooms"]["rooms"]["M"]["ops"]["S"].startswith("Ops#")
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
