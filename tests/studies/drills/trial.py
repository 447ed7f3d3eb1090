"""One drill from the beginning to the end, as a client sees it."""

import asyncio
from dataclasses import dataclass

from wschat.chat.network.lab_check import Timeouts, check
from wschat.lab import inventory
from wschat.lab.aws.cloud import Cloud
from wschat.learn.drills import work
from wschat.learn.drills.drill import Drill

SOON = Timeouts(reply=8.0, post=3.0)
OFTEN = 10
"""Conversations on one connection: what comes now and then comes once in so many."""


@dataclass(frozen=True)
class Trial:
    """What was seen: by a client; what the check said before and after; what a client said in the end."""

    symptom: str
    broken: str | None
    mended: str | None
    works: str

    def held(self, drill: Drill) -> bool:
        """Tell whether all was as it should be."""
        seen = drill.symptom in self.symptom and self.broken
        return bool(seen) and not self.mended and not self.works


def try_drill(cloud: Cloud, url: str, drill: Drill) -> Trial:
    """Break, look, check, mend, check, chat."""

    def why_not() -> str | None:
        return work.why_not_mended(
            cloud, inventory.look(cloud), drill, lambda: asyncio.run(check(url, None, SOON))
        )

    work.begin(cloud, inventory.look(cloud), drill)
    symptom = seen(url, OFTEN if drill.name == "now-and-then" else 1)
    broken = why_not()
    work.mend(cloud, inventory.look(cloud))
    return Trial(symptom, broken, why_not(), seen(url))


def seen(url: str, questions: int = 1) -> str:
    """Try a lab; return what goes wrong, and where, or nothing."""
    return work.failure(lambda: asyncio.run(check(url, None, SOON, questions))) or ""
