"""Which lab is meant: options of other commands, hosts, URLs."""

import shlex

import pytest

from wschat.errors import ConnectError
from wschat.target import HOST, Target, check_url, host_of, is_here


def test_commands() -> None:
    """Whatever the values hold, a shell hands them on as they are; what was not given is not there."""
    target = Target("a b-", profile="it's mine", endpoint_url="http://127.0.0.1:9", url="wss://x", sign=True)
    assert Target().commands["status"] == "wschat status"
    assert shlex.split(target.commands["teardown"]) == [
        *("wschat", "teardown", "--prefix", "a b-", "--profile", "it's mine"),
        *("--endpoint-url", "http://127.0.0.1:9"),
    ]
    assert target.commands["doctor"] == f"wschat doctor{target.options} --url wss://x --sign"
    assert Target().commands["doctor"] == "wschat doctor"


def test_here() -> None:
    """Loopback addresses, and the names that always mean them; no name that only looks like one."""
    here = {HOST, "127.8.8.8", "::1", "localhost", "abc.localhost"}
    elsewhere = {"", "10.0.0.1", "localhost.example.com", "127.0.0.1.example.com"}
    assert {host for host in here | elsewhere if is_here(host)} == here


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("https://x.execute-api.eu-west-1.amazonaws.com/development", "use wss:// for an API"),
        ("http://127.0.0.1:1/x", "use ws:// for an API"),
        ("x.execute-api.eu-west-1.amazonaws.com/development", "it looks like wss://"),
        ("wss://x.execute-api.eu-west-1.amazonaws.com/", "/development"),
        ("wss:///development", "it looks like"),
        ("wss://host:port/development", "it looks like"),
        ("wss://[::1/development", "it looks like"),
        ("", "it looks like"),
    ],
)
def test_bad_urls(url: str, advice: str) -> None:
    """What is no WebSocket URL is refused with the form that is."""
    with pytest.raises(ConnectError) as caught:
        check_url(url)
    assert advice in caught.value.hint


def test_the_host_of_a_url() -> None:
    """Of what is no URL, there is none."""
    assert [host_of(url) for url in ("wss://X.example:1/x", "x", "", "wss://[::1/x")] == [
        "x.example",
        "",
        "",
        "",
    ]
