"""Who is asked at the terminal, and until when."""

import os
import signal
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

from wschat.errors import AccessError
from wschat.lab.aws.setup import prompts
from wschat.lab.aws.setup.prompts import Person


def test_nobody_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the credentials are there, the terminal is the chat's: a process can't even find it."""
    (tmp_path / "terminal").write_text("yes")
    monkeypatch.setattr(prompts, "TERMINAL", str(tmp_path / "terminal"))
    person, run = Person(), ["sh", "-c", "cat"]
    for told, may_be_asked in ((b"yes", True), (b"", False)):
        person.may_be_asked = may_be_asked
        process = person.run(run, subprocess.PIPE, subprocess.PIPE)
        assert (os.getsid(process.pid) == process.pid) is not may_be_asked
        assert process.communicate() == (told, b"")
    with pytest.raises(AccessError, match="no terminal"):
        person.tell_code("code: ")


def test_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that does not hear it, apart from the terminal, is ended by who waits for it."""

    def press(*_: object, **__: object) -> NoReturn:
        raise KeyboardInterrupt

    person = Person()
    person.may_be_asked = False
    process = person.run(["sleep", "100"], subprocess.PIPE, subprocess.PIPE)
    monkeypatch.setattr(subprocess.Popen, "communicate", press)
    try:
        with pytest.raises(KeyboardInterrupt):
            process.communicate()
        assert process.returncode == -signal.SIGKILL
    finally:
        process.kill()
