"""What exists, what a plan does about it, and how that goes on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any

from wschat.errors import WschatError
from wschat.lab.model import Key, Resource, Task


class Verb(StrEnum):
    """What a step does to a resource."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    CHECK = "check"


@dataclass(frozen=True)
class Step:
    """One step of a plan. `found` is what an update or a delete starts from.

    `after` are the keys of resources whose steps, if the plan has any, must have ended before.
    """

    verb: Verb
    resource: Resource
    found: Resource | None = None
    after: frozenset[Key] = frozenset()

    def __str__(self) -> str:
        return f"{self.verb} {self.resource.kind} {self.resource.name}"

    @property
    def task(self) -> Task:
        """The heading that it stands under."""
        return self.resource.task

    @property
    def differences(self) -> dict[str, tuple[Any, Any]]:
        """What an update changes, as attribute: (wanted, found)."""
        return self.resource.differences(self.found) if self.verb is Verb.UPDATE and self.found else {}

    @property
    def fixed(self) -> dict[str, tuple[Any, Any]]:
        """What of these AWS does not let anybody change."""
        return {name: pair for name, pair in self.differences.items() if name in self.resource.fixed}


class Moment(Enum):
    """What a progress tells of its step.

    The error of a step that failed ends the plan and is raised; that of one that was given up is told, and
    the plan goes on.
    """

    BEGUN = "begun"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    GIVEN_UP = "given up"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Progress:
    """A step began, waits for something, or ended in one way or another.

    `seconds` is how long the wait, or the whole step, has taken so far. `error` is that of a step that was
    given up.
    """

    step: Step
    moment: Moment
    seconds: float = 0.0
    waiting: str = ""
    error: WschatError | None = None


@dataclass(frozen=True)
class Actual:
    """What exists: our resources, the ids that AWS gave them, and strangers that have our names.

    `born` is when the oldest of ours was made, in seconds since 1970.
    """

    resources: Mapping[Key, Resource] = field(default_factory=dict)
    ids: Mapping[Key, str] = field(default_factory=dict)
    strangers: tuple[Resource, ...] = ()
    born: float | None = None
