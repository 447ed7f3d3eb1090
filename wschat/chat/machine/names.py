"""Names of people, or of rooms, by what they are compared by, so that many are looked up soon."""

from collections.abc import Iterable, Mapping

from wschat.protocol.names import fold


def by_fold(names: Iterable[str]) -> dict[str, str]:
    """Return names by their folds, in this order."""
    return {fold(name): name for name in names}


def put(names: Mapping[str, str], name: str) -> dict[str, str]:
    """Return names by their folds, of which this one is the last."""
    return {**without(names, name), fold(name): name}


def without(names: Mapping[str, str], name: str) -> dict[str, str]:
    """Return those that are not this one."""
    left = dict(names)
    left.pop(fold(name), None)
    return left
