"""What strangers try, in a real lab; `python -m tests.studies.attacks` tries all, and tells what was seen."""

import asyncio

from tests.studies.attacks.attacks import take_the_name
from tests.studies.storm.__main__ import bring
from wschat.lab.aws.cloud import Cloud


def test_take_the_name(cloud: Cloud) -> None:
    """Whoever is cut off for a moment keeps the name and the place, and nobody hears of it."""
    seen = asyncio.run(take_the_name(bring(cloud), "Teacher", "secret"))
    assert seen.held, seen.what
