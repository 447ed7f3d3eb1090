"""What outlives a run: the last lab, and the chat's secret."""

import stat

import pytest

from wschat import paths
from wschat.target import Target


def test_last() -> None:
    """The last lab is remembered for chat until that one is gone, and nothing else is in the directory."""
    assert paths.last() is None
    paths.forget("wss://one")
    paths.remember(Target(url="wss://one"))
    paths.forget("wss://two")
    assert paths.last() == Target(url="wss://one", sign=False, region=None, profile=None)
    two = Target(url="wss://two", sign=True, region="eu-west-1", profile="class")
    paths.remember(two)
    assert paths.last() == two
    assert [path.name for path in paths.state_dir().iterdir()] == [paths.LAST_URL]
    paths.forget(two.url)
    assert paths.last() is None
    assert list(paths.state_dir().iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"wss://plain", b"\xff", b"[]", b"{}", b'{"url": "wss://x"}', b"[" * 100_000),
        b'{"url": 1, "sign": true, "region": null, "profile": null}',
        b'{"url": "wss://x", "sign": "yes", "region": null, "profile": null}',
    ],
    ids=range(9),
)
def test_last_that_can_not_be_read(content: bytes) -> None:
    """What is none of ours counts as nothing."""
    (paths.state_dir() / paths.LAST_URL).write_bytes(content)
    assert paths.last() is None


def test_last_that_can_not_be_kept() -> None:
    """What can't be kept is said, and leaves what was there, and no draft."""
    (paths.state_dir() / paths.LAST_URL).mkdir()
    with pytest.raises(OSError, match=paths.LAST_URL):
        paths.remember(Target(url="wss://one"))
    assert [path.name for path in paths.state_dir().iterdir()] == [paths.LAST_URL]


def test_tokens() -> None:
    """Each URL has its own; a restart gets it again, a second window does not, and nobody else reads it."""
    with paths.token("wss://one") as first, paths.token("wss://one") as second:
        assert first != second
        secret = paths.state_dir() / paths.KEPT_SECRET
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
        assert stat.S_IMODE(paths.state_dir().stat().st_mode) == 0o700
    with paths.token("wss://one") as again:
        assert again == first
    with paths.token("wss://two") as elsewhere:
        assert elsewhere != first


def test_recording_key() -> None:
    """It is made once, whoever asks first, and nobody else reads it."""
    key = paths.recording_key()
    assert len(key) == 64
    assert paths.recording_key() == key
    (file,) = paths.state_dir().iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
