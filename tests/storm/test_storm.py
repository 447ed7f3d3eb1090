"""Ten seconds of the storm with fewer people; `python -m tests.storm` is a minute of it with sixty."""

from tests.labs import provision
from tests.storm.__main__ import storm
from wschat.lab.cloud import Cloud


def test_storm(cloud: Cloud) -> None:
    """People act at random: afterwards everything fits, and nobody lacks a message that was due."""
    counts, wrong = storm(cloud, provision(cloud), people=8, rooms=2, seconds=10)
    assert wrong == []
    assert counts["deliveries due"] > 0
