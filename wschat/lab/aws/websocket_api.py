"""API Gateway: the WebSocket API, its deployments and its stages.

Creates get one attempt, and a look before the next: API, integrations and deployments have no name to
collide on, so one that is sent again after a lost answer would make two.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from wschat.lab.model import TAG, Key, Observed, Resource

if TYPE_CHECKING:
    from wschat.lab.aws.cloud import Cloud
    from wschat.lab.aws.run import Run
    from wschat.lab.snapshot import Snapshot

API_NAME = "chatroom-websocket"
"""The name of the lab's one API, without the prefix."""


@dataclass(frozen=True, kw_only=True)
class Api(Resource):
    """The API; `selection` is the route selection expression.

    `title` is what AWS calls its name, by which it is found as well as by its tag. `description` says who
    may connect, so that a later run knows it, and `status` sees a change.
    """

    kind = "API"
    uses = ("function",)
    fixed = frozenset({"protocol"})
    legal_name = (r"[A-Za-z0-9_ .-]+", 128)
    title: str
    selection: str
    description: str
    protocol: str = "WEBSOCKET"

    @property
    def lock_key(self) -> Key:
        """One for the API and all parts of it: it refuses parallel changes ("concurrent modification")."""
        return (self.kind, "")

    @property
    def read_key(self) -> Key:
        """One for all APIs that may be the lab's."""
        return (self.kind, "")

    @property
    def read_with(self) -> tuple[Key, ...]:
        """All that is in it."""
        return tuple((kind, "") for kind in ("integration", "deployment", "stage", "route"))

    @classmethod
    def names(cls, cloud: "Cloud") -> Iterable[str]:
        """Yield the names of all APIs, and those that they should have by their tags."""
        for api in cloud.pages(cloud.api, "get_apis", "Items"):
            yield api["Name"]
            prefix = cloud.lab.prefix_of(api.get("Tags", {}))
            if prefix is not None:
                yield replace(cloud.lab, prefix=prefix).name(API_NAME)

    @classmethod
    def read(cls, cloud: "Cloud", _name: str) -> Iterator[Observed]:
        """Read the APIs that have the lab's name for it, which is not unique, or its tag.

        One of a lab whose prefix differs in capitals alone is unmanaged: to IAM its roles have our names.
        """
        name, tag = cloud.lab.name(API_NAME), cloud.lab.tags[TAG].casefold()
        for api in cloud.pages(cloud.api, "get_apis", "Items"):
            managed = cloud.lab.manages(api.get("Tags"))
            alike = api.get("Tags", {}).get(TAG, "").casefold() == tag
            if alike or api["Name"] == name:
                resource = cls(
                    name=name if managed else api["Name"],
                    title=api["Name"],
                    selection=api.get("RouteSelectionExpression", ""),
                    description=api.get("Description", ""),
                    protocol=api["ProtocolType"],
                )
                made = api["CreatedDate"].timestamp()
                yield Observed(resource, id=api["ApiId"], managed=managed, created=made)

    def create(self, run: "Run") -> None:
        """Create it, then look whether somebody else did so too meanwhile: the oldest is the one to keep.

        Only what exists counts: a list may still show one that was just torn down.
        """
        cloud = run.cloud
        made = cloud.create(
            cloud.api.create_api,
            Name=self.title,
            ProtocolType=self.protocol,  # type: ignore[arg-type]
            RouteSelectionExpression=self.selection,
            Description=self.description,
            Tags=cloud.lab.tags,
        )["ApiId"]
        cloud.pause(cloud.pacing.read_lag, "somebody else may make it too: looking")
        there = [
            (each.created or 0, each.id)
            for each in self.read(cloud, self.name)
            if each.managed and (each.id == made or cloud.find(cloud.api.get_api, ApiId=each.id) is not None)
        ]
        kept = min(there, default=(0, made))[1]
        if kept != made:
            cloud.find(cloud.api.delete_api, ApiId=made)
        run.ids[self.key] = kept

    def update(self, found: Self, run: "Run") -> None:
        """Change what differs."""
        changed = {"title": "Name", "selection": "RouteSelectionExpression", "description": "Description"}
        wanted: Any = {changed[name]: pair[0] for name, pair in self.differences(found).items()}
        run.cloud.call(run.cloud.api.update_api, ApiId=run.ids[self.key], **wanted)

    def delete(self, run: "Run") -> None:
        """Delete it, and all that is in it."""
        run.cloud.find(run.cloud.api.delete_api, ApiId=run.ids[self.key])


