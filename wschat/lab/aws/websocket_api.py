"""API Gateway: the WebSocket API, what is in it, and its deployments.

Creates get one attempt, and a look before the next: API, integrations and deployments have no name to
collide on, so one that is sent again after a lost answer would make two.
"""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from wschat.errors import AwsError
from wschat.lab.attributes.answers import seconds, sorted_tags
from wschat.lab.aws.tags import Tagged
from wschat.lab.model.actual import Observed
from wschat.lab.model.lab import TAG
from wschat.lab.model.resource import Key, Resource

if TYPE_CHECKING:
    from wschat.lab.aws.cloud import Cloud

API_NAME = "chatroom-websocket"
"""The name of the lab's one API, without the prefix."""
PENDING, FAILED = "PENDING", "FAILED"
"""What a deployment is at first, if AWS takes its time, and how it may end, by its `DeploymentStatus`."""
DEPLOY_AGAIN = "mend what it names, and run the same command again, which deploys anew"


@dataclass(frozen=True, kw_only=True)
class Api(Tagged):
    """The API; `selection` is the route selection expression.

    `title` is what AWS calls its name, by which it is found as well as by its tag. `description` says who
    may connect, so that a later run knows it, and `status` sees a change. `labels` are all the tags that it
    carries, whoever gave it them; they are not compared.
    """

    kind = "API"
    read_with = ("integration", "deployment", "stage", "route")
    fixed = frozenset({"protocol"})
    legal_name = (r"[A-Za-z0-9_ .-]+", 128)
    title: Annotated[str, "Name"]
    selection: Annotated[str, "RouteSelectionExpression"]
    protocol: Annotated[str, "ProtocolType"]
    description: Annotated[str, "Description"] = ""
    endpoint_disabled: Annotated[bool, "DisableExecuteApiEndpoint"] = False
    labels: tuple[tuple[str, str], ...] = field(default=(), compare=False, repr=False)

    @property
    def uses(self) -> tuple[Key, ...]:
        return (("function", ""),)

    @property
    def read_key(self) -> Key:
        """One for all APIs that may be the lab's."""
        return (self.kind, "")

    @classmethod
    def names(cls, cloud: "Cloud") -> Iterable[str]:
        """Return the names of all APIs, and those that they should have by their tags."""
        apis: Any = cloud.ask("the names of APIs", cloud.pages, cloud.api, "get_apis", "Items[]") or ()
        prefixes = (cloud.lab.prefix_of(api.get("Tags", {})) for api in apis)
        return [api["Name"] for api in apis] + [f"{each}{API_NAME}" for each in prefixes if each is not None]

    @classmethod
    def read(cls, cloud: "Cloud", _name: str) -> Iterator[Observed]:
        """Read the APIs that have the lab's name for it, which is not unique, or its tag.

        One of a lab whose prefix differs in capitals alone is unmanaged: to IAM its roles have our names.
        """
        name, tag = cloud.lab.name(API_NAME), cloud.lab.tags[TAG].casefold()
        for api in cloud.pages(cloud.api, "get_apis", "Items[]"):
            managed = cloud.lab.manages(api.get("Tags"))
            alike = api.get("Tags", {}).get(TAG, "").casefold() == tag
            if alike or managed is None or api["Name"] == name:
                shown, tags = api["Name"] if managed is False else name, sorted_tags(api.get("Tags"))
                resource, made = (
                    cls(name=shown, tags=tags, labels=tags, **cls.known(api)),
                    seconds(api["CreatedDate"]),
                )
                yield Observed(resource, id=api["ApiId"], managed=managed, created=made)

    def create(self, cloud: "Cloud") -> None:
        """Create it, then look whether somebody else did so too meanwhile: the oldest is the one to keep.

        Only what exists counts: a list may still show one that was just torn down.
        """
        made = cloud.create(cloud.api.create_api, Tags=self.all_tags(cloud), **self.wanted(cloud))["ApiId"]
        cloud.pause(cloud.pacing.read_lag, "somebody else may make it too: looking")
        there = [
            (each.created or 0, each.id)
            for each in self.read(cloud, self.name)
            if each.managed and (each.id == made or cloud.find(cloud.api.get_api, ApiId=each.id) is not None)
        ]
        kept = min(there, default=(0, made))[1]
        if kept != made:
            cloud.find(cloud.api.delete_api, ApiId=made)
        cloud.ids[self.key] = kept

    def update(self, found: Self, cloud: "Cloud") -> None:
        if changed := self.wanted(cloud, found):
            cloud.call(cloud.api.update_api, ApiId=cloud.id_of(self.key), **changed)
        self.update_tags(found, cloud)

    def tag(self, cloud: "Cloud", tags: Mapping[str, str]) -> None:
        tag_resource(cloud, f"/apis/{cloud.id_of(self.key)}", tags)

    def delete(self, cloud: "Cloud") -> None:
        """Delete it, and all that is in it."""
        cloud.find(cloud.api.delete_api, ApiId=cloud.id_of(self.key))


