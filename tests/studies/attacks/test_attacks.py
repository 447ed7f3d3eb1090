"""What strangers try, in a real lab; `python -m tests.studies.attacks` tells what people saw."""

import asyncio

import pytest

from tests.studies.attacks.attacks import ATTACKS, Attack
from tests.studies.storm.__main__ import bring
from wschat.lab.aws.cloud import Cloud


@pytest.fixture(scope="module")
def url(clients: Cloud) -> str:
    """A lab for all of them."""
    return bring(clients)


@pytest.mark.parametrize("attack", ATTACKS[1:], ids=lambda attack: attack.what)
def test_attacks(url: str, attack: Attack) -> None:
    """Each is held off; the first of the table works, on somebody who has nothing to show."""
    seen = asyncio.run(attack.act(url))
    assert seen.held, seen.what