@dataclass(frozen=True, kw_only=True)
class ApiPart(Resource):
    """What is inside the API, and goes with it."""

    parent = Api.kind

    @property
    def lock_key(self) -> Key:
        """The API's."""
        return (Api.kind, "")

    @property
    def read_key(self) -> Key:
        """One for all of its kind."""
        return (self.kind, "")


@dataclass(frozen=True, kw_only=True)
class Deployment(ApiPart):
    """A snapshot of the routes; `name` is the digest of them, which stands in its description."""

    kind = "deployment"
    depends_on = ("integration", "route")

    @property
    def read_with(self) -> tuple[Key, ...]:
        """The API, and the stages: the one that they serve keeps its name."""
        return ((Api.kind, ""), (Stage.kind, ""))

    @classmethod
    def read(cls, cloud: "Cloud", name: str) -> Iterator[Observed]:
        """Read all deployments of an API."""
        for deployment in cloud.pages(cloud.api, "get_deployments", "Items", ApiId=name):
            which = deployment["DeploymentId"]
            yield Observed(cls(name=deployment.get("Description") or which), id=which)

    def create(self, run: "Run") -> None:
        """Deploy the routes as they are now."""
        make = run.cloud.api.create_deployment
        made = run.cloud.create(make, ApiId=run.api_id, Description=self.name)
        run.ids[self.key] = made["DeploymentId"]

    def update(self, found: Self, run: "Run") -> None:
        """Never needed: it has nothing but its name."""

    def delete(self, run: "Run") -> None:
        """Delete it."""
        which = run.ids[self.key]
        run.cloud.find(run.cloud.api.delete_deployment, ApiId=run.api_id, DeploymentId=which)


@dataclass(frozen=True, kw_only=True)
class Stage(ApiPart):
    """A stage, and the deployment that it serves."""

    kind = "stage"
    depends_on = (Deployment.kind,)
    deployment: str | None
    tag: str | None
    auto_deploy: bool = False

    @property
    def read_with(self) -> tuple[Key, ...]:
        """The API, and the deployments."""
        return ((Api.kind, ""), (Deployment.kind, ""))

    @property
    def references(self) -> tuple[str | None, ...]:
        """The deployment."""
        return (self.deployment,)

    def resolved(self, snapshot: "Snapshot", _changed: float | None) -> Self:
        """Name the deployment."""
        return replace(self, deployment=snapshot.name_of(Deployment, self.deployment))

    @classmethod
    def read(cls, cloud: "Cloud", name: str) -> Iterator[Observed]:
        """Read all stages of an API."""
        for stage in cloud.pages(cloud.api, "get_stages", "Items", ApiId=name):
            yield Observed(
                cls(
                    name=stage["StageName"],
                    deployment=stage.get("DeploymentId"),
                    tag=stage.get("Tags", {}).get(TAG),
                    auto_deploy=stage.get("AutoDeploy", False),
                )
            )

    def create(self, run: "Run") -> None:
        """Create it, serving its deployment."""
        run.cloud.create(
            run.cloud.api.create_stage,
            ApiId=run.api_id,
            StageName=self.name,
            DeploymentId=run.ids[Deployment.kind, str(self.deployment)],
            Tags=run.cloud.lab.tags,
        )

    def update(self, found: Self, run: "Run") -> None:
        """Give it back its tag, and the deployment that it should serve."""
        cloud, lab = run.cloud, run.cloud.lab
        of: Any = {"ApiId": run.api_id, "StageName": self.name}
        differs = self.differences(found).keys()
        if "tag" in differs:
            arn = f"arn:{lab.partition}:apigateway:{lab.region}::/apis/{run.api_id}/stages/{self.name}"
            cloud.call(cloud.api.tag_resource, ResourceArn=arn, Tags=lab.tags)
        if "auto_deploy" in differs:  # while it is on, no deployment can be chosen
            cloud.call(cloud.api.update_stage, AutoDeploy=False, **of)
        if "deployment" in differs:
            serves = run.ids[Deployment.kind, str(self.deployment)]
            cloud.call(cloud.api.update_stage, DeploymentId=serves, **of)

    def delete(self, run: "Run") -> None:
        """Delete it."""
        run.cloud.find(run.cloud.api.delete_stage, ApiId=run.api_id, StageName=self.name)
