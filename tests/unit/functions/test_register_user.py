"""Names: unique, compared as people do, and taken back with the token."""

import json

from tests.support.functions.database import Database
from tests.support.functions.people import Connect, Tables, code
from wschat.functions.shared.dynamodb import CLIENTS
from wschat.functions.shared.dynamodb_client import dynamodb
from wschat.protocol.events import Signup


def test_tokens(connect: Connect, tables: Tables) -> None:
    """There is but a hash of one; a name that was taken without one is not given back."""
    connect("Ann", token="secret"), connect("Bob")
    assert "secret" not in json.dumps(tables())
    assert code(connect().ask("register", "Bob")) == "name-taken"


def test_registered_though_forgotten(connect: Connect, tables: Tables) -> None:
    """A connection whose record was lost (a post came before it was open) can still register."""
    ann = connect()
    dynamodb().call("DeleteItem", TableName=CLIENTS, Key={"ID": {"S": ann.connection}})
    assert ann.ask("register", "Ann") == Signup("Ann", id="7")
    assert {"connected", "expires", "name"} <= tables()[ann.connection].keys()


def test_expired_name(connect: Connect, database: Database) -> None:
    """A name whose connection can't live any more is free, whether or not DynamoDB has deleted it."""
    connect("Ann")
    items = database.items()
    database.put(*(items[key] | {"expires": {"N": "1000"}} for key in ("name#ann", "name#Ann")))
    assert connect().ask("register", "Ann").type == "signup"
