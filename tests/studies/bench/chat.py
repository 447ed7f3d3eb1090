"""How fast the chat is: `python -m tests.studies.bench.chat [WSCAT]` prints it, beside wscat.

`npm install wscat` in an empty directory gives one, as `node_modules/.bin/wscat`.
"""

import asyncio
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.terminal import WSCHAT, Terminal
from tests.support.threaded import ThreadedServer

RUNS = 15
PROMPT = b"\x1b[0m>"  # prompt_toolkit's input line
BURST = 10_000
KEYS = 120
ENV = {"TERM": "xterm-256color", "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{text}\n")


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
    with tempfile.TemporaryDirectory() as place:
        settings = {**ENV, "WSCHAT_STATE_DIR": place, "WSCHAT_CONFIG": f"{place}/config"}
        received = bytearray()
        began = time.perf_counter()
        person = Terminal(*command, url, env=settings)
        took: list[float] = []
        for text in seen:
            until(person, received, text)
            took.append((time.perf_counter() - began) * 1000)
        person.process.close(force=True)
    return took


def until(person: Terminal, received: bytearray, text: bytes) -> None:
    """Wait until the program has written a text."""
    while text not in received:
        seen = len(received)
        read(person, received)
        person._stream.feed(bytes(received[seen:]))  # which answers what a terminal is asked


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
    say(f"{what}: {ours:.0f} ms{ratio}")


def burst(server: ThreadedServer) -> None:
    """Let ten thousand messages come while somebody types."""
    with tempfile.TemporaryDirectory() as place:
        settings = {**ENV, "WSCHAT_STATE_DIR": place, "WSCHAT_CONFIG": f"{place}/config"}
        settings["NO_COLOR"] = "1"
        command = [WSCHAT, "chat", "--name", "ann", "--room", "ops", "--url", server.server.url]
        person = Terminal(*command, env=settings)
        person.until("you are in ops")
        received = bytearray()
        keys: list[float] = []
        memory = rss(person.process.pid)
        began = time.perf_counter()
        flood = threading.Thread(
            target=lambda: asyncio.run_coroutine_threadsafe(
                server.server.say("eve", "ops", *(f"message {number}." for number in range(BURST))),
                server._loop,
            ).result()
        )
        flood.start()
        typed = 0
        while f"message {BURST - 1}.".encode() not in received[-4000:]:
            if typed < KEYS:
                keys.append(echo(person, received, chr(0x100 + typed)))
                typed += 1
            else:
                read(person, received)
        took = time.perf_counter() - began
        flood.join()
        shown = [int(part.split(b".")[0]) for part in bytes(received).split(b"> message ")[1:]]
        grown = rss(person.process.pid) - memory
        keys.sort()
        say(f"burst of {BURST}: {took:.2f} s, complete and in order: {shown == list(range(BURST))}")
        say(
            f"a key is echoed during it within: median {statistics.median(keys):.0f} ms, "
            f"99th percentile {keys[int(len(keys) * 0.99)]:.0f} ms of {len(keys)} keys (bound 50)"
        )
        say(f"memory grew by {grown / 1024:.1f} MB (bound 16), to {rss(person.process.pid) / 1024:.0f} MB")
        person.process.close(force=True)


def read(person: Terminal, received: bytearray) -> None:
    """Read what the program writes."""
    received += person.process.read_nonblocking(1 << 16, timeout=10)


def echo(person: Terminal, received: bytearray, key: str) -> float:
    """Press a key that has not been seen yet, and return after how many milliseconds it is written."""
    person.press(key)
    start, began = len(received), time.perf_counter()
    while key.encode() not in received[start:]:
        read(person, received)
    return (time.perf_counter() - began) * 1000


def rss(pid: int) -> int:
    """Return the memory of a process in KB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


@contextmanager
def local_lab() -> Iterator[str]:
    """Run the lab on this machine; yield its URL."""
    with tempfile.TemporaryDirectory() as place:
        lab = subprocess.Popen(
            [WSCHAT, "local"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**ENV, "WSCHAT_STATE_DIR": place},
            text=True,
        )
        assert lab.stdout
        yield lab.stdout.readline().strip()
        lab.terminate()
        lab.wait()


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
    with local_lab() as url:
        starts("the local lab", url, wscat)
    say(f"CPU of all that: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime:.1f} s")


if __name__ == "__main__":
    main()
