"""Whether a room may be made: there is space, and none that looks like it."""

import pytest

from tests.support.doubles import CAUGHT
from tests.support.functions.database import Database
from tests.support.functions.people import Connect, Tables
from wschat.functions.shared.names import looks_like
from wschat.protocol.events import Error
from wschat.protocol.refusals import ErrorCode


@pytest.mark.parametrize(("there", "wanted"), [(there, wanted) for there, wanted, _ in CAUGHT[:6]])
def test_doubles(connect: Connect, there: str, wanted: str) -> None:
    """Of two that look alike one can be made, as with names; the refusal says which there is."""
    ann, eve = connect("ann", there), connect("eve")
    reply = eve.ask("create", wanted)
    assert isinstance(reply, Error)
    found = eve.ask("join", wanted)
    if isinstance(found, Error):
        assert (reply.code, found.code) == (ErrorCode.BAD_REQUEST, ErrorCode.NO_SUCH_ROOM)
        assert reply.message == f"{looks_like(wanted, there)}: a room that there is"
    else:
        assert reply.code == ErrorCode.ROOM_EXISTS
        eve.ask("leave")
    ann.ask("leave")
    assert eve.ask("create", wanted).type == "multi-message"


def test_listed_and_not_there(connect: Connect, database: Database, tables: Tables) -> None:
    """A room that is only on the list is taken off, and is in nobody's way."""
    connect("ann", "Ops")
    items = {key: item for key, item in tables().items() if not key.startswith("room ")}
    database.restore(items)
    assert connect("eve").ask("create", "0ps").type == "multi-message"
    assert list(tables()["#rooms"]["rooms"]["M"]) == ["0ps"]
