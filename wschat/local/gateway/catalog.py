"""What the control plane knows: stages and what they serve, and who may invoke a function."""

import asyncio
import json
from http import HTTPStatus
from typing import Any

from wschat.local.gateway.api import Deployment, Stage, read_deployment, read_throttle
from wschat.local.gateway.ministack import ACCOUNT, MiniStack

API = "apigateway"
Json = dict[str, Any]


class Catalog:
    """Reads the control plane through MiniStack's own API, and remembers what it read until a change.

    MiniStack keeps no snapshot of the routes with a deployment, so one is taken here at each.
    """

    def __init__(self, ministack: MiniStack) -> None:
        self._ministack = ministack
        self._regions: dict[str, str] = {}
        self._deployments: dict[tuple[str, str], Deployment] = {}
        self._stages: dict[tuple[str, str], Stage | None] = {}
        self._policies: dict[tuple[str, str, str], Json] = {}
        self._changes = 0

    def note(self, api: str, region: str) -> None:
        """Note in which region an API is: its own URL does not tell."""
        self._regions[api] = region

    def forget(self) -> None:
        """Forget what was read, because something was written."""
        self._changes += 1
        self._stages.clear()
        self._policies.clear()

    async def deployed(self, api: str, deployment: str, stage: str | None) -> None:
        """Take the snapshot of a deployment that was just made, for a stage if it names one."""
        self._deployments[api, deployment] = await self._snapshot(api)
        if stage:
            body = json.dumps({"deploymentId": deployment}).encode()
            path = f"/v2/apis/{api}/stages/{stage}"
            await self._ministack.ask(API, self._regions[api], path, method="PATCH", body=body)

    async def stage(self, api: str, name: str) -> Stage | None:
        """Return a stage that serves a deployment; None if there is none such."""
        wanted = (api, name)
        if wanted in self._stages:
            return self._stages[wanted]
        changes, found = self._changes, await self._read_stage(api, name)
        if changes == self._changes:
            self._stages[wanted] = found
        return found

    async def policy(self, region: str, function: str, qualifier: str) -> Json:
        """Return a function's own policy, empty if it has none."""
        wanted = (region, function, qualifier)
        if wanted in self._policies:
            return self._policies[wanted]
        query = f"?Qualifier={qualifier}" if qualifier else ""
        path = f"/2015-03-31/functions/{function}/policy{query}"
        changes, reply = self._changes, await self._ministack.ask("lambda", region, path)
        found: Json = json.loads(json.loads(reply.body)["Policy"]) if reply.status == HTTPStatus.OK else {}
        if changes == self._changes:
            self._policies[wanted] = found
        return found

    async def _read_stage(self, api: str, name: str) -> Stage | None:
        about = await self._get(api, "")
        found = await self._get(api, f"/stages/{name}")
        if about.get("protocolType") != "WEBSOCKET" or not found:
            return None
        if found.get("autoDeploy"):
            deployment: Deployment | None = await self._snapshot(api)
        else:
            deployment = self._deployments.get((api, found.get("deploymentId", "")))
        if deployment is None:
            return None
        throttles = {key: read_throttle(of) for key, of in (found.get("routeSettings") or {}).items()}
        return Stage(
            api=api,
            name=name,
            region=self._regions[api],
            account=ACCOUNT,
            deployment=deployment,
            throttle=read_throttle(found.get("defaultRouteSettings")),
            throttles={key: throttle for key, throttle in throttles.items() if throttle},
        )

    async def _snapshot(self, api: str) -> Deployment:
        about, routes, integrations = await asyncio.gather(
            self._get(api, ""), self._list(api, "/routes"), self._list(api, "/integrations")
        )
        answers = {
            of: await self._list(api, f"/integrations/{of}/integrationresponses")
            for of in (each["integrationId"] for each in integrations)
        }
        returns = {
            of: await self._list(api, f"/routes/{of}/routeresponses")
            for of in (each["routeId"] for each in routes)
        }
        return read_deployment(about, routes, integrations, answers, returns)

    async def _list(self, api: str, path: str) -> list[Json]:
        items: list[Json] = (await self._get(api, path)).get("items", [])
        return items

    async def _get(self, api: str, path: str) -> Json:
        """Read a part of an API; nothing if it does not exist."""
        if api not in self._regions:
            return {}
        found = await self._ministack.ask(API, self._regions[api], f"/v2/apis/{api}{path}")
        read: Json = json.loads(found.body) if found.status == HTTPStatus.OK else {}
        return read
