"""Seats: whose they are, who is there, who is told."""

import time

from wschat.functions.shared.seats import GRACE, is_over, listeners, mark, members, name_of, witness


def test_seats() -> None:
    """Who was cut off is listed and spared posts while the place is kept, and met by posts after that."""
    now = int(time.time())
    seats = {"a": "Ann", "b": mark("Bob", now), "c": mark(mark("Carl", 7), now - GRACE), "d": "Dora"}
    assert [name_of(seat) for seat in seats.values()] == ["Ann", "Bob", "Carl", "Dora"]
    assert members(seats) == ("Ann", "Bob", "Dora")
    assert listeners(seats, but="a") == ["c", "d"]
    assert [witness(seats, me) for me in ("a", "b", "d")] == ["d", "a", "a"]
    assert witness({"b": seats["b"], "c": seats["c"]}, "x") is None
    assert (is_over(now), is_over(now - GRACE)) == (False, True)
