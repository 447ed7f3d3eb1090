"""Which proxy stands before a host."""

import pytest

from wschat.system.proxy import Proxy, proxy_for


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://aws.example", Proxy("http://ann:pass@one:1", "one:1", "HTTPS_PROXY")),
        ("https://me:secret@excepted.example:8443/x", None),
        ("https://127.0.0.9:4566", None),
        ("https://[::1]:4566", None),
        ("https://lab.localhost", None),
    ],
)
def test_which(url: str, found: Proxy | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first scheme that has one; never before this machine, or what NO_PROXY excepts."""
    monkeypatch.setenv("HTTPS_PROXY", "http://ann:pass@one:1")
    monkeypatch.setenv("http_proxy", "two:2")
    monkeypatch.setenv("NO_PROXY", "excepted.example")
    assert proxy_for(url, "wss", "https", "http") == found
    assert str(proxy_for("https://aws.example", "http")) == "two:2 (http_proxy)"
    assert proxy_for(url, "wss") is None
