"""How people read the attributes of a resource, and what differs of them: policies as what they permit."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from rich.text import Text

from wschat.lab.attributes import wording
from wschat.lab.model.resource import Resource
from wschat.lab.plan import Step
from wschat.text import safe

FIXED = "; it can't be changed in place: save what you need of it, and delete it"


def values(resource: Resource) -> dict[str, Any]:
    """Return the attributes that are compared, but for the name."""
    names = (each.name for each in fields(resource) if each.compare and each.name != "name")
    return {name: getattr(resource, name) for name in names}


def lines(resource: Resource) -> Iterator[Text]:
    """Yield a line, or for a policy some lines, for each attribute that is not as AWS has it by itself."""
    known = resource.defaults()
    defaults = {name: known[name] for name in resource.parameters()}
    for name, value in values(resource).items():
        if value in (None, (), defaults.get(name)):
            continue
        shown = wording.lines(value, resource.units.get(name, ""))
        yield from (Text(safe(f"{name}: {line}")) for line in shown)


def differences(step: Step) -> Iterator[Text]:
    """Yield a line, or for a policy some lines, for each attribute that differs."""
    for name, (should, found) in step.differences.items():
        told = step.told.get(name)
        rest = FIXED if name in step.fixed else f"; it is left as it is: {told}" if told else ""
        unit = step.resource.units.get(name, "")
        yield from (Text(safe(f"{name}: {line}{rest}")) for line in wording.differences(should, found, unit))
