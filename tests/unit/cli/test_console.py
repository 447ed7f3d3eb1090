"""The consoles of stdout and stderr, questions."""

import io
import os
import re
import sys

import pytest

from wschat.cli import console

ANSI = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize(
    ("typed", "taken"), [("2", True), (" 2 ", True), ("3", False), ("y", False), ("", False)]
)
def test_only_the_number_counts(monkeypatch: pytest.MonkeyPatch, typed: str, *, taken: bool) -> None:
    """Whoever does not type the number of labs keeps them all."""
    person, terminal = os.openpty()
    with os.fdopen(terminal) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        os.write(person, f"{typed}\n".encode())
        assert console.confirm("How many?", "2") is taken
    os.close(person)


def test_a_plain_stdout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where standard output takes ASCII alone, what it can't write is escaped."""
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stdout)
    console.stdout().print("a … b")
    stdout.flush()
    assert stdout.buffer.getvalue() == b"a \\u2026 b\n"


def test_lines_of_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Lines end between words, never in a command or a URL; through a pipe they are left whole."""
    for name, value in {"COLUMNS": "18", "LINES": "9"}.items():
        monkeypatch.setenv(name, value)
    told = "  is one, should be [b]two[/b]: `wschat status` looks, wss://a.b.c.d/development\n\nnew"
    console.stdout().print(told)
    piped = capsys.readouterr().out
    monkeypatch.setenv("FORCE_COLOR", "1")
    console.stdout().print(told)
    assert piped == "  is one, should be two: `wschat status` looks, wss://a.b.c.d/development\n\nnew\n"
    assert ANSI.sub("", capsys.readouterr().out).splitlines() == [
        "  is one, should",
        "  be two:",
        "  `wschat status`",
        "  looks,",
        "  wss://a.b.c.d/development",
        "",
        "new",
    ]


def test_waiting(capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing can be shown in place, each stage is a line, once, however long it takes."""
    with console.waiting("Making tea") as show:
        for stage in ("kettle (1/2)", "kettle (2/2)", "[leaves]"):
            show(stage)
        for seconds in (0.0, 5.0):
            show("it draws", seconds)
    assert capsys.readouterr().err == "Making tea\n  kettle\n  [leaves]\n  it draws\n"
