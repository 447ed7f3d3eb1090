"""$connect: the record of a connection."""

from tests.support.functions.people import Connect, Tables
from wschat.functions.shared.invocation import LIFETIME


def test_connect(connect: Connect, tables: Tables) -> None:
    """A connection's record has no name and no room, and expires when the connection can't live any more."""
    ann = connect()
    assert tables() == {
        ann.connection: {
            "ID": {"S": ann.connection},
            "connected": {"N": f"{ann.connected_at}"},
            "expires": {"N": f"{ann.connected_at // 1000 + LIFETIME}"},
        }
    }


def test_a_client_sends_a_gateway_route(connect: Connect, tables: Tables) -> None:
    """A message with the action $connect changes nothing."""
    ann = connect("Ann", "Ops")
    before = tables()
    assert ann.call("$connect", eventType="MESSAGE") == {"statusCode": 200}
    assert tables() == before
