"""Let the storm rage in a local lab, and count: `python -m tests.studies.storm`."""

import argparse
import asyncio
import math
import signal
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from itertools import count

from tests.studies.line import Lost
from tests.studies.storm import audit
from tests.studies.storm.people import Somebody
from tests.support.emulator import account_in_emulator
from tests.support.functions.ageing import age_empty_rooms, age_records
from tests.support.labs import lab_of, provision
from wschat.functions.shared.seats import GRACE, RESERVED
from wschat.lab import inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.permissions import Permission
from wschat.lab.chosen.choices import Choices
from wschat.lab.chosen.throttle import OFF
from wschat.local.gateway.quotas import GatewayOptions
from wschat.protocol.events import MultiMessage

OPTIONS: dict[str, float] = {"people": 60, "rooms": 8, "seconds": 60.0, "seed": 0}
SETTLED_S = 20.0
SILENT_S, SPEAKING_S = 0.5, 1.0
"""Seconds in which API Gateway may not run the function of $disconnect, and may, again and again."""


async def storm(
    cloud: Cloud,
    url: str,
    people: int,
    rooms: int,
    seconds: float = math.inf,
    acts: float = math.inf,
    seed: int = 0,
) -> tuple[Counter[str], list[str]]:
    """Let people act for some seconds, or so often; return what they did, and what is wrong in the end."""
    everybody = [Somebody(url, f"p{number}", rooms, seed) for number in range(people)]
    auditor = Somebody(url, audit.AUDITOR, rooms, seed)
    silence = asyncio.create_task(come_and_go(cloud))
    wrong = await let_act(everybody, seconds, acts)
    silence.cancel()
    with suppress(asyncio.CancelledError):
        await silence
    heard, missing = audit.messages(everybody)
    misfits = await look(cloud, auditor, everybody)
    logged, raised = audit.log(cloud)
    counts = Counter({"lost": 0, "doubled": 0, "out of order": 0})
    for each in (heard, logged, *(one.counts for one in everybody)):
        counts.update(each)
    counts["cuts without $disconnect"] = counts["connections cut"] - logged["$disconnect ran"]
    for one in (*everybody, auditor):
        if one.line:
            await one.line.cut(kindly=True)
    return counts, wrong + missing + misfits + raised


async def come_and_go(cloud: Cloud) -> None:
    """Lose a third of the $disconnects: take the permission away and give it back, until cancelled."""
    actual = inventory.look(cloud)
    found = (each for each in actual.resources.values() if isinstance(each, Permission))
    permission = next(each for each in found if each.function == cloud.lab.name("Disconnect"))
    lab = replace(cloud, ids=dict(actual.ids))
    while True:
        await asyncio.sleep(SPEAKING_S)
        permission.delete(lab)
        try:
            await asyncio.sleep(SILENT_S)
        finally:
            permission.create(lab)


async def let_act(everybody: list[Somebody], seconds: float, acts: float) -> list[str]:
    """Let all come, and then each act until the end; return what went wrong."""
    for one in everybody:
        await one.come_back()
    until = time.monotonic() + seconds

    async def live(one: Somebody) -> None:
        done = 0
        while time.monotonic() < until and done < acts:
            await one.act()
            done += 1
        await one.end()

    ended = await asyncio.gather(*map(live, everybody), return_exceptions=True)
    return [f"{one.name}: {error!r}" for one, error in zip(everybody, ended, strict=True) if error]


async def look(cloud: Cloud, auditor: Somebody, everybody: list[Somebody]) -> list[str]:
    """Create a last room, which tells everybody, and so finds every ghost; say what does not fit then.

    And another one, while something does not: whoever that meets is cut off, and gone once the grace is over,
    and the room somewhat later; and the last $disconnect may be on its way.
    """
    until, line = time.monotonic() + SETTLED_S, await auditor.come_back()
    for room in map("the end {}".format, count()):
        try:
            assert isinstance(await line.ask("create", room), MultiMessage)
        except Lost as error:
            return [f"no reply to the last {error}"]
        misfits = audit.tables(cloud, everybody, room)
        if not misfits or time.monotonic() > until:
            return misfits
        age_records(cloud, GRACE)
        age_empty_rooms(cloud, RESERVED)
        await asyncio.sleep(0.2)
    raise AssertionError  # it counts for ever


def bring(cloud: Cloud) -> str:
    """Provision a lab that refuses nothing; return its URL."""
    return provision(lab_of(cloud, choices=Choices(throttle=OFF)))


def main() -> int:
    """Bring a lab, storm, and show what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.studies.storm", description=__doc__)
    for name, default in OPTIONS.items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with account_in_emulator(GatewayOptions(shuffle=True)) as (cloud, _):
        counts, wrong = asyncio.run(storm(cloud, bring(cloud), **vars(wanted)))
    for what, number in sorted(counts.items()):
        print(f"{number:8} {what}")
    print(*wrong or ["nothing is wrong"], sep="\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
