"""What the processes of the local lab say to each other."""

import json

from wschat.errors import LocalError
from wschat.local.messages import encode, failed


def test_an_error_survives() -> None:
    """An error is the same on the other side, whatever stands in it."""
    error = LocalError("first line\nsecond", where="där", hint="try again")
    line = encode(failed(error))
    assert line.count(b"\n") == 1
    again = LocalError(**json.loads(line)["failed"])
    assert (again.what, again.where, again.hint) == (error.what, error.where, error.hint)
