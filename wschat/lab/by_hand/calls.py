"""The calls of AWS that the steps of a plan make, told by the steps themselves, without making them.

An id that AWS will choose is a `variable` in them: the resource's kind and name, between two characters of
private use.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from wschat.lab.aws.stages import Stage
from wschat.lab.aws.tags import Tagged
from wschat.lab.aws.websocket_api import API_NAME
from wschat.lab.model.lab import Lab
from wschat.lab.model.resource import SERVICES, Key
from wschat.lab.plan import Step, Verb

if TYPE_CHECKING:
    from wschat.lab.aws.cloud import Cloud

OPEN, CLOSE = "\ue000", "\ue001"
VARIABLE = re.compile(f"{OPEN}(\\S+) (.*?){CLOSE}")
READS = ("get_", "list_", "describe_")
IDS = ("ApiId", "IntegrationId", "RouteId", "DeploymentId", "StageName")
"""Where API Gateway answers which id it gave to what was made."""


class Call(NamedTuple):
    """One call: the step that makes it, boto3's names of the service and the method, and its parameters."""

    step: Step
    service: str
    operation: str
    parameters: Mapping[str, Any]


def calls(steps: Iterable[Step], lab: Lab, cloud: "Cloud | None" = None) -> list[Call]:
    """Return the calls that steps make one after another, but for those that only look.

    `cloud` asks AWS what they have to look at, and knows the ids of what exists; without it nothing does.
    """
    teller = _Teller(lab, cloud)
    for step in steps:
        teller.tell(step)
    return teller.told


def variable(key: Key) -> str:
    """Return what stands for a resource's id in parameters; a stage's is its name."""
    kind, name = key
    return name if kind == Stage.kind else f"{OPEN}{kind} {name}{CLOSE}"


class _Ids(dict[Key, str]):
    """Ids that are known, and variables in the place of those that are not."""

    def __missing__(self, key: Key) -> str:
        return variable(key)


@dataclass(frozen=True)
class _Client:
    """In the place of a client of boto3's: its methods are told, and those that look ask the real one."""

    teller: "_Teller"
    service: str
    real: Any

    def __getattr__(self, operation: str) -> Any:  # noqa: ANN401  a method of boto3's
        if not operation.startswith(READS):
            return partial(self.teller.take, self.service, operation)
        return getattr(self.real, operation) if self.real else lambda **_: None


class _Teller:
    """In the place of a `Cloud`: notes what would be called, and answers with variables."""

    pacing = SimpleNamespace(read_lag=0.0)

    def __init__(self, lab: Lab, real: "Cloud | None") -> None:
        self.lab, self._real, self._ids = lab, real, _Ids(real.ids if real else {})
        self.told = list[Call]()
        for name, service in SERVICES.items():
            setattr(self, name, _Client(self, service, real and getattr(real, name)))

    def tell(self, step: Step) -> None:
        """Let a step do its work."""
        self._step, cloud = step, cast("Cloud", self)
        if step.verb is Verb.CREATE:
            step.resource.create(cloud)
        elif step.verb is Verb.UPDATE and step.found:
            step.resource.update(step.found, cloud)
        elif step.verb is Verb.DELETE:
            step.resource.delete(cloud)
        elif step.verb is Verb.ADOPT and isinstance(step.resource, Tagged):
            step.resource.tag(cloud, step.resource.all_tags(cloud))

    def take(self, service: str, operation: str, **parameters: Any) -> Any:  # noqa: ANN401  as in JSON
        """Note a call, and answer it."""
        self.told.append(Call(self._step, service, operation, parameters))
        this = variable(self._step.resource.key)
        return dict.fromkeys(IDS, this) | {"Role": {"RoleId": this}}

    @property
    def ids(self) -> dict[Key, str]:
        return self._ids

    @property
    def api_id(self) -> str:
        return self._ids[("API", self.lab.name(API_NAME))]

    def id_of(self, key: Key) -> str:
        return self._ids[key]

    def call(self, call: Any, **parameters: Any) -> Any:  # noqa: ANN401
        return call(**parameters)

    create = call

    def find(self, call: Any, **parameters: Any) -> Any:  # noqa: ANN401
        return self._real.find(call, **parameters) if self._real else call(**parameters)

    def ask(self, _what: str, call: Any, *args: Any, **parameters: Any) -> Any:  # noqa: ANN401
        return call(*args, **parameters)

    def pages(self, client: _Client, operation: str, path: str, **parameters: Any) -> list[Any]:  # noqa: ANN401
        return self._real.pages(client.real, operation, path, **parameters) if self._real else []

    def looks(self, *_: object) -> Iterator[float]:
        yield 0.0

    def poll(self, *_: object, **_parameters: object) -> dict[str, Any]:
        return {}

    def pause(self, *_: object) -> None:
        pass

    def translated(self) -> AbstractContextManager[None]:
        return nullcontext()
