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
