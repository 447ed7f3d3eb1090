"""Roles: since when they can be assumed, and what their policies allow by now."""

import re

from tests.support.plane.dates import Dates
from tests.support.plane.errors import error
from tests.support.plane.rates import FOREVER, Times
from tests.support.plane.reads import Reads
from tests.support.plane.service import Service
from tests.support.plane.wire import Answer, Call


class Roles(Service):
    """Remembers since when a role exists, and which policies are in effect."""

    def __init__(self, times: Times, reads: Reads, dates: Dates) -> None:
        self._times, self._reads, self._dates = times, reads, dates
        self._made: dict[str, float] = {}
        self._policies: dict[str, list[tuple[float, str, str | None]]] = {}

    def made(self, arn: str) -> float:
        """Return when a role was made, which tells it from others of its name; `FOREVER` if it is gone."""
        return self._made.get(arn.rpartition("/")[2], -FOREVER)

    def assumable(self, arn: str, now: float) -> bool:
        """Tell whether Lambda can assume a role; one that was not made through the plane is old."""
        return now >= self.made(arn) + self._times.role_assumable

    def policies_in_effect(self, role: str, now: float) -> dict[str, str]:
        """Return the inline policies, by name, that were put through the plane and have taken effect."""
        found: dict[str, str] = {}
        for put, name, document in self._policies.get(role, ()):
            if put + self._times.policy_effect <= now:
                found.pop(name, None)
                if document is not None:
                    found[name] = document
        return found

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
                name, changes = call.params["PolicyName"], self._policies.setdefault(call.resource, [])
                if call.resource in self._made and name not in {each[1] for each in changes}:
                    self._reads.born(f"role/{call.resource}/policies/{name}", now)
                changes.append((now, name, call.params.get("PolicyDocument")))
        return answer

    def mend(self, call: Call, answer: Answer) -> Answer:
        """Let a role be made when the clock says that it was."""
        made = self._made.get(call.resource, FOREVER)
        if call.operation != "GetRole" or not answer.ok or made == FOREVER:
            return answer
        date = self._dates.second(made).encode()
        return answer.with_body(re.sub(rb"(<CreateDate>)[^<]*", rb"\g<1>" + date, answer.body))
