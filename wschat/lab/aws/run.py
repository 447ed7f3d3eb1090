"""One run of a plan: what a resource needs in order to be created, updated and deleted."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wschat.errors import AwsError
from wschat.lab.bundle import bundle
from wschat.lab.model import Key, Observed

if TYPE_CHECKING:
    from wschat.lab.aws.cloud import Cloud


@dataclass(frozen=True)
class Run:
    """The clients, the ids that AWS chose so far, and what was `observed` of what was made.

    `known` are the keys of all that exists or is planned.
    """

    cloud: "Cloud"
    ids: dict[Key, str]
    known: tuple[Key, ...] = ()
    observed: dict[Key, tuple[Observed, ...]] = field(default_factory=dict)

    def package(self, module: str) -> bytes:
        """Return the deployment package of a function's module."""
        return bundle(module)

    @property
    def api_id(self) -> str:
        """The id of the lab's API, the first that was found or made."""
        found = next((which for (kind, _), which in self.ids.items() if kind == "API"), None)
        if found is None:
            raise AwsError("the API is gone", hint="somebody else may be at work: run the same command again")
        return found
