"""A person's terminal: a program in a pty, and the screen that a person would see."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pyte

from tests.support import starter
from tests.support.until import PATIENCE

WSCHAT = str(Path(sys.executable).parent / "wschat")

AT_IMPORT = """
import sys

class AtImport:
    @staticmethod
    def find_spec(name, *_more):
        if name in {modules}:
            exec({code!r}, {{}})

sys.meta_path.insert(0, AtImport)
"""
TO_ITS_END = """
import sys
from wschat.__main__ import run
try:
    run()
except SystemExit:
    pass
print("loaded:", *sys.modules)
"""


class Terminal:
    """Runs a program, types into it, and looks at its screen; failures show the whole screen."""

    def __init__(self, *command: str, env: Mapping[str, str], size: tuple[int, int] = (24, 80)) -> None:
        rows, columns = size
        self.screen = pyte.HistoryScreen(columns, rows, history=1000)
        self._stream = pyte.ByteStream(self.screen)
        self.process = pexpect.spawn(
            command[0], list(command[1:]), env=dict(env), dimensions=size, timeout=PATIENCE, echo=False
        )
        self.process.delaybeforesend = None
        # How a terminal answers, for instance to "where is the cursor?"
        self.screen.write_process_input = self.process.send  # type: ignore[method-assign]

    def __str__(self) -> str:
        lines = ["".join(cell.data for _, cell in sorted(line.items())) for line in self.screen.history.top]
        return "\n".join(line.rstrip() for line in (*lines, *self.screen.display)).strip()

    @property
    def text(self) -> str:
        """What stands on the screen now."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def show(self, text: str) -> None:
        """Show a text, as if another program had written it."""
        self._stream.feed(text.encode())

    def press(self, keys: str) -> None:
        """Press keys."""
        self.process.send(keys)

    def type(self, line: str) -> None:
        """Type a line, and Enter."""
        self.press(f"{line}\r")

    def until(self, seen: str | Callable[[str], object]) -> str:
        """Wait until the screen (with what has scrolled away) shows a text; return all of it."""
        is_seen = (lambda shown: seen in shown) if isinstance(seen, str) else seen
        self._read_until(lambda: is_seen(str(self)), f"never seen: {seen!r}")
        return str(self)

    def until_screen(self, pattern: str) -> None:
        """Wait until what stands on the screen now matches, and the cursor is back in the input line."""
        cursor = self.screen.cursor
        stands = lambda: re.search(pattern, self.text) and cursor.x > 0 and not cursor.hidden  # noqa: E731
        self._read_until(stands, f"never on the screen: {pattern}")

    def _read_until(self, so: Callable[[], object], not_so: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not so():
            assert time.monotonic() < deadline, f"{not_so}\n{self}"
            self._read()

    def _read(self) -> None:
        try:
            self._stream.feed(self.process.read_nonblocking(65536, timeout=0.1))
        except pexpect.TIMEOUT:
            return
        except pexpect.EOF:
            time.sleep(0.01)

    def end(self) -> int:
        """Wait until the program has ended; return its exit code, or minus its signal."""
        self._read_until(lambda: not self.process.isalive(), "it does not end")
        self._read()
        self.process.close()
        status = self.process.exitstatus
        return int(status if status is not None else -self.process.signalstatus)


def when_loading(place: Path, code: str, *modules: str) -> dict[str, str]:
    """Return the environment in which programs run code of Python when they come to load modules."""
    (place / "sitecustomize.py").write_text(AT_IMPORT.format(modules=modules, code=code))
    return {"PYTHONPATH": str(place)}


def wschat(*arguments: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    """Run wschat with arguments and without a terminal, in the test's environment."""
    return starter.run([*arguments], {**os.environ, **env}, stdin)


def unread(*arguments: str) -> int:
    """Return the exit code of wschat where nobody reads what it writes."""
    return starter.run([*arguments], os.environ, unread=True).returncode


def loaded(*arguments: str) -> set[str]:
    """Return the modules that wschat loads for these arguments, without a terminal and to its end."""
    command = [sys.executable, "-c", TO_ITS_END, *arguments]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("loaded: ")[2].split())


@contextmanager
def started(*command: str, env: Mapping[str, str], size: tuple[int, int] = (24, 80)) -> Iterator[Terminal]:
    """Run a program in a terminal; it is killed at the end if it still runs."""
    terminal = Terminal(*command, env=env, size=size)
    try:
        yield terminal
    finally:
        terminal.process.close(force=True)


@contextmanager
def terminal(
    *arguments: str, env: Mapping[str, str] | None = None, size: tuple[int, int] = (24, 80)
) -> Iterator[Terminal]:
    """Run wschat with arguments in a terminal, likewise."""
    settings = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    passed = {name: value for name, value in os.environ.items() if name.startswith(("AWS_", "WSCHAT_"))}
    with started(WSCHAT, *arguments, env={**settings, **passed, **(env or {})}, size=size) as running:
        yield running
