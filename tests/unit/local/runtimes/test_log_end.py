"""A worker's log is marked where each invocation ends, in each language."""

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


@pytest.mark.parametrize(
    ("command", "program", "extension"),
    [([sys.executable, "-c"], PYTHON, ".py"), (["node", "-e"], NODE, ".js")],
    ids=["Python", "Node"],
)
def test_marks(command: list[str], program: str, extension: str) -> None:
    """The mark follows all that was said before the answer, a line that has no end too; loading has none."""
    file = Path(log_end.__file__).with_suffix(extension)
    done = subprocess.run(
        [*command, program.format(file=str(file))], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("ready\nfirst\nsecond\n", LOG)
