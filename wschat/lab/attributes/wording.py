"""Values of attributes as people read them, and what differs of two: policies as what they permit."""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import groupby, takewhile
from typing import Any

from wschat.lab.model.resource import canonical

CONTEXT, SHOWN = 20, 100  # characters of a difference: before it, and in all
NOTHING = "nothing"
CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
THE_CASE_MATTERS = ": the case matters"

Permission = tuple[str, str, str]
"""The effect of a policy's statement; whom or what it is about, and if what; and one of its actions."""


def differences(should: object, found: object, unit: str = "", quote: str = "") -> Iterator[str]:
    """Yield a line, or for a policy or names with values some, on what is wanted and what is found.

    `unit` is what amounts are counted in. `quote` stands around values, for who set them by hand, and who is
    told where no more than the case differs.
    """
    names, others = _names(should), _names(found)
    if names is not None and others is not None and (names or others):
        yield from _of_names(names, others, quote)
        return
    wanted, there = permissions(should), permissions(found)
    if wanted is not None and there is not None and wanted != there:
        yield from (f"lacks: {line}" for line in statements(wanted - there))
        yield from (f"should not: {line}" for line in statements(there - wanted))
        return
    right, wrong = in_words(should, unit), in_words(found, unit)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(right, wrong, strict=False)))
    start = same - CONTEXT if same > 2 * CONTEXT else 0
    said = [text if text == NOTHING else f"{quote}{_cut(text, start)}{quote}" for text in (wrong, right)]
    case = THE_CASE_MATTERS if quote and right.casefold() == wrong.casefold() else ""
    yield f"is {said[0]}, should be {said[1]}{case}"


def _names(value: object) -> dict[str, object] | None:
    """Return names with their values, as of an environment, or of settings of routes; None if it has none.

    Nothing has no names, and could have some.
    """
    if value is None:
        return {}
    if isinstance(value, tuple) and all(isinstance(each, tuple) for each in value):
        return dict(value)
    routes = settings(value)
    if routes is None:
        return None
    return {f"{key} {name}": each for key, of in routes.items() for name, each in of.items()}


def settings(value: object) -> dict[str, dict[str, object]] | None:
    """Return settings, such as those of routes, by what they are of, named as Terraform does; None if not."""
    try:
        found = json.loads(value) if isinstance(value, str) else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not all(isinstance(each, dict) for each in found.values()):
        return None
    return {key: {_snake(name): each for name, each in of.items()} for key, of in found.items()}


def _snake(name: str) -> str:
    return CAPITAL.sub("_", name).lower()


def _set(setting: tuple[str, object]) -> str:
    return f"{setting[0]} = {in_words(setting[1])}"


def lines(value: object, unit: str = "") -> list[str]:
    """Return a value in words: a line, or of a policy and of settings one for each thing that it is about."""
    if (permitted := permissions(value)) is not None:
        return [*statements(permitted)]
    if (of := settings(value)) is not None:
        return [f"{key}: {', '.join(map(_set, each.items()))}" for key, each in of.items()]
    return [in_words(value, unit)]


def _of_names(should: dict[str, object], found: dict[str, object], quote: str) -> Iterator[str]:
    """Yield what differs, name by name; what somebody else's have for values may be secret."""
    for name, value in should.items():
        if found.get(name) != value:
            yield from (f"{name} {line}" for line in differences(value, found.get(name), quote=quote))
    yield from (f"should not have {name}" for name in found if name not in should)


def in_words(value: object, unit: str = "") -> str:
    """Return a value, a list, or names and values, without Python's signs."""
    if unit and isinstance(value, int):
        return f"{value} {unit}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, tuple):
        return NOTHING if value in {None, ""} else str(value)
    parts = ("=".join(each) if isinstance(each, tuple) else in_words(each) for each in value)
    return ", ".join(parts) or NOTHING


def _cut(text: str, start: int) -> str:
    end = start + SHOWN
    return ("…" if start else "") + text[start:end] + ("…" if len(text) > end else "")


def permissions(value: object) -> set[Permission] | None:
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


def statements(permissions: Iterable[Permission]) -> Iterator[str]:
    """Yield a line for all that has the same effect on the same."""
    for (effect, about), alike in groupby(sorted(permissions), key=lambda each: each[:2]):
        yield f"{effect} {', '.join(action for *_, action in alike)}{about}"
