"""What a lab is made of: how its resources are named, and what each kind of resource knows of itself.

What should exist and what does exist are values of the same classes, so a plan is their difference.
Resources name each other by name, never by an id that AWS gave: where such an id stands inside a
document or an ARN, `API` stands for it here.
"""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Self

from wschat.lab.attributes.answers import UNSEEN, Unknown, sorted_tags
from wschat.lab.attributes.attributes import Attributes
from wschat.lab.chosen.choices import UNDECIDED, Choices

if TYPE_CHECKING:
    from wschat.lab.aws.cloud import Cloud
    from wschat.lab.inventory import Snapshot

API = "{api}"
"""Stands for the API's id, which AWS chooses."""
TAG = "wschat:lab"
"""The tag that says whose a resource is: `<region>/<prefix>`."""
OPEN, AWS_IAM = "NONE", "AWS_IAM"
"""Who may connect, as API Gateway calls it: anyone, or only whoever signs the request."""

SERVICES = {
    "dynamodb": "dynamodb",
    "iam": "iam",
    "functions": "lambda",
    "logs": "logs",
    "api": "apigatewayv2",
}
"""`Cloud`'s names of the clients, to boto3's of the services."""

Key = tuple[str, str]
"""A resource's kind and name."""


class Task(Enum):
    """The lab's headings, in its order."""

    TABLES = "Task 1: DynamoDB tables"
    FUNCTIONS = "Task 2: Lambda functions and their roles"
    API = "Task 3: the WebSocket API"


@dataclass(frozen=True)
class Lab:
    """One lab in one account and region; `prefix` stands before all its names.

    `sockets` and `callbacks` are the base URLs, with `API` in them, at which clients connect and at which
    functions post to connections. `endpoint` is what boto3 was told to use in place of AWS, or None.
    `choices` are what was chosen for it. `authorization` says who may connect, `OPEN` or `AWS_IAM`, where no
    choice does, as in a lab from before tags kept that: it is read of the API, and no tag; None is anyone.
    Where it `adopts`, what has one of its names and no lab's tag, as things have that were made by hand,
    counts as its own.
    """

    account: str
    region: str
    prefix: str = ""
    partition: str = "aws"
    sockets: str = f"wss://{API}.example"
    callbacks: str = f"https://{API}.example"
    endpoint: str | None = None
    authorization: str | None = None
    choices: Choices = UNDECIDED
    adopts: bool = False

    @property
    def tags(self) -> dict[str, str]:
        """The tag that every resource of this lab carries. Roles are account-wide, hence the region."""
        return {TAG: f"{self.region}/{self.prefix}"}

    def manages(self, tags: Any) -> bool | None:  # noqa: ANN401
        """Tell whether tags are this lab's: a map, or a list of keys and values, or nothing.

        None if they can't be read, so that nobody knows.
        """
        pairs = dict(sorted_tags(tags))
        if pairs.get(TAG) == self.tags[TAG]:
            return True
        unclear = isinstance(tags, Unknown) or any(
            isinstance(key, Unknown) or (key == TAG and isinstance(value, Unknown))
            for key, value in pairs.items()
        )
        return None if unclear else self.adopts and TAG not in pairs

    def prefix_of(self, tags: Mapping[str, str]) -> str | None:
        """Return the prefix of the lab in this region whose tags these are; None if they are none's."""
        region, _, prefix = tags.get(TAG, "").partition("/")
        return prefix if region == self.region else None

    def name(self, name: str) -> str:
        """Return a resource's name in AWS."""
        return f"{self.prefix}{name}"

    def arn(self, service: str, resource: str) -> str:
        """Return an ARN in this account and region; IAM's have no region."""
        region = "" if service == "iam" else self.region
        return f"arn:{self.partition}:{service}:{region}:{self.account}:{resource}"

    def invoke_arn(self, function: str) -> str:
        """Return the integration URI of a function. A bare function ARN is the HTTP API's form: 500 here."""
        target = self.arn("lambda", f"function:{function}")
        path = f"lambda:path/2015-03-31/functions/{target}/invocations"
        return f"arn:{self.partition}:apigateway:{self.region}:{path}"

    def url(self, api_id: str, stage: str) -> str:
        """Return the URL that a client connects to."""
        return f"{self.sockets}/{stage}".replace(API, api_id)

    def address(self, url: str) -> tuple[str, str] | None:
        """Return the API's id and the stage that such a URL has; None if it leads somewhere else."""
        form = re.escape(self.sockets).replace(re.escape(API), "([a-z0-9]+)")
        found = re.fullmatch(f"{form}/([^/?#]+)/?", url.partition("?")[0])
        return (found[1], found[2]) if found else None


