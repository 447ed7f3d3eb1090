"""The local lab's files, as far as no lab is needed."""

from pathlib import Path

from wschat.local.files import open_log


def test_the_log(tmp_path: Path) -> None:
    """A log is its owner's alone, and is continued."""
    for text in (b"one", b"two"):
        with open_log(tmp_path / "log") as log:
            log.write(text)
    assert (tmp_path / "log").read_text() == "onetwo"
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600
