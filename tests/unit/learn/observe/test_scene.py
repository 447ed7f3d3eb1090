"""What is shown of what came: without tokens, and harmless."""

from itertools import count

import pytest

from wschat.learn.observe.scene import Sight, Watch


@pytest.mark.parametrize(
    "text",
    [
        '{"action": "register", "token": "s3cret"}',
        '{"token":{"S":"s3cret"},"x":1}',
        '{"body": "{\\"token\\": \\"s3cret\\"}"}',
    ],
)
def test_tokens(text: str) -> None:
    """A client's secret is left out, in a frame, an item or an event's body."""
    sights = list[Sight]()
    Watch(sights.append, count().__next__)("you send", text)
    assert [each.text for each in sights] == [text.replace("s3cret", "…")]


def test_strangers() -> None:
    """Lines stay lines, and what would steer a terminal is spelled out; times are from the beginning."""
    sights = list[Sight]()
    watch = Watch(sights.append, count(5.0).__next__)
    watch("Connect logs", "one\n\x1b]0;mine\x07")
    watch("", "a remark")
    assert sights == [Sight(1.0, "Connect logs", "one\n␛]0;mine␇"), Sight(2.0, "", "a remark")]