def canonical(document: object) -> str:
    """Return a JSON document in the one form in which equal documents are equal strings."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, kw_only=True)
class Resource(Attributes, ABC):
    """One thing in AWS; `name` is unique among its kind within a lab.

    Each kind of resource is one subclass, in the file of its service, and one entry in
    `wschat.lab.aws.KINDS`. Its fields are its `Attributes`. What else the lab has to know of a kind:

    Attributes:
        kind: what people call it.
        task: the lab's heading that it stands under.
        parent: the kind that it is a part of, and is read with; None if it stands alone.
        cascades: whether AWS deletes it along with its parent.
        depends_on: the keys of what it can't be created without; one without a name is all of a kind.
        uses: the keys of what it needs while it works, which is deleted after it; likewise.
        copies: the kinds of which it is a copy, as they are when it is made.
        read_with: the kinds that must be read too, in order to put names in the place of the ids in it.
        refers_to: the kind that an attribute of that name refers to: by name here, by id in AWS.
        names_api: the attribute in which `API` stands for the API's id.
        renamable: whether its name is an attribute that can be changed.
        account_wide: whether other regions see it too.
        refused_most: whether many accounts let nobody create one.
        legal_name: a regular expression for its name, and the most characters it may have, as botocore's
            service models have them; None if no prefix stands in it.
        listed: the client, the operation that lists all there are, and the JMESPath to their names, if so.
    """

    name: str
    kind: ClassVar[str]
    parent: ClassVar[str | None] = None
    cascades: ClassVar[bool] = False
    copies: ClassVar[tuple[str, ...]] = ()
    read_with: ClassVar[tuple[str, ...]] = ()
    refers_to: ClassVar[str | None] = None
    names_api: ClassVar[str | None] = None
    renamable: ClassVar[bool] = False
    account_wide: ClassVar[bool] = False
    refused_most: ClassVar[bool] = False
    legal_name: ClassVar[tuple[str, int] | None] = None
    listed: ClassVar[tuple[str, str, str]]

    @property
    def task(self) -> Task:
        """See `Resource`."""
        return Task.API

    @property
    def depends_on(self) -> Collection[Key]:
        """Its parent, what it refers to, and the API if it names that."""
        needed = {self.lock_key} if self.parent else set[Key]()
        if self.refers_to:
            needed.add((self.refers_to, str(self.reference)))
        if self.names_api and API in getattr(self, self.names_api):
            needed.add(("API", ""))
        return needed

    @property
    def uses(self) -> Collection[Key]:
        """Its parent."""
        return [self.lock_key] if self.parent else []

    @property
    def key(self) -> Key:
        """What it is found by."""
        return (self.kind, self.name)

    @property
    def read_key(self) -> Key:
        """The kind and name to `read` in order to see it; several resources may come of one read."""
        return self.key

    @property
    def read_keys(self) -> tuple[Key, ...]:
        """All that must be read to see it with names in the place of ids."""
        return (self.read_key, *((kind, "") for kind in self.read_with))

    @property
    def lock_key(self) -> Key:
        """What AWS takes only one change of at a time: its parent's key, if it has one."""
        return self.read_key

    def keeps_choices(self, found: "Resource | None") -> bool:  # noqa: ARG002
        """Tell whether it keeps choices that what was found does not, for later runs to read."""
        return False

    def is_among(self, keys: Collection[Key]) -> bool:
        """Tell whether keys have its own, or all of its kind."""
        return self.key in keys or (self.kind, "") in keys

    @property
    def reference(self) -> str | None:
        """What it refers to: an id as long as it is not `resolved`."""
        return getattr(self, self.refers_to) if self.refers_to else None

    def identified(self, desired: "Iterable[Resource]") -> list[Self]:
        """Return the desired resources that it is, as a rule one: what of them was not seen is as desired.

        It has the name of that one, where it may have lost its name.
        """
        wanted = next((each for each in desired if each.key == self.key), None)
        unseen = [name for name, value in vars(self).items() if value is UNSEEN]
        return [replace(self, **{name: getattr(wanted, name) for name in unseen}) if wanted else self]

    def resolved(self, snapshot: "Snapshot", changed: float | None) -> Self:  # noqa: ARG002
        """Return it with names in the place of ids; `changed` is when it was, in seconds since 1970."""
        named: dict[str, Any] = {}
        if self.refers_to:
            named[self.refers_to] = snapshot.name_of(self.refers_to, self.reference)
        if self.names_api:
            named[self.names_api] = getattr(self, self.names_api).replace(snapshot.api_id or API, API)
        return replace(self, **named)

    @classmethod
    def names(cls, cloud: "Cloud") -> Iterable[str]:
        """Return the names of all of this kind in the account and region, as far as they may be seen."""
        client, operation, path = cls.listed
        what = f"the names of {cls.kind}s"
        return cloud.ask(what, cloud.pages, getattr(cloud, client), operation, path) or ()

    @classmethod
    @abstractmethod
    def read(cls, cloud: "Cloud", name: str) -> "Iterator[Observed]":
        """Read what there is of a name, with its parts; of a part, `name` is its parent's name or id."""

    @abstractmethod
    def create(self, cloud: "Cloud") -> None:
        """Create it, and wait until others can build on it.

        Raises:
            OutcomeUnknown: it may have been made, or something has its name.
        """

    def update(self, found: Self, cloud: "Cloud") -> None:  # noqa: ARG002
        """Change in place what differs, and nothing else, or write it anew; raises as `create` does."""
        self.create(cloud)

    @abstractmethod
    def delete(self, cloud: "Cloud") -> None:
        """Delete it, and wait until it is gone."""


