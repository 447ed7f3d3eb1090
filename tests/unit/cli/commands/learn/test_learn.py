"""`wschat learn`, where none of its commands is called."""

from tests.support.terminal import terminal, wschat


def test_without_a_terminal() -> None:
    """It says which commands need none."""
    done = wschat("learn")
    assert (done.returncode, done.stdout) == (2, "")
    for command in ("list", "show", "check", "do"):
        assert f"learn {command}" in done.stderr


def test_without_credentials() -> None:
    """What AWS refuses is shown, and the first lesson all the same; Ctrl-D leaves, and says how to go on."""
    with terminal("learn", "--prefix", "anna-", "--region", "eu-west-1") as person:
        person.until("01 before-you-start>")
        assert "Error: " in str(person)
        person.press("\x04")
        person.until("learn --prefix anna- --region eu-west-1")
        assert person.end() == 0
