"""How soon a local lab is there: `python -m tests.studies.bench.start [WSCHAT]`.

It prints the least wall time, and the least CPU of all that runs, until `wschat local` prints its URL, and
until `wschat chat --local` has the acknowledgement of the first message; beside those of another version, in
turns, if its program is named. It fails above 1.0 s and 1.6 s: it wants two cores with nothing else to do.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.support.terminal import WSCHAT

URL_S, ACK_S = 1.0, 1.6
ROUNDS = 7
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
MESSAGE = b'{"action": "message", "value": "hello", "id": "first"}\n'


class Taken(NamedTuple):
    """Seconds on the clock, and of CPU by all processes of the lab and of its user."""

    wall: float
    cpu: float


def url(program: str) -> Taken:
    """Return what it takes until the URL is printed."""
    return _taken([program, "local"], b"", lambda line: line.startswith(b"ws"))


def ack(program: str) -> Taken:
    """Return what it takes until the first message is acknowledged."""
    command = [program, "chat", "--local", "--json", "--name", "ann", "--room", "lobby"]
    return _taken(command, MESSAGE, lambda line: json.loads(line)["type"] == "ack")


def _taken(command: list[str], said: bytes, is_it: Callable[[bytes], bool]) -> Taken:
    with tempfile.TemporaryDirectory(prefix="ws") as place:
        start, environment = time.perf_counter(), {**os.environ, "WSCHAT_STATE_DIR": place}
        pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nowhere, env=environment) as process:
            assert process.stdin
            assert process.stdout
            process.stdin.write(said)
            process.stdin.flush()
            assert any(is_it(line) for line in process.stdout)
            taken = Taken(time.perf_counter() - start, _cpu(place))
            process.send_signal(signal.SIGINT)
    return taken


def _cpu(place: str) -> float:
    """Return the CPU seconds of all processes whose command line or environment names a place, by /proc."""
    ticks = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            named = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            if place.encode() in named:
                ticks += sum(map(int, (process / "stat").read_text().rpartition(")")[2].split()[11:15]))
        except OSError:  # it has ended, or is another user's
            continue
    return ticks * TICK_S


def main() -> int:
    """Measure; return the exit code."""
    programs = [WSCHAT, *sys.argv[1:]]
    good = True
    for what, measure, most in (("URL", url, URL_S), ("first acknowledgement", ack, ACK_S)):
        rounds = [[measure(program) for program in programs] for _ in range(ROUNDS)]
        for program, taken in zip(programs, zip(*rounds, strict=True), strict=True):
            wall, cpu = (min(each) for each in zip(*taken, strict=True))
            print(f"{program}: {what} after {wall:.2f} s, {cpu:.2f} s of CPU (at most {most} s)")
            good = good and (program != WSCHAT or wall <= most)
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
