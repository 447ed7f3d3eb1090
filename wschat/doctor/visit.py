"""What a client saw of a lab from outside."""

from collections.abc import Iterable
from dataclasses import dataclass

from wschat.protocol.symptoms import Symptom


@dataclass(frozen=True)
class Try:
    """One thing that was tried from outside, and what came of it.

    Attributes:
        what: what was done, such as `handshake` or `register`.
        seconds: how long it took.
        seen: what came, in short and made harmless; empty if it went well.
        symptom: what that is; None if it went well.
        route: the route that it went through; empty if it is of none.
    """

    what: str
    seconds: float
    seen: str = ""
    symptom: Symptom | None = None
    route: str = ""


@dataclass(frozen=True)
class Visit:
    """What was seen from outside, in order.

    Attributes:
        tries: what was tried.
        clock_ahead: seconds that this machine's clock is ahead of the server's; None if it told no time.
        left: what could not be taken back, such as a room that it could not leave.
        untried: what was not tried, each with why.
        only_asked: whether each route was asked for nothing but what it refuses, so that no function did its
            work, and none posted.
    """

    tries: tuple[Try, ...] = ()
    clock_ahead: float | None = None
    left: tuple[str, ...] = ()
    untried: tuple[str, ...] = ()
    only_asked: bool = False

    @property
    def failed(self) -> tuple[Try, ...]:
        """What did not go well."""
        return tuple(each for each in self.tries if each.symptom)

    def of(self, symptoms: Iterable[Symptom], routes: Iterable[str]) -> list[Try]:
        """Return what failed in one of these ways, through one of these routes or through none."""
        wanted, through = set(symptoms), {"", *routes}
        return [each for each in self.failed if each.symptom in wanted and each.route in through]

    def went_well(self, route: str) -> bool:
        """Tell whether all went well that went through a route, and something did."""
        tried = [each for each in self.tries if each.route == route]
        return bool(tried) and not any(each.symptom for each in tried)
