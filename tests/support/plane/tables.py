"""Tables that take seconds to come and go, and refuse changes meanwhile."""

from typing import Any

from tests.support.plane.errors import error
from tests.support.plane.rates import FOREVER, Times
from tests.support.plane.reads import Reads
from tests.support.plane.service import Service
from tests.support.plane.wire import Answer, Call, beside

IN_USE = "Attempt to change a resource which is still in use: Table is being {}: {}"
CHANGES = {"UpdateTable", "DeleteTable", "UpdateTimeToLive"}
UNTOLD = {"AttributeDefinitions", "KeySchema", "CreationDateTime"}
"""What DeleteTable does not tell of the table (recorded by LocalStack)."""
NO_TTL = {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}
NOT_THERE = b"Access denied. The user is not authorized to access this resource."
"""MiniStack, of the tags of a table that is not there."""
JSON = {"Content-Type": "application/x-amz-json-1.0"}


class Tables(Service):
    def __init__(self, times: Times, reads: Reads) -> None:
        self._times, self._reads = times, reads
        self._made: dict[str, float] = {}
        self._deleted: dict[str, tuple[float, dict[str, Any]]] = {}
        self._expiring: dict[str, float] = {}

    def creating(self, name: str, now: float) -> bool:
        return now < self._made.get(name, -FOREVER) + self._times.table_creating

    def deleting(self, name: str, now: float) -> bool:
        return name in self._deleted and now < self._deleted[name][0] + self._times.table_deleting

    def refuse(self, call: Call, now: float) -> Answer | None:
        name, operation = call.resource, call.operation
        creating, deleting = self.creating(name, now), self.deleting(name, now)
        if creating and operation == "DescribeTimeToLive":
            return self._error("ValidationException", f"Table is being created: {name}")
        if (creating and operation in CHANGES) or (deleting and operation in {*CHANGES, "CreateTable"}):
            state = "created" if creating else "deleted"
            return self._error("ResourceInUseException", IN_USE.format(state, name))
        if operation == "UpdateTimeToLive":
            return self._refuse_ttl(call, now)
        return None

    def _refuse_ttl(self, call: Call, now: float) -> Answer | None:
        answer = self._reads.truth(_describe_ttl(call))
        if not answer.ok:
            return None
        found = answer.json["TimeToLiveDescription"]
        enabled, wanted = found["TimeToLiveStatus"] == "ENABLED", call.params["TimeToLiveSpecification"]
        if not wanted["Enabled"] and not enabled:
            return self._error("ValidationException", "TimeToLive is already disabled")
        if wanted["Enabled"] and enabled and wanted["AttributeName"] == found["AttributeName"]:
            return self._error("ValidationException", "TimeToLive is already enabled")
        if wanted["Enabled"] and enabled:
            text = "TimeToLive is active on a different AttributeName: current AttributeName is {}"
            return self._error("ValidationException", text.format(found["AttributeName"]))
        if now < self._expiring.get(call.resource, -FOREVER) + self._times.ttl_cooldown:
            text = "Time to live has been modified multiple times within a fixed interval"
            return self._error("ValidationException", text)
        return None

    def done(self, call: Call, answer: Answer, now: float) -> Answer:
        name = call.resource
        if call.operation == "CreateTable":
            self._made[name] = now
            self._deleted.pop(name, None)
            self._expiring.pop(name, None)
            self._reads.starts_with(_describe_ttl(call), Answer(200, JSON).with_json(NO_TTL))
        elif call.operation == "DeleteTable":
            self._made.pop(name, None)
            self._deleted[name] = now, answer.json["TableDescription"] | {"TableStatus": "DELETING"}
            left = {key: value for key, value in self._deleted[name][1].items() if key not in UNTOLD}
            return answer.with_json({"TableDescription": left})
        elif call.operation == "UpdateTimeToLive":
            self._expiring[name] = now
        return self._with_status(answer, "TableDescription", name, now)

    def mend(self, call: Call, answer: Answer) -> Answer:
        """Tell that a table is not there; MiniStack tells that its tags may not be seen."""
        if NOT_THERE in answer.body:
            text = f"Requested resource not found: ResourcArn: {call.params['ResourceArn']} not found"
            return self._error("ResourceNotFoundException", text)
        return answer

    def show(self, call: Call, answer: Answer, now: float) -> Answer:
        if call.operation == "DescribeTable":
            if self.deleting(call.resource, now):
                return Answer(200, JSON).with_json({"Table": self._deleted[call.resource][1]})
            return self._with_status(answer, "Table", call.resource, now)
        if call.operation == "ListTables":
            going = {name for name in self._deleted if self.deleting(name, now)}
            return answer.with_json({"TableNames": sorted({*answer.json["TableNames"], *going})})
        return answer

    def _with_status(self, answer: Answer, where: str, name: str, now: float) -> Answer:
        if not answer.ok or not self.creating(name, now):
            return answer
        content = answer.json
        if where in content:
            content[where]["TableStatus"] = "CREATING"
        return answer.with_json(content)

    @staticmethod
    def _error(code: str, text: str) -> Answer:
        return error("dynamodb", 400, code, text)


def _describe_ttl(call: Call) -> Call:
    headers = {"x-amz-target": "DynamoDB_20120810.DescribeTimeToLive", "content-type": JSON["Content-Type"]}
    return beside(call, "POST", "/", {"TableName": call.resource}, **headers)
