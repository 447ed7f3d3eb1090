"""`wschat learn`, where none of its commands is called."""

from tests.support.terminal import wschat


def test_how_to_go_on() -> None:
    """It names a command that leads on."""
    assert "learn list" in wschat("learn").stdout
