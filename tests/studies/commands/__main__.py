"""Makes a lab in an empty local one by the real `aws` program, twice, and removes it.

`--install` only installs that program, for the tests that read commands as it does.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.studies.commands.aws_program import SCRIPTS, install
from tests.support.emulator import emulator
from wschat.errors import ExitCode
from wschat.local.join import LocalLab

OPTIONS = ("--prefix", "by-hand-", "--tag", "course=web", "--throttle", "20/1000")
CHANGES = (
    "dynamodb delete-table --table-name by-hand-room-messages-users",
    "logs put-retention-policy --log-group-name /aws/lambda/by-hand-Connect --retention-in-days 1",
    "lambda update-function-configuration --function-name by-hand-Connect --memory-size 128 --layers []",
)
"""What is changed by hand, and mended by the script of what is left to do."""


class Student:
    """Somebody in a shell of their own, in a folder of their own.

    All that a script takes from that shell's environment is the key of the local lab's root.
    """

    def __init__(self, lab: LocalLab, home: Path) -> None:
        self._home, self._lab = home, ("--endpoint-url", lab.endpoint, "--region", "us-east-1", *OPTIONS[:2])
        path = f"{SCRIPTS}:{Path(sys.executable).parent}:/usr/bin:/bin"
        self._environment = {"PATH": path, "HOME": str(home), "WSCHAT_STATE_DIR": str(home)}
        self._environment |= lab.root.environment

    def wschat(self, command: str, *options: str, ends_with: int = ExitCode.OK) -> str:
        """Run one of the program's commands for the lab."""
        return self._run("wschat", command, *self._lab, *options, ends_with=ends_with)

    def aws(self, words: str) -> None:
        """Change something by hand."""
        self._run("aws", *words.split(), *self._lab[:4])

    def bash(self, script: str) -> str:
        """Run a script."""
        (self._home / "lab.sh").write_text(script)
        return self._run("bash", "lab.sh")

    def _run(self, *words: str, ends_with: int = ExitCode.OK) -> str:
        start = time.monotonic()
        done = subprocess.run(
            words, check=False, capture_output=True, text=True, cwd=self._home, env=self._environment
        )
        told = f"{' '.join(words)}: {done.returncode}, {time.monotonic() - start:.1f} s"
        if done.returncode != ends_with:
            sys.exit(f"{told}, not {ends_with}\n{done.stdout}{done.stderr}")
        print(told, flush=True)
        return done.stdout


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.studies.commands", description=__doc__)
    parser.add_argument("--install", action="store_true", help="only install `aws`")
    only = parser.parse_args().install
    install()
    if not only:
        with emulator() as lab, TemporaryDirectory() as home:
            study(Student(lab, Path(home)))


def study(student: Student) -> None:
    """Let a student make a lab by commands, again, mend it by commands, and remove it."""
    script = student.wschat("provision", *OPTIONS[2:], "--commands")
    first = student.bash(script)
    student.wschat("status")
    again = student.bash(script)
    print(f"{first.count(': done')} done; then {again.count(': exists')} exist")
    if twice := [line for line in again.splitlines() if line.startswith("create") and line.endswith("done")]:
        sys.exit("made twice: " + "; ".join(twice))
    for words in CHANGES:
        student.aws(words)
    left = student.wschat("provision", *OPTIONS[2:], "--plan", "--commands", ends_with=ExitCode.DIFFERENT)
    student.bash(left)
    student.wschat("status")
    student.wschat("teardown", "--yes")


if __name__ == "__main__":
    main()
