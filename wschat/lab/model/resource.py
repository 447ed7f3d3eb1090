"""What a lab is made of: what each kind of resource knows of itself.

Resources name each other by name, never by an id that AWS gave: where such an id stands inside a
document or an ARN, `API` stands for it here.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Self

from wschat.lab.attributes.answers import UNSEEN
from wschat.lab.attributes.attributes import Attributes
from wschat.lab.model.lab import API

if TYPE_CHECKING:
    from wschat.lab.aws.cloud import Cloud
    from wschat.lab.inventory import Snapshot
    from wschat.lab.model.actual import Observed

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
