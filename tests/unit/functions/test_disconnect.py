"""$disconnect: what is a connection's goes with it."""

import pytest

from tests.support.functions.people import Connect, Tables
from wschat.protocol.events import UserLeft


def test_disconnect(connect: Connect, tables: Tables) -> None:
    """A connection that closes leaves nothing; a second $disconnect finds nothing to do."""
    ann, bob = connect("Ann", "Ops"), connect("Bob", "Ops")
    ann.heard()
    assert bob.call("$disconnect", disconnectStatusCode=1001) == {"statusCode": 200}
    assert bob.call("$disconnect") == {"statusCode": 200}
    assert ann.heard() == [UserLeft("Bob", "Ops")]
    ann.call("$disconnect")
    assert tables().keys() == {"#rooms"}


@pytest.mark.parametrize("route", ["$connect", "$disconnect"])
def test_a_client_sends_a_gateway_route(connect: Connect, tables: Tables, route: str) -> None:
    """A message with such an action changes nothing."""
    ann = connect("Ann", "Ops")
    before = tables()
    assert ann.call(route, eventType="MESSAGE") == {"statusCode": 200}
    assert tables() == before
