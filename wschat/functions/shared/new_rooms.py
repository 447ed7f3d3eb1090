"""Whether the list of rooms takes another one: there is space, and none that it looks like."""

from wschat.functions.shared.dynamodb import ROOMS, get_item
from wschat.functions.shared.names import looks_like
from wschat.functions.shared.rooms import no_such_room
from wschat.functions.shared.seats import name_of
from wschat.protocol.limits import ROOM_LIMIT
from wschat.protocol.refusals import ErrorCode, Refused
from wschat.protocol.skeleton import keys


def require_new(name: str, rooms: dict[str, str]) -> None:
    """See that a room may be made beside these, by key, the name as the list has it.

    Whoever writes the list then does it on the condition that it still is as it was read, so two can't race.
    One that is listed and not there is taken off.

    Raises:
        Refused: it may not. The code is no ROOM_EXISTS, at which clients join: there is no room of that name.
    """
    key, *_ = mine = keys(name)
    names = {each: name_of(entry) for each, entry in rooms.items() if each != key}
    for other in [each for each in names if not set(mine).isdisjoint(keys(names[each]))]:
        if get_item(ROOMS, other):
            raise Refused(ErrorCode.BAD_REQUEST, f"{looks_like(name, names[other])}: a room that there is")
        no_such_room(other)
    if len(rooms) >= ROOM_LIMIT and key not in rooms:
        raise Refused(ErrorCode.FULL, f"there are {ROOM_LIMIT} rooms already")
