"""Seats: what a room's item has for each member, which is the name, and of one who was cut off since when."""

import time
from collections.abc import Mapping

GRACE = 15  # seconds for which a place is kept: a client tries four times in them, by its growing pauses
RESERVED = 300  # seconds for which a name is: until a train has left a tunnel, or a program was started again

Seats = Mapping[str, str]
"""By connection: `Ann`, or `Ann#1764450000` of one who was cut off then; a name can't have a `#`.

The list of rooms is alike: by a room's key, `Ops`, or `Ops#1764450000` if since then nobody is there.
"""


def mark(seat: str, since: int) -> str:
    """Return the seat of one who was cut off, with the seconds since 1970 at which that was noticed."""
    return f"{name_of(seat)}#{since}"


def name_of(seat: str) -> str:
    """Return whose seat it is."""
    return seat.partition("#")[0]


def witness(seats: Seats, me: str = "") -> str | None:
    """Return a connection beside one's own that is not cut off: while there is one, the room goes on."""
    return next((each for each, seat in seats.items() if each != me and "#" not in seat), None)


def over(seats: Seats, kept: int = GRACE) -> set[str]:
    """Return those that are `kept` no longer: they were marked so many seconds ago, or more."""
    marked = {each: seat.partition("#")[2] for each, seat in seats.items()}
    return {each for each, since in marked.items() if since and is_over(int(since), kept)}


def members(seats: Seats, kept: int = GRACE) -> tuple[str, ...]:
    """Return the names of those who are there, or whose place is kept."""
    ended = over(seats, kept)
    return tuple(name_of(seat) for each, seat in seats.items() if each not in ended)


def listeners(seats: Seats, but: str | None = None) -> list[str]:
    """Return whom to post to: all who are there, and those whose grace is over, who are pruned by that."""
    ended = over(seats)
    return [each for each, seat in seats.items() if each != but and ("#" not in seat or each in ended)]


def is_over(since: int, kept: int = GRACE) -> bool:
    """Tell whether it was so many seconds ago, or more."""
    return time.time() >= since + kept
