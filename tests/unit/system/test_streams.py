"""Standard streams whose readers go away: told to who asks, and nothing else fails."""

import os
import subprocess
import sys

import pytest

WRITES = """
import sys
from wschat.system.streams import is_read, outlive_readers
outlive_readers()
print("é", flush=True)
before = is_read(sys.stdout)
sys.stdin.readline()
for _ in range(2):
    print("x" * 100_000)
    print("x", flush=True)
print(before, is_read(sys.stdout), sys.stdout.encoding, sys.stdout.line_buffering, file=sys.stderr)
"""


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_goes_away(unbuffered: str) -> None:
    """What is written is discarded from then on; buffers and encoding are as Python had them."""
    env = {**os.environ, "PYTHONUNBUFFERED": unbuffered, "PYTHONIOENCODING": "utf-8"}
    command, pipe = [sys.executable, "-c", WRITES], subprocess.PIPE
    with subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, stderr=pipe) as child:
        assert child.stdin
        assert child.stdout
        assert child.stderr
        assert child.stdout.readline() == "é\n".encode()
        child.stdout.close()
        child.stdin.close()
        assert child.stderr.read() == b"True False utf-8 False\n"
    assert child.returncode == 0


def test_other_streams(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """None, and what is no stream of this process, stay as they are."""
    from wschat.system.streams import is_read, outlive_readers

    captured = sys.stderr
    monkeypatch.setattr(sys, "stdout", None)
    outlive_readers()
    assert sys.stdout is None
    assert is_read(captured)
    assert capsys.readouterr() == ("", "")