def tag_resource(cloud: "Cloud", path: str, tags: Mapping[str, str]) -> None:
    """Give tags to what stands at a path of API Gateway's ARNs."""
    arn = f"arn:{cloud.lab.partition}:apigateway:{cloud.lab.region}::{path}"
    cloud.call(cloud.api.tag_resource, ResourceArn=arn, Tags=tags)


@dataclass(frozen=True, kw_only=True)
class ApiPart(Resource):
    """What is inside the API, and goes with it; its kind is the word for it in API Gateway's calls.

    `id_name` is what these call its id; `made_anew` are the attributes that no call takes away again.
    """

    parent = Api.kind
    cascades = True
    id_name: ClassVar[str]
    made_anew: ClassVar[frozenset[str]] = frozenset()

    @property
    def lock_key(self) -> Key:
        """The API's: it refuses parallel changes of what is in it ("concurrent modification")."""
        return (Api.kind, "")

    @property
    def read_key(self) -> Key:
        """One for all of its kind."""
        return (self.kind, "")

    @classmethod
    def read(cls, cloud: "Cloud", name: str) -> Iterator[Observed]:
        for answer in cloud.pages(cloud.api, f"get_{cls.kind}s", "Items[]", ApiId=name):
            attributes = cls.known(answer) | cls.attributes(cloud, name, answer)
            yield Observed(cls(**attributes), id=answer[cls.id_name])

    @classmethod
    @abstractmethod
    def attributes(cls, cloud: "Cloud", api: str, answer: Any) -> dict[str, Any]:  # noqa: ANN401
        """Return those attributes of what API Gateway answers that are not `known`."""

    def create(self, cloud: "Cloud") -> None:
        self.make(cloud)

    def make(self, cloud: "Cloud", **more: Any) -> Any:  # noqa: ANN401
        """Create it alone, and return what API Gateway answers."""
        make = getattr(cloud.api, f"create_{self.kind}")
        made = cloud.create(make, ApiId=cloud.api_id, **self.wanted(cloud), **more)
        cloud.ids[self.key] = made[self.id_name]
        return made

    def update(self, found: Self, cloud: "Cloud") -> None:
        if changed := self.wanted(cloud, found):
            cloud.call(getattr(cloud.api, f"update_{self.kind}"), **self.path(cloud), **changed)

    def can_only_be_made_anew(self, found: Self) -> bool:
        """Tell whether something differs that no call takes away."""
        return not self.made_anew.isdisjoint(self.differences(found))

    def make_anew(self, found: Self, cloud: "Cloud") -> None:
        """Delete what was found, and create it as it should be."""
        found.delete(cloud)
        self.create(cloud)

    def delete(self, cloud: "Cloud") -> None:
        cloud.find(getattr(cloud.api, f"delete_{self.kind}"), **self.path(cloud))

    def path(self, cloud: "Cloud") -> dict[str, Any]:
        """Return the parameters that say which it is."""
        return {"ApiId": cloud.api_id, self.id_name: cloud.id_of(self.key)}


@dataclass(frozen=True, kw_only=True)
class Deployment(ApiPart):
    """A snapshot of the routes; `name` is the digest of them, which stands in its description.

    One that AWS failed to make is no such snapshot: it goes by its id, so another one is made.
    """

    kind = "deployment"
    copies = ("integration", "route")
    id_name = "DeploymentId"
    read_with = (Api.kind, "stage")
    name: Annotated[str, "Description"]
    pending: bool = False

    @property
    def depends_on(self) -> tuple[Key, ...]:
        return tuple((kind, "") for kind in self.copies)

    @classmethod
    def attributes(cls, _cloud: "Cloud", _api: str, answer: Any) -> dict[str, Any]:  # noqa: ANN401
        status = answer.get("DeploymentStatus")
        name = answer.get("Description") if status != FAILED else None
        return {"name": name or answer["DeploymentId"], "pending": status == PENDING}

    def create(self, cloud: "Cloud") -> None:
        """Deploy, and wait until that is done.

        Raises:
            AwsError: AWS failed to, and says why.
        """
        self._wait(cloud, self.make(cloud))

    def update(self, found: Self, cloud: "Cloud") -> None:  # noqa: ARG002
        """Wait for it: that it is pending is all in which one of its name can differ."""
        self._wait(cloud, None)

    def _wait(self, cloud: "Cloud", known: Any) -> None:  # noqa: ANN401
        if not _has_ended(known):
            get = cloud.api.get_deployment
            known = cloud.poll(_has_ended, "AWS still deploys it", get, **self.path(cloud))
        if known.get("DeploymentStatus") == FAILED:
            why = known.get("DeploymentStatusMessage") or "it does not say why"
            raise AwsError(f"AWS could not deploy the routes: {why}", hint=DEPLOY_AGAIN)


def _has_ended(deployment: Any) -> bool:  # noqa: ANN401
    return deployment is not None and deployment.get("DeploymentStatus") != PENDING
