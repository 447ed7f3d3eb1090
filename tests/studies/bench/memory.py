"""What a message leaves in the memory of the local lab: `python -m tests.studies.bench.memory [MESSAGES]`.

It prints how much memory the lab's process has while messages are sent, and fails if it grows by more than
256 bytes with each, once the logs are as long as they get.
"""

import asyncio
import itertools
import subprocess
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path

from tests.studies.bench.gateway import Person, enter
from tests.support.emulator import emulator, processes_of
from wschat.lab.local import provision

ROOMS = 4
MESSAGES, STEPS = 20_000, 10
MOST_BYTES = 256


def resident(pid: int) -> int:
    """Return the bytes of memory that a process has."""
    command = ("ps", "-o", "rss=", "-p", str(pid))
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(told.stdout) * 1024


async def say(people: list[Person], count: int) -> None:
    """Let people say so many messages together, each waiting for each reply."""
    numbers = iter(range(count))

    async def one(person: Person) -> None:
        for number in numbers:
            await person.get("message", f"hello {number}")

    await asyncio.gather(*map(one, people))
    for person in people:
        person.heard_at.clear()


async def measured(url: str, pid: int, messages: int) -> list[int]:
    """Return the memory at first, and after each of ten parts of so many messages; print all of them."""
    async with AsyncExitStack() as stack:
        rooms = await asyncio.gather(*(enter(stack, url, f"r{room}", 1) for room in range(ROOMS)))
        people = list(itertools.chain(*rooms))
        await say(people, messages // STEPS // 10)
        taken = [resident(pid)]
        for step in range(1, STEPS + 1):
            begun = time.monotonic()
            await say(people, messages // STEPS)
            taken.append(resident(pid))
            rate = messages / STEPS / (time.monotonic() - begun)
            each = (taken[-1] - taken[-2]) * STEPS / messages
            at = f"{messages * step // STEPS:6} messages, {rate:.0f} a second"
            print(f"{at}: {taken[-1] / 1e6:.1f} MB, {each:+.0f} bytes a message", flush=True)
    return taken


def main(messages: int = MESSAGES) -> int:
    """Measure; return the exit code."""
    places = list[Path]()
    with emulator(prepare=places.append) as lab:
        url = provision(lab.endpoint, (lab.root.id, lab.root.secret), lambda _: None)
        pid = processes_of(places[0])[0]
        taken = asyncio.run(measured(url, pid, messages))
    grown = (taken[-1] - taken[STEPS // 2]) / (messages / 2)
    print(f"in the second half {grown:+.0f} bytes a message; may be {MOST_BYTES}")
    return int(grown > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
