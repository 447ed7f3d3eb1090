"""Which hosts are this machine."""

import pytest

from wschat.loopback import HOST, is_here


@pytest.mark.parametrize("host", [HOST, "127.8.8.8", "::1", "localhost", "abc.localhost"])
def test_here(host: str) -> None:
    """Loopback addresses, and the names that always mean them."""
    assert is_here(host)


@pytest.mark.parametrize("host", ["", "10.0.0.1", "localhost.example.com", "127.0.0.1.example.com"])
def test_elsewhere(host: str) -> None:
    """A name that only looks like one is not this machine."""
    assert not is_here(host)
