"""What the control plane describes: stages, and the deployments that they serve."""

import asyncio
import json
from http import HTTPStatus
from typing import Any

from wschat.local.gateway.ministack import ACCOUNT, ask
from wschat.local.gateway.model import Deployment, Stage, read_deployment, read_throttle

Json = dict[str, Any]


class ControlPlane:
    """Reads the control plane of MiniStack, and caches what it read until a change.

    MiniStack keeps no snapshot of the routes with a deployment, so one is taken here at each.
    """

    def __init__(self) -> None:
        self._regions: dict[str, str] = {}
        self._deployments: dict[tuple[str, str], Deployment] = {}
        self._stages: dict[tuple[str, str], Stage | None] = {}
        self._changes = 0

    def locate(self, api: str, region: str) -> None:
        """Note the region of an API, which is not part of its local URL."""
        self._regions[api] = region

    def invalidate(self) -> None:
        """Drop the cache, because something was written."""
        self._changes += 1
        self._stages.clear()

    async def take_snapshot(self, api: str, deployment: str, stage: str | None) -> None:
        """Take the snapshot of a deployment that was just made, for a stage if it names one."""
        self._deployments[api, deployment] = await self._read_deployment(api)
        if stage:
            body = json.dumps({"deploymentId": deployment}).encode()
            path = f"/v2/apis/{api}/stages/{stage}"
            await ask("apigateway", self._regions[api], path, method="PATCH", body=body)

    async def find_stage(self, api: str, name: str) -> Stage | None:
        """Return a stage that serves a deployment; None if there is none such."""
        key = (api, name)
        if key in self._stages:
            return self._stages[key]
        changes, found = self._changes, await self._read_stage(api, name)
        if changes == self._changes:
            self._stages[key] = found
        return found

    async def _read_stage(self, api: str, name: str) -> Stage | None:
        about = await self._get(api, "")
        found = await self._get(api, f"/stages/{name}")
        if about.get("protocolType") != "WEBSOCKET" or not found:
            return None
        if found.get("autoDeploy"):
            deployment: Deployment | None = await self._read_deployment(api)
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

    async def _read_deployment(self, api: str) -> Deployment:
        about, routes, integrations = await asyncio.gather(
            self._get(api, ""), self._list(api, "/routes"), self._list(api, "/integrations")
        )
        integration_responses = {
            id_: await self._list(api, f"/integrations/{id_}/integrationresponses")
            for id_ in (each["integrationId"] for each in integrations)
        }
        route_responses = {
            id_: await self._list(api, f"/routes/{id_}/routeresponses")
            for id_ in (each["routeId"] for each in routes)
        }
        return read_deployment(about, routes, integrations, integration_responses, route_responses)

    async def _list(self, api: str, path: str) -> list[Json]:
        items: list[Json] = (await self._get(api, path)).get("items", [])
        return items

    async def _get(self, api: str, path: str) -> Json:
        """Read a part of an API; nothing if it does not exist."""
        if api not in self._regions:
            return {}
        reply = await ask("apigateway", self._regions[api], f"/v2/apis/{api}{path}")
        found: Json = json.loads(reply.body) if reply.status == HTTPStatus.OK else {}
        return found
