"""What is a JSON object, of all that somebody may send."""

import pytest

from wschat.protocol.json_objects import json_object


@pytest.mark.parametrize(
    "text",
    [
        *("", "<html>", "[1]", "null", '"a"', "[" * 200_000, '{"a":' * 200_000),
        *(b"", b"<html>", b"[]", b"7", b"\xff", b'{"cut": '),
    ],
)
def test_no_object(text: str | bytes) -> None:
    """Whatever else it is, it is none, however deep."""
    assert json_object(text) is None


def test_an_object() -> None:
    """An object is what it says."""
    assert json_object('{"a": {"b": 1}}') == json_object(b'{"a": {"b": 1}}') == {"a": {"b": 1}}
