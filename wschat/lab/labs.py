"""Every lab of an account and region: which there are, how far each has come, and when it was last used."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from wschat.errors import AccessError
from wschat.lab import engine, inventory
from wschat.lab.aws import KINDS
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.errors import translated
from wschat.lab.aws.texts.explanations import ASK
from wschat.lab.blueprint import blueprint, naming_error
from wschat.lab.logs.cloudwatch import last_event
from wschat.lab.model.actual import Actual
from wschat.lab.model.resource import Resource
from wschat.lab.plan import Step

PREFIX = "\0"
"""Stands for any prefix where names are compared."""
LOOKING = "looking for labs"
AT_A_TIME = 6
"""Labs that are looked at at the same time; they share the workers."""
T = TypeVar("T")


@dataclass(frozen=True)
class Overview:
    """How far one lab of several has come. `used` is when a client last connected, in seconds since 1970.

    `desired` is in the lab's order. What takes a call for each route or function is not looked at: route
    responses, and the URLs and event sources of functions.
    """

    cloud: Cloud
    actual: Actual
    desired: Sequence[Resource]
    steps: Sequence[Step]
    used: float | None

    @property
    def missing(self) -> list[Resource]:
        """What does not exist yet."""
        return [each for each in self.desired if each.key not in self.actual.resources]

    @property
    def reached(self) -> tuple[str, str, int, int] | None:
        """The first heading of the lab with something missing, its kind, how many there are, and of how many.

        None if nothing is missing.
        """
        if not (missing := self.missing):
            return None
        task = min((each.task for each in missing), key=list(type(missing[0].task)).index)
        kind = next(each.kind for each in missing if each.task is task)
        alike = [each for each in self.desired if (each.task, each.kind) == (task, kind)]
        return task.value, kind, sum(each not in missing for each in alike), len(alike)


def find(
    cloud: Cloud, on_prefix: Callable[[str], None] = lambda _: None
) -> tuple[list[tuple[Cloud, Actual]], list[AccessError]]:
    """Find every lab of this account and region that carries our tags, whoever made it.

    Returns the labs, the oldest first, each with how to reach it and what there is to remove of it, if only a
    part; and why some could not be looked at.

    A lab is looked for under each prefix with which something of the account could be named, or an API is
    tagged, if provision takes that prefix; what has such a name and not the tag of that lab is unmanaged.
    `on_prefix` hears under which prefix it looks. One that the person may not look at keeps no other from
    being found.
    """
    found, refused = _each(cloud, partial(inventory.look, to_remove=True), on_prefix)
    labs = [(each, actual) for each, actual in found if actual.resources]
    return sorted(labs, key=lambda lab: lab[1].created or 0), refused


def overview(
    cloud: Cloud, on_prefix: Callable[[str], None] = lambda _: None
) -> tuple[list[Overview], list[AccessError]]:
    """Look at every lab that `find` would find, by their prefixes; and return why some could not be."""
    found, refused = _each(replace(cloud, brief=True), _look_over, on_prefix)
    return [each for _, each in found if each], refused


def _look_over(cloud: Cloud) -> Overview | None:
    actual = inventory.look(cloud)
    if not actual.resources:
        return None
    with translated("looking at its logs"):
        used = last_event(cloud)
    desired = engine.desired(cloud.lab, actual)
    return Overview(cloud, actual, desired, engine.drift(cloud, actual), used)


def _each(
    cloud: Cloud, work: Callable[[Cloud], T], on_prefix: Callable[[str], None]
) -> tuple[list[tuple[Cloud, T]], list[AccessError]]:
    """Do something with each lab that there may be, several at the same time, in the order of their prefixes.

    Each has notes of its own, and `cloud` those of all. Lists of the whole account are read once for all.
    """
    shared = replace(cloud, lists={}, workers=max(1, cloud.workers // AT_A_TIME))
    prefixes = _prefixes(replace(shared, workers=cloud.workers))
    labs = [replace(cloud.lab, prefix=prefix) for prefix in sorted(prefixes)]
    labs = [lab for lab in labs if not naming_error(lab)]  # AWS refuses even to look for one
    refused = list[AccessError]()

    def look(number: int) -> list[tuple[Cloud, T]]:
        lab = labs[number]
        each, shown = replace(shared, lab=lab, notes={}), _named(lab.prefix)
        on_prefix(f"{shown} ({number + 1}/{len(labs)})")
        try:
            return [(replace(cloud, lab=lab, notes=each.notes), work(each))]  # with all workers
        except AccessError as error:
            error.where = f"{shown}, {error.where}"
            refused.append(error)
            return []

    found = cloud.clock.run_all([partial(look, number) for number in range(len(labs))], AT_A_TIME)
    looked_at = [each for some in found for each in some]
    for each, _ in looked_at:
        cloud.notes.update(each.notes)
    return looked_at, refused


def _named(prefix: str) -> str:
    return f"prefix {prefix}" if prefix else "no prefix"


def _prefixes(cloud: Cloud) -> set[str]:
    """Return what may be labs' prefixes, by all names in the account and region that may be seen.

    Raises:
        AccessError: none may.
    """
    kinds, looking = [kind for kind in KINDS.values() if kind.legal_name], replace(cloud, notes={})
    with translated(LOOKING):
        names = cloud.clock.run_all([partial(kind.names, looking) for kind in kinds], cloud.workers)
    cloud.notes.update(looking.notes)
    if len(looking.notes) == len(kinds):
        raise AccessError("you may not look at anything that a lab is made of", where=LOOKING, hint=ASK)
    listed, found = dict(zip(kinds, names, strict=True)), set[str]()
    for each in blueprint(replace(cloud.lab, prefix=PREFIX)):
        pattern = re.escape(each.name).replace(re.escape(PREFIX), "(.*)")
        matches = (re.fullmatch(pattern, name, re.DOTALL) for name in listed.get(type(each), ()))
        found |= {match[1] for match in matches if match}
    return found
