"""A lab made by hand, as the console makes it: no tags, random ids, an integration for each route."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.permissions import Permission
from wschat.lab.aws.routes import Integration, Route
from wschat.lab.aws.websocket_api import Api
from wschat.lab.model.lab import Lab
from wschat.lab.model.resource import Resource
from wschat.lab.plan import MAKES, Step


class Untagged(Lab):
    """A lab of somebody who tags nothing."""

    @property
    def tags(self) -> dict[str, str]:
        return {}


def by_hand(cloud: Cloud) -> Cloud:
    """Return the clients of somebody who makes that lab by hand."""
    return replace(cloud, lab=Untagged(**vars(cloud.lab)), ids={})


def make(cloud: Cloud, steps: Iterable[Step]) -> None:
    """Do what these steps make or change, as one clicks it."""
    steps = [step for step in steps if step.verb in MAKES]
    integrations = {
        step.resource.name: step.resource for step in steps if step.resource.kind == "integration"
    }
    for number, step in enumerate(steps):
        made = marked(step.resource, str(UUID(int=number)))
        if isinstance(made, Integration):
            continue
        if isinstance(made, Route):
            marked(integrations[str(made.integration)]).create(cloud)
        if step.found:
            made.update(step.found, cloud)
        elif isinstance(made, Api):
            cloud.ids[made.key] = cloud.api.create_api(**made.wanted(cloud))["ApiId"]
        else:
            made.create(cloud)


def marked(resource: Resource, statement: str = "") -> Resource:
    """Return a resource as it is without what only wschat puts there."""
    match resource:
        case Integration() | Api():
            return replace(resource, description="")
        case Permission():
            return replace(resource, statement=statement)
    return resource
