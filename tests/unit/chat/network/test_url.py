"""The URL of a lab."""

import pytest

from wschat.chat.network.url import check_url
from wschat.errors import ConnectError


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("https://x.execute-api.eu-west-1.amazonaws.com/development", "use wss:// instead"),
        ("http://127.0.0.1:1/x", "use ws:// instead"),
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
