"""A class with few descriptors: `python -m tests.studies.bench.descriptors [LIMIT [PEOPLE]]`.

Under a limit of 256 open files and sockets for each process, twelve people come into one room, and all of
them talk. It fails if one is refused, or not answered; of more people some are refused, with a reason.
"""

import asyncio
import resource
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from websockets.exceptions import InvalidStatus

from tests.studies.bench.gateway import Person
from tests.support.emulator import emulator
from wschat.lab.local import provision

LIMIT, PEOPLE, ROUNDS = 256, 12, 3


async def talk(url: str, people: int) -> list[str]:
    """Let people come and talk; return why the others were refused."""
    refusals = list[str]()
    async with AsyncExitStack() as stack:
        served = list[Person]()
        for _ in range(people):
            try:
                person = await Person.to(url)
            except InvalidStatus as refused:
                refusals.append(f"{refused.response.status_code} {(refused.response.body or b'').decode()}")
            else:
                stack.push_async_callback(person.cut, kindly=True)
                served.append(person)
        await asyncio.gather(*(each.get("register", f"n{number}") for number, each in enumerate(served)))
        await served[0].get("create", "ops")
        await asyncio.gather(*(each.get("join", "ops") for each in served[1:]))
        for _ in range(ROUNDS):
            await asyncio.gather(*(each.get("message", "hello") for each in served))
        print(f"{len(served)} of {people} were served")
    return refusals


def main(limit: int = LIMIT, people: int = PEOPLE) -> int:
    """Run it; return the exit code."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    places = list[Path]()
    with emulator(prepare=places.append) as lab:
        url = provision(lab.endpoint, (lab.root.id, lab.root.secret), lambda _: None)
        refusals = asyncio.run(talk(url, people))
        print(*dict.fromkeys(refusals), (places[0] / "local.log").read_text(), sep="\n")
    return int(bool(refusals))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
