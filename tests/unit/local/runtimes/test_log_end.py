"""A worker's log is marked where each invocation ends, in each language."""

import select
import subprocess
import sys
from pathlib import Path

import pytest

from wschat.local.runtimes import log_end

PYTHON = """
import os, runpy, sys
runpy.run_path({file!r})["mark_ends"]("MARK")
answers, sys.stdout = sys.stdout, sys.stderr
for answer in ("ready", "first", "second"):
    print("said before", answer, end="")
    os.write(2, b"; written\\n" if answer != "second" else b"")
    answers.write(answer + "\\n")
    answers.flush()
"""
NODE = """
require({file!r}).markEnds("MARK");
const answer = process.stdout.write.bind(process.stdout);
for (const each of ["ready", "first", "second"]) {{
  process.stderr.write("said before " + each);
  if (each !== "second") console.error("; written");
  answer(each + "\\n");
}}
"""
LOG = """\
said before ready; written
said before first; written
MARK
said before secondMARK
"""
LARGE = 1_000_000  # characters, of which a pipe holds 65,536
PYTHON_CHANGED = """
import os, runpy, sys
runpy.run_path({file!r})["mark_ends"]("MARK")
answers, sys.stdout = sys.stdout, sys.stderr
answers.write("ready\\n")
answers.flush()
{change}
answers.write("answer\\n")
answers.flush()
"""
CHANGES = {
    "closed": "os.close(2)",
    "closed by its object": "sys.stderr.close()",
    "none": "sys.stderr = None",
    "another file": "os.dup2(os.open(os.devnull, os.O_RDWR), 2)",
    "full": "os.set_blocking(2, False)\nwhile True:\n    try: os.write(2, b'x' * 4096)\n"
    "    except BlockingIOError: break",
}
NODE_CHANGED = """
require({file!r}).markEnds("MARK");
const answer = process.stdout.write.bind(process.stdout);
answer("ready\\n");
{change};
answer("answer\\n");
"""


def run(command: list[str], program: str, extension: str, **words: str) -> tuple[str, str]:
    """Run a worker's program, whose log is read late; return its answers and its log."""
    file = Path(log_end.__file__).with_suffix(extension)
    given = [*command, program.format(file=str(file), **words)]
    with subprocess.Popen(given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as worker:
        assert worker.stdout
        select.select([worker.stdout], [], [])
        answers, log = worker.communicate()
    assert worker.returncode == 0, log
    return answers, log


@pytest.mark.parametrize(
    ("command", "program", "extension"),
    [([sys.executable, "-c"], PYTHON, ".py"), (["node", "-e"], NODE, ".js")],
    ids=["Python", "Node"],
)
def test_marks(command: list[str], program: str, extension: str) -> None:
    """The mark follows all that was said before the answer, a line that has no end too; loading has none."""
    assert run(command, program, extension) == ("ready\nfirst\nsecond\n", LOG)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_log_of_its_own(change: str) -> None:
    """Whatever a Python function does with its standard error, its answer comes, and the mark in its log."""
    answers, log = run([sys.executable, "-c"], PYTHON_CHANGED, ".py", change=change)
    assert (answers, log.lstrip("x")) == ("ready\nanswer\n", "MARK\n")


def test_what_is_no_answer() -> None:
    """What a Python function, or a program that it starts, writes to the worker's answers is logged."""
    change = "os.write(1, b'one\\n'); os.system('echo two'); os.close(1)"
    answers, log = run([sys.executable, "-c"], PYTHON_CHANGED, ".py", change=change)
    assert (answers, log) == ("ready\nanswer\n", "one\ntwo\nMARK\n")


def test_what_is_asked() -> None:
    """A program that a Python function starts finds nothing to read, and takes none of the events."""
    program = PYTHON_CHANGED.format(file=log_end.__file__, change="os.system('cat')").replace(
        '"answer\\n"', "sys.stdin.readline()"
    )
    done = subprocess.run([sys.executable, "-c", program], input=b"event\n", capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"ready\nevent\n", b"MARK\n")


def test_a_closed_log() -> None:
    """A Node function that closes its standard error answers nonetheless."""
    change = "require('fs').closeSync(2)"
    assert run(["node", "-e"], NODE_CHANGED, ".js", change=change) == ("ready\nanswer\n", "")


def test_a_large_log() -> None:
    """The mark follows all that a Node function has logged at once, if that is more than a pipe holds too."""
    change = f"process.stderr.write('x'.repeat({LARGE}))"
    answers, log = run(["node", "-e"], NODE_CHANGED, ".js", change=change)
    assert (answers, log.find("MARK"), len(log)) == ("ready\nanswer\n", LARGE, LARGE + len("MARK\n"))
