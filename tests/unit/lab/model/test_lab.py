"""Names, tags and ARNs of a lab."""

from dataclasses import replace

import pytest

from wschat.lab.attributes.answers import Unknown
from wschat.lab.model.lab import TAG, Lab

LAB = Lab(account="123456789012", region="eu-central-1", prefix="anna-", sockets="wss://{api}.example")


def test_names() -> None:
    """The prefix stands before each name; IAM's ARNs have no region; a URL has the API's id and its stage."""
    assert LAB.name("Connect") == "anna-Connect"
    assert LAB.arn("iam", "role/x") == "arn:aws:iam::123456789012:role/x"
    assert LAB.arn("logs", "x") == "arn:aws:logs:eu-central-1:123456789012:x"
    assert LAB.url("abc", "development") == "wss://abc.example/development"
    for url in ("wss://abc.example/dev", "wss://abc.example/dev/", "wss://abc.example/dev?x=1"):
        assert LAB.address(url) == ("abc", "dev")
    for url in ("wss://abc.example", "wss://abc.example.org/dev", "ws://abc.example/dev", ""):
        assert LAB.address(url) is None


@pytest.mark.parametrize(
    ("tags", "managed", "adopted"),
    [
        ({TAG: "eu-central-1/anna-", "other": "x"}, True, True),
        ([{"Key": TAG, "Value": "eu-central-1/anna-"}], True, True),
        ({TAG: "us-east-1/anna-"}, False, False),
        ({TAG: "eu-central-1/"}, False, False),
        (None, False, True),
        (Unknown(), None, None),
        (Unknown("7"), None, None),
        ([Unknown("7")], None, None),
        ({TAG: Unknown("7")}, None, None),
        ({"other": Unknown("7")}, False, True),
    ],
)
def test_managed(tags: object, *, managed: bool | None, adopted: bool | None) -> None:
    """A resource is managed if its tag names the lab's region and prefix; None if it can't be read.

    A lab that adopts takes what has no lab's tag, too, and nothing of another lab.
    """
    assert LAB.manages(tags) is managed
    assert replace(LAB, adopts=True).manages(tags) is adopted
