"""Roles: since when they can be assumed, and when they were made."""

import re

from tests.support.plane.clock import Dates
from tests.support.plane.errors import error
from tests.support.plane.rates import FOREVER, Times
from tests.support.plane.reads import Reads
from tests.support.plane.service import Service
from tests.support.plane.wire import Answer, Call


class Roles(Service):
    """Remembers since when a role exists, and which policies it ever had."""

    def __init__(self, times: Times, reads: Reads, dates: Dates) -> None:
        self._times, self._reads, self._dates = times, reads, dates
        self._made: dict[str, float] = {}
        self._policies: dict[str, set[str]] = {}

    def made(self, arn: str) -> float:
        """Return when a role was made, which tells it from others of its name; `FOREVER` if it is gone."""
        return self._made.get(arn.rpartition("/")[2], -FOREVER)

    def assumable(self, arn: str, now: float) -> bool:
        """Tell whether Lambda can assume a role; one that was not made through the plane is old."""
        return now >= self.made(arn) + self._times.role_assumable

    def refuse(self, call: Call, now: float) -> Answer | None:  # noqa: ARG002
        """Take names in other capitals for the same, as IAM does."""
        others = {each for each, made in self._made.items() if made != FOREVER} - {call.resource}
        if call.operation == "CreateRole" and call.resource.casefold() in map(str.casefold, others):
            text = f"Role with name {call.resource} already exists."
            return error("iam", 409, "EntityAlreadyExists", text)
        return None

    def done(self, call: Call, answer: Answer, now: float) -> Answer:
        match call.operation:
            case "CreateRole":
                self._made[call.resource] = now
                self._policies.pop(call.resource, None)
            case "DeleteRole":
                self._made[call.resource] = FOREVER
            case "PutRolePolicy" | "DeleteRolePolicy":
                name, seen = call.params["PolicyName"], self._policies.setdefault(call.resource, set())
                if call.resource in self._made and name not in seen:
                    self._reads.born(call.service, f"{call.resource}/{name}", now)
                seen.add(name)
        return answer

    def mend(self, call: Call, answer: Answer) -> Answer:
        """Let a role be made when the clock says that it was."""
        made = self._made.get(call.resource, FOREVER)
        if call.operation != "GetRole" or not answer.ok or made == FOREVER:
            return answer
        date = self._dates.second(made).encode()
        return answer.with_body(re.sub(rb"(<CreateDate>)[^<]*", rb"\g<1>" + date, answer.body))
