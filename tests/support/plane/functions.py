"""Functions that are Pending and InProgress and refuse changes meanwhile, and who decrypts for them."""

import json
from typing import Any

from tests.support.plane.clock import Dates
from tests.support.plane.errors import error
from tests.support.plane.rates import FOREVER, Times
from tests.support.plane.reads import Reads
from tests.support.plane.roles import Roles
from tests.support.plane.service import Service
from tests.support.plane.wire import Answer, Call, beside, path_of

UNASSUMABLE = "The role defined for the function cannot be assumed by Lambda."
NOT_NOW = "The operation cannot be performed at this time. {}"
PENDING = NOT_NOW.format("The function is currently in the following state: Pending")
UPDATING = NOT_NOW.format("An update is in progress for resource: {}")
NOT_OFFERED = (
    'Architecture "{}" is not supported in {}. Please select "x86_64" or remove the Architectures value from'
    " your request and try again"
)
"""As reported: https://github.com/reply-fr/sustainable-personal-accounts/issues/53."""
RUN = {"CreateFunction", "UpdateFunctionCode"}
UPDATES = {"UpdateFunctionCode", "UpdateFunctionConfiguration"}
NO_POLICY = error("lambda", 404, "ResourceNotFoundException", "The resource you requested does not exist.")
ROLE_USERS = {"CreateFunction", "UpdateFunctionConfiguration"}
STATES = ("State", "StateReason", "StateReasonCode")
UPDATE_STATES = ("LastUpdateStatus", "LastUpdateStatusReason", "LastUpdateStatusReasonCode")


class Functions(Service):
    """`architectures` are offered in this region.

    `mapped` are the ARNs of the functions that event source mappings lead to, by the mappings' ids.
    """

    def __init__(self, times: Times, roles: Roles, reads: Reads, dates: Dates) -> None:
        self._times, self._roles, self._reads, self._dates = times, roles, reads, dates
        self.mapped: dict[str, str] = {}
        self.architectures = {"arm64", "x86_64"}
        self._made: dict[str, float] = {}
        self._updated: dict[str, float] = {}
        self._granted: dict[str, tuple[str, float]] = {}

    def locked_out(self) -> list[str]:
        """Return the functions whose environment is decrypted for a role that is not there any more.

        That is the first role of a function, or what it was changed to last: to set the same is no change.
        """
        return [name for name, (role, made) in self._granted.items() if made != self._roles.made(role)]

    def pending(self, name: str, now: float) -> bool:
        return now < self._made.get(name, -FOREVER) + self._times.function_pending

    def updating(self, name: str, now: float) -> bool:
        return now < self._updated.get(name, -FOREVER) + self._times.function_updating

    def refuse(self, call: Call, now: float) -> Answer | None:
        name, operation = call.resource, call.operation
        if operation in {*UPDATES, "DeleteFunction"} and self.pending(name, now):
            return error("lambda", 409, "ResourceConflictException", PENDING)
        if operation in UPDATES and self.updating(name, now):
            arn = f"arn:aws:lambda:{call.region}:000000000000:function:{name}"
            return error("lambda", 409, "ResourceConflictException", UPDATING.format(arn))
        runs_on = call.params.get("Architectures") or ["x86_64"]
        if operation in RUN and not self.architectures & {*runs_on}:
            text = NOT_OFFERED.format(runs_on[0], call.region)
            return error("lambda", 400, "InvalidParameterValueException", text)
        role = call.params.get("Role") if operation in ROLE_USERS else None
        if role and not self._roles.assumable(role, now):
            return error("lambda", 400, "InvalidParameterValueException", UNASSUMABLE)
        return None

    def done(self, call: Call, answer: Answer, now: float) -> Answer:
        name = call.resource
        if call.operation == "CreateFunction":
            self._made[name] = now
            self._reads.starts_with(_get_policy(call), NO_POLICY)
        elif call.operation == "DeleteFunction":
            self._made.pop(name, None)
            self._updated.pop(name, None)
            self._granted.pop(name, None)
        elif call.operation in UPDATES:
            self._updated[name] = now
        elif call.operation == "CreateEventSourceMapping":
            self.mapped[answer.json["UUID"]] = answer.json["FunctionArn"]
        role = call.params.get("Role") if call.operation in ROLE_USERS else None
        if role and role != self._granted.get(name, ("", 0.0))[0]:
            self._granted[name] = (role, self._roles.made(role))
        if call.operation in {"CreateFunction", *UPDATES}:
            return answer.with_json(self._with_states(answer.json, now))
        return answer

    def mend(self, call: Call, answer: Answer) -> Answer:
        """Put in the clock's date of the last change; leave out what AWS does.

        That is the states in a list, tags where there are none, and a policy without statements.
        """
        if not answer.ok:
            return answer
        content = answer.json
        if call.operation == "ListFunctions":
            for function in content["Functions"]:
                for name in STATES + UPDATE_STATES:
                    function.pop(name, None)
        if call.operation == "GetPolicy" and not json.loads(content["Policy"])["Statement"]:
            return NO_POLICY
        if call.operation == "GetFunction" and not content["Tags"]:
            del content["Tags"]
        changed = self._updated.get(call.resource, self._made.get(call.resource))
        if call.operation == "GetFunction" and changed is not None:
            content["Configuration"]["LastModified"] = self._dates.millisecond(changed)
        return answer.with_json(content)

    def show(self, call: Call, answer: Answer, now: float) -> Answer:
        if not answer.ok or call.operation != "GetFunction":
            return answer
        content = answer.json
        content["Configuration"] = self._with_states(content["Configuration"], now)
        return answer.with_json(content)

    def _with_states(self, configuration: dict[str, Any], now: float) -> dict[str, Any]:
        """Say what AWS would: an update leaves a function Active, MiniStack says Pending."""
        if configuration["State"] not in {"Active", "Pending"}:
            return configuration
        name = configuration["FunctionName"]
        kept = {key: value for key, value in configuration.items() if key not in STATES + UPDATE_STATES}
        reason, code = "The function is being created.", "Creating"
        if self.pending(name, now):
            return kept | {"State": "Pending", "StateReason": reason, "StateReasonCode": code}
        if self.updating(name, now):  # of an update as well, as recorded by LocalStack, 2025-11
            update = {"LastUpdateStatusReason": reason, "LastUpdateStatusReasonCode": code}
            return kept | {"State": "Active", "LastUpdateStatus": "InProgress"} | update
        return kept | {"State": "Active", "LastUpdateStatus": "Successful"}


def _get_policy(call: Call) -> Call:
    return beside(call, "GET", path_of("2015-03-31", "functions", call.resource, "policy"))
