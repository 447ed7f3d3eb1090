"""What outlives a run: the chat's secret."""

import stat

from wschat.system import paths


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
