"""What was read of a lab, and what it adds up to: with names in the place of ids, and nothing twice."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from wschat.lab.aws.websocket_api import Api
from wschat.lab.model import Actual, Key, Observed, Resource


class Snapshot(dict[Key, tuple[Observed, ...]]):
    """What was observed, by the key that was read; nothing where something was looked for in vain."""

    @property
    def everything(self) -> list[Observed]:
        """All that was observed."""
        return [each for found in self.values() for each in found]

    @property
    def api_id(self) -> str | None:
        """The id of the lab's API: the oldest that is managed, if somebody made several."""
        apis = [each for each in self.everything if isinstance(each.resource, Api) and each.managed]
        return min(((each.created or 0, each.id) for each in apis), default=(0, None))[1]

    def name_of(self, kind: str, which: str | None) -> str | None:
        """Return the name of what has an id."""
        found = (each for each in self.everything if each.resource.kind == kind)
        return next((each.resource.name for each in found if each.id == which), None)

    def actual(self, desired: Collection[Resource]) -> Actual:
        """Return what exists; `desired` tells resources that lost their name by what they do."""
        references = {each.resource.reference for each in self.everything} - {None}
        named = Snapshot({key: _unique(found, desired, references) for key, found in self.items()})
        managed = [each for each in named.everything if each.managed]
        resources = [each.resource.resolved(named, each.created) for each in managed]
        return Actual(
            resources={resource.key: resource for resource in resources},
            ids={each.resource.key: each.id for each in managed if each.id},
            unmanaged=tuple(each.resource for each in named.everything if not each.managed),
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
