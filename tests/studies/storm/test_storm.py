"""A short storm with few people; `python -m tests.studies.storm` is a minute with sixty."""

import asyncio

from tests.studies.storm.__main__ import bring, storm
from wschat.lab.aws.cloud import Cloud


def test_storm(cloud: Cloud) -> None:
    """People act at random: afterwards everything fits, and nobody lacks a message that was due."""
    counts, wrong = asyncio.run(storm(cloud, bring(cloud), people=5, rooms=2, acts=10))
    assert wrong == []
    assert counts["deliveries due"] > 0
