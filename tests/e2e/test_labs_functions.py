"""The lab's own functions, in Node, as who follows the lab by hand has them, in a local lab."""

import pytest

from tests.support.others.deployed import by_hand
from tests.support.others.talk import talk_as_lab, talk_simply
from wschat.lab.aws.cloud import Cloud


@pytest.mark.usefixtures("short_state")
def test_a_chat_through_them(clients: Cloud) -> None:
    """Two people register, create, join, talk and leave through them; a third has the simple edition."""
    url = by_hand(clients)
    talk_as_lab(url)
    talk_simply(url)
