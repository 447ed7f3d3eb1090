"""Log groups that are protected from deletion, or have a key: MiniStack knows of neither."""

from typing import Any

from tests.support.plane.errors import error
from tests.support.plane.service import Service
from tests.support.plane.wire import Answer, Call

DONE = Answer(200, {"Content-Type": "application/x-amz-json-1.1"}, b"{}")
PROTECTED = "The log group is protected from deletion. Disable deletion protection, then delete it."
PROTECTION, KEY = "deletionProtectionEnabled", "kmsKeyId"


class LogGroups(Service):
    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Any]] = {}

    def refuse(self, call: Call, _now: float) -> Answer | None:
        kept = self._kept.setdefault(call.resource, {PROTECTION: False})
        match call.operation:
            case "PutLogGroupDeletionProtection":
                kept[PROTECTION] = call.params[PROTECTION]
            case "AssociateKmsKey":
                kept[KEY] = call.params[KEY]
            case "DisassociateKmsKey":
                kept.pop(KEY, None)
            case "DeleteLogGroup" if kept[PROTECTION]:
                return error("logs", 400, "ValidationException", PROTECTED)
            case _:
                return None
        return DONE

    def done(self, call: Call, answer: Answer, _now: float) -> Answer:
        if call.operation == "DeleteLogGroup":
            self._kept.pop(call.resource, None)
        return answer

    def mend(self, call: Call, answer: Answer) -> Answer:
        if call.operation != "DescribeLogGroups" or not answer.ok:
            return answer
        content = answer.json
        for group in content["logGroups"]:
            group.update(self._kept.get(group["logGroupName"], {PROTECTION: False}))
        return answer.with_json(content)
