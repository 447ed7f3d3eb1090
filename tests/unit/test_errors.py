"""The errors that people read."""

from wschat.errors import AnswerError, ConnectError, ExitCode, LostError, WschatError


def test_what_they_are() -> None:
    """An error is its sentence; each is itself alone, and has what its kind adds."""
    assert str(WschatError("a sentence", where="here")) == "a sentence"
    assert len({WschatError("x"), WschatError("x")}) == 2
    assert (AnswerError("x", code="busy").code, LostError("x").code) == ("busy", 1006)
    assert (ConnectError("x", status=403).status, ConnectError.exit_code) == (403, ExitCode.CONNECT)
