"""What exists in AWS: of one lab, read into a snapshot, or of all labs of an account and region."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial, reduce
from operator import or_

from wschat.errors import AccessError, UsageError
from wschat.lab.aws import KINDS
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.errors import translated
from wschat.lab.aws.websocket_api import Api
from wschat.lab.blueprint import blueprint, check_names
from wschat.lab.model import Actual, Key, Lab
from wschat.lab.snapshot import Snapshot

PREFIX = "\0"
"""Stands for any prefix where names are compared."""


def read(cloud: Cloud, keys: Iterable[Key], snapshot: Snapshot | None = None) -> Snapshot:
    """Read what read keys stand for, at the same time; what a `snapshot` has of others is kept.

    What is inside the API is read one call after another, of the API of the snapshot if not of a new one.

    Raises:
        WschatError: AWS could not be asked.
        Stopped: the person asked to stop.
    """
    snapshot, keys = snapshot or Snapshot(), dict.fromkeys(keys)
    inside = [(kind, "") for kind in KINDS if (kind, "") in keys]
    jobs = [partial(_read, cloud, each, snapshot) for each in (inside, *([key] for key in keys if key[1]))]
    with translated("looking at what exists"):
        found = cloud.clock.run_all(jobs, cloud.workers)
    return Snapshot(reduce(or_, found, snapshot))


def _read(cloud: Cloud, keys: Iterable[Key], snapshot: Snapshot) -> Snapshot:
    now = Snapshot()
    for kind, name in keys:
        which = name if name or kind == Api.kind else Snapshot(snapshot | now).api_id
        now[kind, name] = () if which is None else tuple(KINDS[kind].read(cloud, which))
    return now


def look(cloud: Cloud) -> Actual:
    """Return what exists of a lab."""
    return look_at(cloud, (each.read_key for each in blueprint(cloud.lab)))


def look_to_remove(cloud: Cloud) -> Actual:
    """Return what exists of a lab that has to be removed, without what goes along with something else."""
    return look_at(cloud, (each.read_key for each in blueprint(cloud.lab) if not each.cascades))


def look_at(cloud: Cloud, keys: Iterable[Key]) -> Actual:
    """Return what exists under read keys."""
    return read(cloud, keys).actual(blueprint(cloud.lab))


def find_labs(
    cloud: Cloud, on_prefix: Callable[[str], None] = lambda _: None
) -> tuple[list[tuple[Cloud, Actual]], list[AccessError]]:
    """Find every lab of this account and region that carries our tags, whoever made it.

    Returns the labs, the oldest first, each with how to reach it and what there is of it, if only a part; and
    why some could not be looked at.

    A lab is looked for under each prefix with which something of the account could be named, or an API is
    tagged, if provision takes that prefix; what has such a name and not the tag of that lab is unmanaged.
    `on_prefix` hears under which prefix it looks. One that the person may not look at keeps no other from
    being found.
    """
    prefixes = sorted(prefix for prefix in _prefixes(cloud) if _is_legal(replace(cloud.lab, prefix=prefix)))
    found, refused = list[tuple[Cloud, Actual]](), list[AccessError]()
    for number, prefix in enumerate(prefixes, start=1):
        each, shown = replace(cloud, lab=replace(cloud.lab, prefix=prefix)), f"prefix {prefix or '(none)'}"
        on_prefix(f"{shown} ({number}/{len(prefixes)})")
        try:
            actual = look_to_remove(each)
        except AccessError as error:
            error.where = f"{shown}, {error.where}"
            refused.append(error)
            continue
        if actual.resources:
            found.append((each, actual))
    return sorted(found, key=lambda each: each[1].created or 0), refused


def _prefixes(cloud: Cloud) -> set[str]:
    """Return what may be labs' prefixes, by all names in the account and region."""
    kinds = [kind for kind in KINDS.values() if kind.legal_name]
    with translated("looking for labs"):
        names = cloud.clock.run_all([partial(kind.names, cloud) for kind in kinds], cloud.workers)
    listed, found = dict(zip(kinds, names, strict=True)), set[str]()
    for each in blueprint(replace(cloud.lab, prefix=PREFIX)):
        pattern = re.escape(each.name).replace(re.escape(PREFIX), "(.*)")
        matches = (re.fullmatch(pattern, name, re.DOTALL) for name in listed.get(type(each), ()))
        found |= {match[1] for match in matches if match}
    return found


def _is_legal(lab: Lab) -> bool:
    """Tell whether all names of a lab are legal; AWS refuses even to look for one that is not."""
    try:
        check_names(lab)
    except UsageError:
        return False
    return True