@dataclass(frozen=True)
class Observed:
    """A resource as it was read, with ids as AWS gave them; `id` is its own, where AWS chose one.

    `managed` tells whether its tag is this lab's, None where that can't be read. `created` is when it was
    made, or of a function changed, in seconds since 1970. `by_hand` is what a lab that `adopts` has, and has
    no tag.
    """

    resource: Resource
    id: str = ""
    managed: bool | None = True
    created: float | None = None
    by_hand: bool = False

    @property
    def rank(self) -> tuple[bool, float, str]:
        """The least is meant of several: one with a tag, the oldest, or the first id; all who look agree."""
        return self.by_hand, self.created or 0, self.id

    @property
    def unknown(self) -> bool:
        """Whether it can't be told whose it is, or by which id to change it."""
        return self.managed is None or isinstance(self.id, Unknown)


@dataclass(frozen=True)
class Actual:
    """What exists: the lab's resources, the ids that AWS gave them, and what has their names unmanaged.

    `unknown` is what nobody can tell whose it is: it is neither changed nor deleted. `created` is when the
    oldest of the lab's was made, in seconds since 1970. `choices` are those given, over those kept; `traces`
    are those that roles show where nothing keeps any. `by_hand` are the keys of those resources that have no
    tag, where the lab `adopts`.
    """

    resources: Mapping[Key, Resource] = field(default_factory=dict)
    ids: Mapping[Key, str] = field(default_factory=dict)
    unmanaged: tuple[Resource, ...] = ()
    unknown: tuple[Resource, ...] = ()
    created: float | None = None
    choices: Choices = UNDECIDED
    traces: Choices = UNDECIDED
    by_hand: frozenset[Key] = frozenset()
