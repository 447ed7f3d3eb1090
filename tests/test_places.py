"""What outlives a run: the last URL, and the chat's secret."""

import stat
from pathlib import Path

from wschat import places


def test_last_url() -> None:
    """The last URL is remembered for chat."""
    assert places.last_url() is None
    places.remember_url("wss://one")
    places.remember_url("wss://two")
    assert places.last_url() == "wss://two"


def test_a_restart_gets_the_same_token() -> None:
    """One after the other get the same token; each URL has its own."""
    with places.token("wss://one") as first:
        pass
    with places.token("wss://one") as again, places.token("wss://two") as elsewhere:
        assert again == first
        assert elsewhere != first


def test_two_at_once_get_two_tokens() -> None:
    """A second window can't take the first one's name."""
    with places.token("wss://one") as first, places.token("wss://one") as second:
        assert first != second
    with places.token("wss://one") as later:
        assert later == first


def test_only_for_me() -> None:
    """Nobody else reads the secret."""
    with places.token("wss://one"):
        secret = places.state_dir() / places.KEPT_SECRET
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
        assert stat.S_IMODE(places.state_dir().stat().st_mode) == 0o700


def test_state_dir_is_absolute(tmp_path: Path) -> None:
    """The directory that the environment names is used, and made."""
    assert places.state_dir() == tmp_path / "state"
    assert places.state_dir().is_dir()
