"""What exists in AWS, of one lab or of all in an account: what was read, and what that adds up to."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from functools import partial, reduce
from operator import or_

from wschat.errors import AccessError
from wschat.lab.aws import KINDS
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.errors import translated
from wschat.lab.aws.websocket_api import Api
from wschat.lab.blueprint import blueprint, naming_error
from wschat.lab.model import Actual, Key, Observed, Resource

PREFIX = "\0"
"""Stands for any prefix where names are compared."""


class Snapshot(dict[Key, tuple[Observed, ...]]):
    """What was observed, by the key that was read; nothing where something was looked for in vain."""

    @property
    def everything(self) -> list[Observed]:
        """All that was observed."""
        return [each for found in self.values() for each in found]

    @property
    def api_id(self) -> str | None:
        """The id of the lab's API: the oldest that is managed, if somebody made several."""
        found = (each for each in self.everything if isinstance(each.resource, Api))
        apis = [each for each in found if each.managed and not each.unknown]
        return min(((each.created or 0, each.id) for each in apis), default=(0, None))[1]

    def name_of(self, kind: str, which: str | None) -> str | None:
        """Return the name of what has an id."""
        found = (each for each in self.everything if each.resource.kind == kind)
        return next((each.resource.name for each in found if each.id == which), None)

    def actual(self, desired: Collection[Resource]) -> Actual:
        """Return what exists; `desired` tells resources that lost their name by what they do."""
        references = {each.resource.reference for each in self.everything} - {None}
        named = Snapshot({key: _unique(found, desired, references) for key, found in self.items()})
        unknown = tuple(each.resource for each in named.everything if each.unknown)
        managed = [each for each in named.everything if each.managed and not each.unknown]
        resources = [each.resource.resolved(named, each.created) for each in managed]
        return Actual(
            resources={resource.key: resource for resource in resources},
            ids={each.resource.key: each.id for each in managed if each.id},
            unmanaged=tuple(each.resource for each in named.everything if each.managed is False),
            unknown=unknown,
            created=min((each.created for each in managed if each.created), default=None),
        )


def _unique(
    found: Iterable[Observed], desired: Collection[Resource], references: Collection[str | None]
) -> tuple[Observed, ...]:
    """Give what was made twice a name with its id, so that it is seen as too much.

    Names of APIs, integrations and deployments are not unique in AWS. Of several that are managed the one
    that others refer to has the name, then the oldest, then the one with the first id: all who look agree.
    """
    keys, result = set[Key](), []
    for each in sorted(found, key=lambda each: (each.id not in references, each.created or 0, each.id)):
        resource = each.resource.identified(desired)
        if each.managed and each.id and resource.key in keys:
            resource = replace(resource, name=f"{resource.name} ({each.id})")
        if each.managed:
            keys.add(resource.key)
        result.append(replace(each, resource=resource))
    return tuple(result)


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


def look(cloud: Cloud, *, to_remove: bool = False) -> Actual:
    """Return what exists of a lab; `to_remove`, without what goes along with something else."""
    desired = blueprint(cloud.lab)
    keys = (each.read_key for each in desired if not (to_remove and each.cascades))
    return read(cloud, keys).actual(desired)


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
    labs = [replace(cloud.lab, prefix=prefix) for prefix in sorted(_prefixes(cloud))]
    labs = [lab for lab in labs if not naming_error(lab)]  # AWS refuses even to look for one
    found, refused = list[tuple[Cloud, Actual]](), list[AccessError]()
    for number, lab in enumerate(labs, start=1):
        each, shown = replace(cloud, lab=lab), f"prefix {lab.prefix or '(none)'}"
        on_prefix(f"{shown} ({number}/{len(labs)})")
        try:
            actual = look(each, to_remove=True)
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
