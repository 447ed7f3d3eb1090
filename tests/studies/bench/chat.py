"""How fast the chat is: `python -m tests.studies.bench.chat [WSCAT]` prints it, beside wscat.

`npm install wscat` in an empty directory gives one, as `node_modules/.bin/wscat`.
"""

import asyncio
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.emulator import emulator
from tests.support.terminal import WSCHAT, Terminal, started
from tests.support.threaded import ThreadedServer
from wschat.lab.local import provision

RUNS = 15
PROMPT = b"\x1b[0m>"  # prompt_toolkit's input line
BURST = 10_000
KEYS = 120
ENV = {"TERM": "xterm-256color", "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}


@contextmanager
def person(*command: str, **env: str) -> Iterator[Terminal]:
    """Run a program in a terminal, with settings of its own."""
    with tempfile.TemporaryDirectory() as place:
        settings = {**ENV, "WSCHAT_STATE_DIR": place, "WSCHAT_CONFIG": f"{place}/config", **env}
        with started(*command, env=settings) as program:
            yield program


def run_time(*command: str) -> float:
    """Return how long a program runs, in milliseconds; the median."""
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def times(url: str, *command: str, seen: list[bytes]) -> list[float]:
    """Return how long it takes until a program in a terminal writes each of these, in milliseconds."""
    received, took = bytearray(), list[float]()
    began = time.perf_counter()
    with person(*command, url) as started:
        for text in seen:
            until(started, received, text)
            took.append((time.perf_counter() - began) * 1000)
    return took


def until(started: Terminal, received: bytearray, text: bytes) -> None:
    """Wait until the program has written a text."""
    while text not in received:
        seen = len(received)
        read(started, received)
        started._stream.feed(bytes(received[seen:]))  # which answers what a terminal is asked


def starts(server: str, url: str, wscat: str | None) -> None:
    """Start both in turns, so that noise disturbs both."""
    ours: list[list[float]] = []
    theirs: list[float] = []
    for _ in range(RUNS):
        ours.append(times(url, WSCHAT, "chat", "--url", seen=[PROMPT, b"connected"]))
        if wscat:
            theirs += times(url, wscat, "-c", seen=[b"onnected"])
    reference = statistics.median(theirs) if theirs else None
    prompt, connected = map(statistics.median, zip(*ours, strict=True))
    compare(f"{server}: wschat chat, ready to type", prompt, reference, None)
    compare(f"{server}: wschat chat, connected", connected, reference, None)


def compare(what: str, ours: float, theirs: float | None, bound: float | None) -> None:
    """Print a line with the ratio, if there is one."""
    bounded = f" (bound {bound})" if bound else ""
    ratio = f", wscat {theirs:.0f} ms, ratio {ours / theirs:.2f}{bounded}" if theirs else ""
    print(f"{what}: {ours:.0f} ms{ratio}")


def burst(server: ThreadedServer) -> None:
    """Let ten thousand messages come while somebody types."""
    command = [WSCHAT, "chat", "--name", "ann", "--room", "ops", "--url", server.server.url]
    with person(*command, NO_COLOR="1") as started:
        started.until("you are in ops")
        received, keys = bytearray(), list[float]()
        memory, began = rss(started.process.pid), time.perf_counter()
        messages = (f"message {number}." for number in range(BURST))
        flood = asyncio.run_coroutine_threadsafe(server.server.say("eve", "ops", *messages), server._loop)
        while f"message {BURST - 1}.".encode() not in received[-4000:]:
            if len(keys) < KEYS:
                keys.append(echo(started, received, chr(0x100 + len(keys))))
            else:
                read(started, received)
        took = time.perf_counter() - began
        flood.result()
        grown = rss(started.process.pid) - memory
    shown = [int(part.split(b".")[0]) for part in bytes(received).split(b"> message ")[1:]]
    keys.sort()
    print(f"burst of {BURST}: {took:.2f} s, complete and in order: {shown == list(range(BURST))}")
    print(
        f"a key is echoed during it within: median {statistics.median(keys):.0f} ms, "
        f"99th percentile {keys[int(len(keys) * 0.99)]:.0f} ms of {len(keys)} keys (bound 50)"
    )
    print(f"memory grew by {grown / 1024:.1f} MB (bound 16), to {(memory + grown) / 1024:.0f} MB")


def read(started: Terminal, received: bytearray) -> None:
    """Read what the program writes."""
    received += started.process.read_nonblocking(1 << 16, timeout=10)


def echo(started: Terminal, received: bytearray, key: str) -> float:
    """Press a key that has not been seen yet, and return after how many milliseconds it is written."""
    started.press(key)
    start, began = len(received), time.perf_counter()
    while key.encode() not in received[start:]:
        read(started, received)
    return (time.perf_counter() - began) * 1000


def rss(pid: int) -> int:
    """Return the memory of a process in KB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


def main() -> None:
    """Measure."""
    wscat = sys.argv[1] if len(sys.argv) > 1 else None
    version = run_time(wscat, "--version") if wscat else None
    compare("wschat --version", run_time(WSCHAT, "--version"), version, 1.0)
    compare("wschat --help", run_time(WSCHAT, "--help"), version, 1.75)
    server = ThreadedServer()
    try:
        starts("a server without functions", server.server.url, wscat)
        burst(server)
    finally:
        server.stop()
    with emulator() as lab:
        url = provision(lab.endpoint, (lab.root.id, lab.root.secret), lambda _: None)
        starts("the local lab", url, wscat)
    print(f"CPU of all that: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime:.1f} s")


if __name__ == "__main__":
    main()
