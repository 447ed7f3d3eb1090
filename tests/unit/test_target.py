"""Which lab is meant, as options of other commands."""

import shlex

from wschat.target import Target


def test_commands() -> None:
    """Whatever the values hold, a shell hands them on as they are; what was not given is not there."""
    target = Target("a b-", profile="it's mine", endpoint_url="http://127.0.0.1:9", url="wss://x", sign=True)
    assert Target().commands["status"] == "wschat status"
    assert shlex.split(target.commands["teardown"]) == [
        *("wschat", "teardown", "--prefix", "a b-", "--profile", "it's mine"),
        *("--endpoint-url", "http://127.0.0.1:9"),
    ]
