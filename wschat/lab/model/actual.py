"""What exists: a resource as it was read, and all of a lab's, with what has their names unmanaged."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from wschat.lab.attributes.answers import Unknown
from wschat.lab.chosen.choices import UNDECIDED, Choices
from wschat.lab.model.resource import Key, Resource


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
