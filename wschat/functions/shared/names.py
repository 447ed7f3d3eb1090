"""Names: an item for each key of a name, so that of two who are too alike one has it; and why another can't.

Whoever only gives a name back needs no table of look-alikes: the first item knows the other keys.
"""

import hmac
from collections.abc import Container, Mapping, Sequence

from wschat.functions.shared.dynamodb import CLIENTS, Json, get_item
from wschat.functions.shared.writes import delete, put
from wschat.protocol.names import fold, told_apart
from wschat.protocol.refusals import ErrorCode, Refused


def name_item(key: str) -> str:
    """Return the key of the item of a name's key."""
    return f"name#{key}"


def own_names(client: Json) -> list[Json]:
    """Return the items of a client's name, first the one that it is found by; none if it is another's now."""
    first = get_item(CLIENTS, name_item(fold(client["name"]))) if "name" in client else None
    if first is None or first["owner"] != client["ID"]:
        return []
    others = (get_item(CLIENTS, key) for key in first.get("alike", {}))
    return [first, *(each for each in others if each and each["owner"] == client["ID"])]


def claim(
    found: Mapping[str, Json | None], owner: str, name: str, token: str | None, expires: int
) -> list[Json]:
    """Return the operations that make these items a connection's, if they still are as they were `found`.

    The first tells which others there are.
    """
    first, *others = found
    item = {"owner": owner, "name": name, "token": token, "expires": expires}
    alike = {first: dict.fromkeys(others, 1)} if others else {}
    return [
        put(
            CLIENTS,
            {"ID": key, **item, "alike": alike.get(key)},
            "#owner = :owner" if there else "attribute_not_exists(#ID)",
            {":owner": there["owner"]} if there else {},
        )
        for key, there in found.items()
    ]


def give_back(names: Sequence[Json], but: Container[str] = ()) -> list[Json]:
    """Return the operations that give back a name of these items, all `but` some."""
    owner = "#owner = :owner"
    return [
        delete(CLIENTS, each["ID"], owner, {":owner": each["owner"]})
        for each in names
        if each["ID"] not in but
    ]


def require_owner(taken: Sequence[Json], name: str, token: str | None) -> None:
    """See that items which others have of a name are those of the name itself, and its owner's by the token.

    Raises:
        Refused: they are not; where they are of another name, it tells which, and in what the two differ.
    """
    for each in taken:
        other = each.get("name", name)
        is_owner = token and hmac.compare_digest(each.get("token", ""), token)
        if not is_owner or fold(other) != fold(name):
            what = "" if other == name else f"{looks_like(name, other)}: "
            raise Refused(ErrorCode.NAME_TAKEN, f"{what}somebody else has that name")


def looks_like(name: str, other: str) -> str:
    """Say that a name looks like another one, with the letters spelled out that are others."""
    return f"{told_apart(name, other)} looks like {told_apart(other, name)}"
