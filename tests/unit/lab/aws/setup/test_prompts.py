"""Who is asked at the terminal, and until when."""

import os
import subprocess
from pathlib import Path

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
