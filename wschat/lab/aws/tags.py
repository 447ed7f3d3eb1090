"""Resources that carry tags, of which some are chosen, and those of tables keep all that was chosen."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from wschat.lab.chosen.choices import KEPT
from wschat.lab.model.resource import Resource

if TYPE_CHECKING:
    from wschat.lab.aws.cloud import Cloud


@dataclass(frozen=True, kw_only=True)
class Tagged(Resource):
    """A resource that carries tags: `tags` are those that are chosen, beside the one that says whose it is.

    Others are nobody's business here: a tag that is not chosen any more stays where it is.
    """

    tags: tuple[tuple[str, str], ...] = ()

    def all_tags(self, cloud: "Cloud") -> dict[str, str]:
        """Return the tags that it is made with."""
        return cloud.lab.tags | dict(self.tags)

    @abstractmethod
    def tag(self, cloud: "Cloud", tags: Mapping[str, str]) -> None:
        """Give it tags; others that it has stay."""

    def update_tags(self, found: Self, cloud: "Cloud") -> None:
        """Give it its tags again; what keeps a choice that is none any more becomes empty."""
        if self.tags != found.tags:
            self.tag(cloud, dict.fromkeys(dict(found.tags), "") | dict(self.tags))

    def identified(self, desired: Iterable[Resource]) -> list[Self]:
        """Return it with those of its tags that are chosen for it, or keep a choice."""
        wanted = next((each for each in desired if isinstance(each, Tagged) and each.key == self.key), None)
        keys = {*dict(wanted.tags)} if wanted else set[str]()
        kept = ((key, value) for key, value in self.tags if key in keys or (key in KEPT and value))
        return [replace(each, tags=tuple(kept)) for each in super().identified(desired)]


def listed_tags(tags: Mapping[str, str]) -> list[Any]:
    """Return tags in the form of IAM and DynamoDB."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]
