"""API Gateway's refusals, and what a stage serves."""

import re
from typing import Any

from tests.support.plane.backend import Backend
from tests.support.plane.clock import Dates
from tests.support.plane.errors import error
from tests.support.plane.reads import Reads
from tests.support.plane.service import Service
from tests.support.plane.wire import Answer, Call, beside, path_of, similar

EMPTY = Answer(200, {"Content-Type": "application/json"}, b'{"items": []}')
PARTS = {
    "CreateApi": ("routes", "integrations", "deployments", "stages"),
    "CreateRoute": ("routeresponses",),
    "CreateIntegration": ("integrationresponses",),
}
"""What a new thing has none of yet."""
IDS = {"CreateApi": "apiId", "CreateRoute": "routeId", "CreateIntegration": "integrationId"}
CHECKED = {
    *("CreateRoute", "UpdateRoute", "DeleteIntegration"),
    *("CreateDeployment", "DeleteDeployment", "CreateStage", "UpdateStage"),
}
ONLY_CONNECT = "Currently, authorization is restricted to the $connect route only"
SELECTS = "templateSelectionExpression"
"""Of an integration, what MiniStack drops."""


Reason = tuple[int, str, str] | None
"""The status, code and message of a refusal."""


class Gateway(Service):
    def __init__(self, reads: Reads, backend: Backend, dates: Dates) -> None:
        self._reads, self._backend, self._dates = reads, backend, dates
        self._selects: dict[str, str] = {}
        self._deployed: dict[tuple[str, str], frozenset[str]] = {}
        self._tags: dict[str, dict[str, str]] = {}
        self._made: dict[str, str] = {}

    def served(self, any_call: Call, api: str, stage: str) -> frozenset[str]:
        """Return the keys of the routes that a stage serves: those of its deployment, when that was made."""
        found = {each["stageName"]: each for each in self._list(any_call, api, "stages")}
        deployment = found[stage].get("deploymentId")
        return self._deployed[api, deployment] if deployment else frozenset()

    def refuse(self, call: Call, _now: float) -> Answer | None:
        if call.operation not in CHECKED or not self._reads.truth(self._call(call, call.api, "routes")).ok:
            return None
        reason = self._refusal(call)
        return error("apigateway", *reason) if reason else None

    def _refusal(self, call: Call) -> Reason:
        routes = self._list(call, call.api, "routes")
        match call.operation:
            case "CreateRoute":
                return self._refuse_route(call, routes, call.params.get("routeKey", ""))
            case "UpdateRoute":
                others = [each for each in routes if each["routeId"] != call.params["routeId"]]
                own = next((each["routeKey"] for each in routes if each not in others), None)
                return self._refuse_route(call, others, call.params.get("routeKey", own)) if own else None
            case "DeleteIntegration":
                which = call.params["integrationId"]
                users = [each["routeId"] for each in routes if each.get("target") == f"integrations/{which}"]
                text = f"Cannot delete Integration '{which}', routes {users} are referencing it."
                return conflict(text) if users else None
            case "CreateDeployment" if not routes:
                return bad("Unable to deploy API because no routes exist in this API")
            case "DeleteDeployment":
                stages = self._list(call, call.api, "stages")
                if any(each.get("deploymentId") == call.params["deploymentId"] for each in stages):
                    return bad("Active stages pointing to this deployment must be moved or deleted")
            case "CreateStage" | "UpdateStage":
                return self._refuse_stage(call)
        return None

    def _list(self, call: Call, api: str, part: str) -> list[dict[str, Any]]:
        """Return all parts of a kind of an API that is there."""
        parts: list[dict[str, Any]] = self._reads.truth(self._call(call, api, part)).json["items"]
        return parts

    @staticmethod
    def _call(call: Call, *path: str) -> Call:
        return beside(call, "GET", path_of("v2", "apis", *path))

    def _refuse_route(self, call: Call, others: list[dict[str, Any]], key: str) -> Reason:
        if any(each["routeKey"] == key for each in others):
            return conflict(f"Route with key {key} already exists for this API")
        if key != "$connect" and call.params.get("authorizationType", "NONE") != "NONE":
            return bad(ONLY_CONNECT)
        if target := call.params.get("target"):
            integrations = self._list(call, call.api, "integrations")
            if target not in {f"integrations/{each['integrationId']}" for each in integrations}:
                return bad(f"Invalid target {target}: no such integration")
        return None

    def _refuse_stage(self, call: Call) -> Reason:
        name = call.params.get("stageName", "")
        own = next((each for each in self._list(call, call.api, "stages") if each["stageName"] == name), {})
        if call.operation == "CreateStage" and not re.fullmatch(r"[A-Za-z0-9_-]{1,128}", name):
            return bad("Stage name only allows a-zA-Z0-9_- and at most 128 characters")
        if call.operation == "CreateStage" and own:
            return conflict("Stage already exists")
        wanted = call.params.get("deploymentId")
        if wanted and call.params.get("autoDeploy", own.get("autoDeploy", False)):
            return bad("Deployment ID cannot be set on a stage with auto deploy")
        deployments = {each["deploymentId"] for each in self._list(call, call.api, "deployments")}
        if wanted and wanted not in deployments:
            return 404, "NotFoundException", "Invalid deployment identifier specified"
        return None

    def done(self, call: Call, answer: Answer, now: float) -> Answer:
        made = answer.json
        if call.operation in {"CreateIntegration", "UpdateIntegration"} and SELECTS in call.params:
            self._selects[made["integrationId"]] = call.params[SELECTS]
        elif call.operation == "CreateDeployment":
            routes = self._list(call, call.api, "routes")
            keys = frozenset(each["routeKey"] for each in routes)
            self._deployed[call.api, made["deploymentId"]] = keys
        elif call.operation == "CreateApi":
            self._made[made["apiId"]] = self._dates.second(now)
        elif call.operation in {"TagResource", "UntagResource"}:
            self._tags[call.resource.partition("::/")[2]] = self._ask_tags(call)
        elif call.operation == "DeleteStage":
            self._tags.pop(call.resource, None)
        if call.operation in IDS:
            self._begin(call, made[IDS[call.operation]], now)
        return self.mend(call, answer)

    def _ask_tags(self, call: Call) -> dict[str, str]:
        path = call.request.target.partition("?")[0]
        tags: dict[str, str] = self._backend.ask(call, similar(call, "GET", path)).json["tags"]
        return tags

    def _begin(self, call: Call, made: str, now: float) -> None:
        self._reads.born(call.service, f"{call.resource}/{made}", now)
        path = f"{call.resource}/{made}".split("/")[1:]
        for part in PARTS[call.operation]:
            self._reads.starts_with(self._call(call, *path, part), EMPTY)

    def mend(self, call: Call, answer: Answer) -> Answer:
        """Put in what MiniStack forgets: what selects an integration, later tags of APIs and stages.

        And the date of an API is the clock's.
        """
        if not answer.ok:
            return answer
        if call.operation in {"GetApi", "GetApis", "GetStage", "GetStages"}:
            return self._with_tags(call, answer)
        if "Integration" not in call.operation or "Response" in call.operation:
            return answer
        content = answer.json
        for each in content.get("items", [content] if content else []):
            if selects := self._selects.get(each["integrationId"]):
                each[SELECTS] = selects
        return answer.with_json(content)

    def _with_tags(self, call: Call, answer: Answer) -> Answer:
        content = answer.json
        for each in content.get("items", [content]):
            path = f"apis/{call.api or each['apiId']}"
            path += f"/stages/{each['stageName']}" if "stageName" in each else ""
            each["tags"] = self._tags.get(path, each.get("tags", {}))
            each["createdDate"] = self._made.get(each.get("apiId", ""), each["createdDate"])
        return answer.with_json(content)


def bad(text: str) -> Reason:
    return 400, "BadRequestException", text


def conflict(text: str) -> Reason:
    return 409, "ConflictException", text
