"""Attributes of resources: where each stands in AWS's answers and calls, to be read and set from there."""

import json
from collections.abc import Mapping
from dataclasses import MISSING as NO_DEFAULT
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar

from wschat.lab.attributes.answers import MISSING, Unknown

if TYPE_CHECKING:
    from wschat.lab.aws.cloud import Cloud


@dataclass(frozen=True, kw_only=True)
class Attributes:
    """The fields of a resource; those that AWS takes as it tells them are `Annotated` with their path there.

    A path has names with dots between them; a name with `[]` behind it is a list, from each element of which
    the rest is taken. A field's default is what AWS has where nobody said anything: an answer without the
    field means it, and a create does not send it.

    Attributes:
        fixed: those that AWS does not let anybody change.
        units: what those are counted in that are amounts.
    """

    fixed: ClassVar[frozenset[str]] = frozenset()
    units: ClassVar[Mapping[str, str]] = {}

    @property
    def told(self) -> Mapping[str, str]:
        """What is somebody else's decision, with what to do about it: a difference is told, and left."""
        return {}

    @classmethod
    def parameters(cls) -> dict[str, str]:
        """Return the paths of the `Annotated` attributes."""
        annotations = {each.name: getattr(each.type, "__metadata__", ()) for each in fields(cls)}
        return {name: paths[0] for name, paths in annotations.items() if paths}

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        """Return the default of each attribute; None if it has none, but a name is `MISSING`."""
        none = {"name": MISSING}
        return {
            each.name: none.get(each.name) if each.default is NO_DEFAULT else each.default
            for each in fields(cls)
        }

    @classmethod
    def known(cls, answer: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of the `Annotated` attributes in an answer of AWS."""
        defaults = cls.defaults()
        found = {name: value_at(answer, path) for name, path in cls.parameters().items()}
        return {name: defaults[name] if value in (None, "", ()) else value for name, value in found.items()}

    def differences(self, found: "Attributes") -> dict[str, tuple[Any, Any]]:
        """Return what differs, as attribute: (wanted, found)."""
        pairs = {f.name: (getattr(self, f.name), getattr(found, f.name)) for f in fields(self) if f.compare}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}

    def settings(self, cloud: "Cloud") -> dict[str, tuple[str, Any]]:  # noqa: ARG002
        """Return the path of each attribute that can be set, and its value there; None is not sent."""
        paths = self.parameters().items()
        return {name: (path, getattr(self, name)) for name, path in paths if name not in self.told}

    def wanted(self, cloud: "Cloud", found: "Attributes | None" = None) -> dict[str, Any]:
        """Return the parameters that set what is no default, or what differs from what was found.

        A parameter that holds several attributes is sent whole.
        """
        defaults, parameters = self.defaults(), dict[str, Any]()
        differs = (
            self.differences(found) if found else {n for n in defaults if getattr(self, n) != defaults[n]}
        )
        values = {
            name: (
                *path.partition("[")[0].partition(".")[::2],
                list(value) if isinstance(value, tuple) else value,
            )
            for name, (path, value) in self.settings(cloud).items()
        }
        sent = {parameter for name, (parameter, *_) in values.items() if name in differs}
        for parameter, part, value in values.values():
            if parameter in sent and value is not None:
                whole = {**parameters.get(parameter, {}), part: value} if part else value
                parameters[parameter] = whole
        return parameters


def value_at(answer: Any, path: str) -> Any:  # noqa: ANN401  as in JSON
    """Return what stands in an answer at a path; None if nothing does.

    A list is a tuple, so that it can be compared, and an object its JSON.
    """
    if isinstance(answer, Unknown):
        return answer
    if path:
        name, _, rest = path.partition(".")
        inner = answer.get(name.removesuffix("[]")) if isinstance(answer, Mapping) else None
        if not name.endswith("[]"):
            return value_at(inner, rest)
        return tuple(value_at(each, rest) for each in inner or ())
    if isinstance(answer, Mapping):
        return json.dumps(answer, sort_keys=True, default=str) if answer else None
    return tuple(answer) if isinstance(answer, list) else answer
