"""How people read the attributes of a resource, and what differs of them: policies as what they permit."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from itertools import groupby
from os.path import commonprefix
from typing import Any, TypeGuard

from rich.text import Text

from wschat.lab.model import Resource, canonical
from wschat.lab.plan import Step
from wschat.text import safe

CONTEXT, SHOWN = 20, 100  # characters of a difference: before it, and in all
FIXED = "; it can't be changed in place: save what you need of it, and delete it"

Permission = tuple[str, str, str]
"""The effect of a policy's statement; whom or what it is about, and if what; and one of its actions."""


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
        permissions = _permissions(value)
        unit = resource.units.get(name, "")
        shown = [_in_words(value, unit)] if permissions is None else _statements(permissions)
        yield from (Text(safe(f"{name}: {line}")) for line in shown)


def differences(step: Step) -> Iterator[Text]:
    """Yield a line, or for a policy some lines, for each attribute that differs."""
    for name, (should, found) in step.differences.items():
        told = step.told.get(name)
        rest = FIXED if name in step.fixed else f"; it is left as it is: {told}" if told else ""
        unit = step.resource.units.get(name, "")
        yield from (Text(safe(f"{name}: {line}{rest}")) for line in _difference(should, found, unit))


def _difference(should: object, found: object, unit: str = "") -> Iterator[str]:
    if _has_names(should) and _has_names(found):
        yield from _of_names(dict(should), dict(found))
        return
    wanted, there = _permissions(should), _permissions(found)
    if wanted is not None and there is not None and wanted != there:
        yield from (f"lacks: {line}" for line in _statements(wanted - there))
        yield from (f"should not: {line}" for line in _statements(there - wanted))
        return
    right, wrong = _in_words(should, unit), _in_words(found, unit)
    same = len(commonprefix((right, wrong)))  # noqa: RUF071  characters are what is compared
    start = same - CONTEXT if same > 2 * CONTEXT else 0
    yield f"is {_cut(wrong, start)}, should be {_cut(right, start)}"


def _has_names(value: object) -> TypeGuard[tuple[tuple[str, object], ...]]:
    """Tell whether these are names with their values, as of an environment."""
    return isinstance(value, tuple) and all(isinstance(each, tuple) for each in value)


def _of_names(should: dict[str, object], found: dict[str, object]) -> Iterator[str]:
    """Yield what differs, name by name; what somebody else's have for values may be secret."""
    for name, value in should.items():
        if found.get(name) != value:
            yield from (f"{name} {line}" for line in _difference(value, found.get(name)))
    yield from (f"should not have {name}" for name in found if name not in should)


def _in_words(value: object, unit: str = "") -> str:
    """Return a value, a list, or names and values, without Python's signs."""
    if unit and isinstance(value, int):
        return f"{value} {unit}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, tuple):
        return "nothing" if value in {None, ""} else str(value)
    parts = ("=".join(each) if isinstance(each, tuple) else _in_words(each) for each in value)
    return ", ".join(parts) or "nothing"


def _cut(text: str, start: int) -> str:
    end = start + SHOWN
    return ("…" if start else "") + text[start:end] + ("…" if len(text) > end else "")


def _permissions(value: object) -> set[Permission] | None:
    """Return what a policy document permits and forbids; None if it is none that can be read."""
    try:
        document: Any = json.loads(str(value))
        return {
            (str(each["Effect"]).lower(), _about(each), f"{said}{action}")
            for each in _listed(document["Statement"])
            for said, key in (("", "Action"), ("all but ", "NotAction"))
            for action in _listed(each.get(key, ()))
        }
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _about(statement: dict[str, Any]) -> str:
    about = {
        "by": statement.get("Principal"),
        "by all but": statement.get("NotPrincipal"),
        "on": statement.get("Resource"),
        "on all but": statement.get("NotResource"),
        "if": statement.get("Condition"),
    }
    return "".join(f" {word} {_named(value)}" for word, value in about.items() if value is not None)


def _named(value: object) -> str:
    """Return an ARN, several, or a service that stands alone in its map, as they are; else as JSON."""
    match value:
        case {"Service": str(service), **others} if not others:
            return service
        case str() | [*_]:
            return ", ".join(map(str, _listed(value)))
    return canonical(value)


def _listed(value: Any) -> Iterable[Any]:  # noqa: ANN401  what stands alone or in a list
    return value if isinstance(value, list | tuple) else [value]


def _statements(permissions: Iterable[Permission]) -> Iterator[str]:
    for (effect, about), alike in groupby(sorted(permissions), key=lambda each: each[:2]):
        yield f"{effect} {', '.join(action for *_, action in alike)}{about}"
