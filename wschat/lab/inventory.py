"""What exists in AWS of one lab: what was read, and what that adds up to."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import partial, reduce
from operator import or_

from wschat.lab.aws import KINDS
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.errors import translated
from wschat.lab.aws.roles import Role
from wschat.lab.aws.tables import Table
from wschat.lab.aws.tags import Tagged
from wschat.lab.aws.websocket_api import Api
from wschat.lab.blueprint import FUNCTIONS, blueprint, given_role, role
from wschat.lab.chosen.choices import PREFIX, UNDECIDED, Choices
from wschat.lab.model.actual import Actual, Observed
from wschat.lab.model.lab import TAG
from wschat.lab.model.resource import Key, Resource


class Snapshot(dict[Key, tuple[Observed, ...]]):
    """What was observed, by the key that was read; nothing where something was looked for in vain."""

    @property
    def everything(self) -> list[Observed]:
        """All that was observed."""
        return [each for found in self.values() for each in found]

    @property
    def api_id(self) -> str | None:
        """The id of the lab's API: the oldest that is managed, if there are several; one with a tag first."""
        found = (each for each in self.everything if isinstance(each.resource, Api))
        apis = [each for each in found if each.managed and not each.unknown]
        return min(apis, key=lambda each: each.rank).id if apis else None

    @property
    def choices(self) -> Choices | None:
        """What the tags of the lab's first table keep; None if there is no table of the lab's."""
        managed = (each.resource for each in self.everything if each.managed)
        tables = [each for each in managed if isinstance(each, Table)]
        first = min(tables, key=lambda table: table.name, default=None)
        return Choices.of(dict(first.tags)) if first else None

    @property
    def traces(self) -> Choices:
        """What the lab's roles show of choices: a path, a boundary, and tags that are not the lab's own."""
        managed = (each.resource for each in self.everything if each.managed)
        roles = (each for each in managed if isinstance(each, Role))
        role = min(roles, key=lambda role: role.name, default=None)
        if role is None:
            return UNDECIDED
        tags = tuple((key, value) for key, value in role.tags if not key.startswith(("aws:", PREFIX)))
        return Choices(path="" if role.path == "/" else role.path, boundary=role.boundary, tags=tags)

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
            by_hand=frozenset(each.resource.key for each in managed if each.by_hand),
        )


def _unique(
    found: Iterable[Observed], desired: Collection[Resource], references: Collection[str | None]
) -> tuple[Observed, ...]:
    """Give what was made twice a name with its id, so that it is seen as too much.

    Names of APIs, integrations and deployments are not unique in AWS. Of several that are managed the one
    that others refer to has the name, else the first by its rank.
    """
    keys, result = set[Key](), []
    seen = sorted(found, key=lambda each: (each.id not in references, each.rank))
    pairs = ((each, one) for each in seen for one in each.resource.identified(desired))
    for each, resource in pairs:
        again = each.managed and each.id and resource.key in keys
        named = replace(resource, name=f"{resource.name} ({each.id})") if again else resource
        if each.managed:
            keys.add(named.key)
        result.append(replace(each, resource=named))
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
        now[kind, name] = () if which is None else tuple(map(_of_whom, KINDS[kind].read(cloud, which)))
    return now


def _of_whom(each: Observed) -> Observed:
    """Say so of what counts as the lab's and has no tag of any."""
    untagged = isinstance(each.resource, Tagged) and TAG not in dict(each.resource.tags)
    return replace(each, by_hand=untagged and bool(each.managed))


def look(cloud: Cloud, *, to_remove: bool = False) -> Actual:
    """Return what exists of a lab; `to_remove`, without what goes along with something else.

    Its tables come first, which keep what was chosen for it. Where a role was given, the lab's own are looked
    for, too, which a run that was stopped may have left, unless the lab never had any; IAM may refuse that.
    What roles show of choices counts where there is no table, and not where its tags can't be read.
    """
    tables = (each.read_key for each in blueprint(cloud.lab) if isinstance(each, Table))
    found = read(cloud, tables)
    lab = replace(cloud.lab, choices=cloud.lab.choices.over(found.choices or UNDECIDED))
    desired = blueprint(lab)
    keys = {each.read_key for each in desired if not (to_remove and each.cascades)}
    rest = {(Role.kind, role(lab, spec)) for spec in FUNCTIONS} - {each.key for each in desired}
    keys |= set() if lab.choices.own_roles == "" else rest - {given_role(lab)}
    seen = read(replace(cloud, lab=lab), keys - found.keys(), found)
    actual = seen.actual(desired)
    unmanaged = tuple(each for each in actual.unmanaged if each.key not in rest)  # nobody needs their names
    traces = UNDECIDED if found.everything else seen.traces
    return replace(actual, unmanaged=unmanaged, choices=lab.choices, traces=traces)
