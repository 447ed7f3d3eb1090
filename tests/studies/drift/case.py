"""One change by hand, and what heals it."""

from dataclasses import dataclass

from tests.studies.drift.hand import Do

MISSING, TOO_MUCH = "missing", "too much"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One change by hand. In texts `<…>` stands for what AWS or the lab's prefix decides.

    Attributes:
        resource: what is changed, as "kind name", without the lab's prefix.
        attribute: what of it differs then; or that it is missing, or too much.
        found: what the attribute is then.
        by_hand: the calls that change it.
        heals: the calls that heal it, in their order; one on another resource names that.
    """

    resource: str
    attribute: str
    found: object = None
    by_hand: tuple[Do, ...]
    heals: tuple[str, ...]


def differs(
    resource: str,
    attribute: str,
    *by_hand: Do,
    found: object = None,
    heals: tuple[str, ...] | None = None,
) -> Case:
    """Return a case of an attribute; if nothing else is said, the same call with the right value heals it."""
    heals = (str(by_hand[0]),) if heals is None else heals
    return Case(resource=resource, attribute=attribute, found=found, by_hand=by_hand, heals=heals)


def missing(resource: str, *by_hand: Do, heals: tuple[str, ...]) -> Case:
    """Return a case of something that was deleted."""
    return Case(resource=resource, attribute=MISSING, by_hand=by_hand, heals=heals)


def too_much(resource: str, by_hand: Do, heal: str) -> Case:
    """Return a case of something that was made."""
    return Case(resource=resource, attribute=TOO_MUCH, by_hand=(by_hand,), heals=(heal,))
