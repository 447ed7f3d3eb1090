"""API Gateway's refusals, and what a stage serves."""

import re
from typing import Any

from tests.support.plane.backend import Backend
from tests.support.plane.clock import Dates
from tests.support.plane.errors import error
from tests.support.plane.rates import Times
from tests.support.plane.reads import Reads
from tests.support.plane.service import Service
from tests.support.plane.wire import Answer, Call, beside, path_of
from wschat.local.control_plane.shapes import UNLOGGED

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
NO_ROUTE = "Unable to find Route by key {} within the provided RouteSettings"
"""As quoted in https://github.com/terraform-aws-modules/terraform-aws-apigateway-v2/pull/80."""
DROPPED = ("templateSelectionExpression", "credentialsArn")
"""Of an integration, what MiniStack drops."""


NODES = ((80, True), (78, False), (64, True), (40, False), (29, True), (21, False), (9, True), (0, False))
"""From so many seconds after an update of a stage, whether a fresh connection meets it.

As recorded in us-east-1, 2026-09, each answer taken to hold until the next that differed: met at 9, 15, 29,
35, 64, 70, 76 and from 80 on; not at 1, 21, 40, 48, 56 and 78.
"""
Routes = dict[str, str]
"""The authorization of each route, by its key."""
Reason = tuple[int, str, str] | None
"""The status, code and message of a refusal."""


class Gateway(Service):
    def __init__(self, times: Times, reads: Reads, backend: Backend, dates: Dates) -> None:
        self._times, self._reads, self._backend, self._dates = times, reads, backend, dates
        self._dropped: dict[str, dict[str, str]] = {}
        self._deployed: dict[tuple[str, str], tuple[float, Routes]] = {}
        self._updates: dict[str, list[tuple[float, str | None]]] = {}
        self._dated: dict[str, dict[str, str]] = {}
        self._settings: dict[str, dict[str, Any]] = {}

    def served(self, api: str, stage: str, now: float) -> Routes:
        """Return the routes that a stage serves to a fresh connection, as they were when it was deployed."""
        updates = self._updates[path_to(api, stage)]
        meets = len(updates) == 1 or next(is_met for since, is_met in NODES if now >= updates[-1][0] + since)
        deployment = updates[-1 if meets else -2][1]
        return self._deployed[api, deployment][1] if deployment else {}

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
        keys = {each["routeKey"] for each in self._list(call, call.api, "routes")}
        for key in call.params.get("routeSettings", {}).keys() - keys:
            return 404, "NotFoundException", NO_ROUTE.format(key)
        return None

    def done(self, call: Call, answer: Answer, now: float) -> Answer:
        made = answer.json
        if call.operation in {"CreateIntegration", "UpdateIntegration"}:
            dropped = {name: call.params[name] for name in DROPPED if name in call.params}
            self._dropped[made["integrationId"]] = self._dropped.get(made["integrationId"], {}) | dropped
        elif call.operation == "CreateDeployment":
            routes = self._list(call, call.api, "routes")
            found = {each["routeKey"]: each.get("authorizationType", "NONE") for each in routes}
            self._deployed[call.api, made["deploymentId"]] = now, found
        elif call.operation == "CreateApi":
            self._dated[path_to(made["apiId"])] = {"createdDate": self._dates.second(now)}
        elif call.operation in {"CreateStage", "UpdateStage"}:
            self._update(call, path_to(call.api, made["stageName"]), made.get("deploymentId"), now)
        elif call.operation == "DeleteStage":
            for kept in (self._dated, self._updates, self._settings):
                kept.pop(call.resource, None)
        if call.operation in IDS:
            self._begin(call, made[IDS[call.operation]], now)
        return self.show(call, self.mend(call, answer), now)

    def _update(self, call: Call, stage: str, deployment: str | None, now: float) -> None:
        """Note an update of a stage; settings of a route, once made, stay until the stage goes."""
        updates, date = self._updates.setdefault(stage, []), self._dates.second(now)
        if not updates or updates[-1][1] != deployment:
            updates.append((now, deployment))
        told = {key: UNLOGGED | each for key, each in call.params.get("routeSettings", {}).items()}
        self._settings[stage] = self._settings.get(stage, {}) | told
        self._dated[stage] = {"createdDate": date} | self._dated.get(stage, {}) | {"lastUpdatedDate": date}

    def _begin(self, call: Call, made: str, now: float) -> None:
        self._reads.born(call.service, f"{call.resource}/{made}", now)
        path = f"{call.resource}/{made}".split("/")[1:]
        for part in PARTS[call.operation]:
            self._reads.starts_with(self._call(call, *path, part), EMPTY)

    def mend(self, call: Call, answer: Answer) -> Answer:
        """Put in the parameters of integrations that MiniStack forgets, and the dates of this clock."""
        if not answer.ok:
            return answer
        if call.operation in {"GetApi", "GetApis", "GetStage", "GetStages"}:
            return self._with_dates(call, answer)
        if "Integration" not in call.operation or "Response" in call.operation:
            return answer
        content = answer.json
        for each in content.get("items", [content] if content else []):
            each.update(self._dropped.get(each["integrationId"], {}))
        return answer.with_json(content)

    def show(self, call: Call, answer: Answer, now: float) -> Answer:
        """Return a deployment as PENDING for as long as that takes."""
        pending = self._times.deployment_pending
        if not pending or not answer.ok or "Deployment" not in call.operation:
            return answer
        content = answer.json
        for each in content.get("items", [content] if content else []):
            if now < self._deployed[call.api, each["deploymentId"]][0] + pending:
                each["deploymentStatus"] = "PENDING"
        return answer.with_json(content)

    def _with_dates(self, call: Call, answer: Answer) -> Answer:
        content = answer.json
        for each in content.get("items", [content]):
            path = path_to(call.api or each["apiId"], each.get("stageName"))
            each.update({"routeSettings": self._settings[path]} if path in self._settings else {})
            each.update(self._dated.get(path, {}))
        return answer.with_json(content)


def path_to(api: str, stage: str | None = None) -> str:
    return f"apis/{api}/stages/{stage}" if stage else f"apis/{api}"


def bad(text: str) -> Reason:
    return 400, "BadRequestException", text


def conflict(text: str) -> Reason:
    return 409, "ConflictException", text
