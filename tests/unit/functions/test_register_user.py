"""Names: unique, compared as people do, and taken back with the token."""

import json

from tests.support.functions.database import Database
from tests.support.functions.people import Connect, Tables, code
from wschat.functions.shared.dynamodb import CLIENTS, dynamodb
from wschat.protocol.events import Ack, Signup


def test_back_by_token(connect: Connect, tables: Tables) -> None:
    """The token gets the name and the place in the room back, though the old connection still stands."""
    old, bob = connect("Ann", "Ops", token="secret"), connect("Bob", "Ops")
    new = connect()
    assert code(new.ask("register", "Ann", token="guess")) == "name-taken"
    assert code(new.ask("register", "Ann")) == "name-taken"
    assert new.ask("register", "Ann", token="secret") == Signup("Ann", ("Ops",), id="7")
    assert set(tables()["room ops"]["users"]["M"]) == {new.connection, bob.connection}
    assert bob.heard() == []
    assert code(old.ask("message", "still me?")) == "not-registered"
    old.call("$disconnect")
    assert set(tables()["room ops"]["users"]["M"]) == {new.connection, bob.connection}
    assert tables()["name#ann"]["owner"]["S"] == new.connection
    assert isinstance(new.ask("message", "here again"), Ack)
    assert "secret" not in json.dumps(tables()), "there is but a hash of it"


def test_registered_though_forgotten(connect: Connect, tables: Tables) -> None:
    """A connection whose record was lost (a post came before it was open) can still register."""
    ann = connect()
    dynamodb().delete_item(TableName=CLIENTS, Key={"ID": {"S": ann.connection}})
    assert ann.ask("register", "Ann") == Signup("Ann", id="7")
    assert {"connected", "expires", "name"} <= tables()[ann.connection].keys()


def test_expired_name(connect: Connect, database: Database) -> None:
    """A name whose connection can't live any more is free, whether or not DynamoDB has deleted it."""
    connect("Ann")
    database.put(database.items()["name#ann"] | {"expires": {"N": "1000"}})
    assert connect().ask("register", "Ann").type == "signup"
