"""What the control plane describes: stages, and the deployments that they serve."""

from ministack.services.apigateway import (
    _api_owner,
    _apis,
    _integration_responses,
    _integrations,
    _route_responses,
    _routes,
    _stages,
)

from wschat.local.gateway.model import Deployment, Stage, read_deployment, read_stage


class ControlPlane:
    """Reads MiniStack's control plane where it keeps it.

    MiniStack keeps no snapshot of the routes with a deployment, so one is taken here at each.
    """

    def __init__(self) -> None:
        self._deployments: dict[tuple[str, str], Deployment] = {}

    def take_snapshot(self, api: str, deployment: str, stage: str | None) -> None:
        """Take the snapshot of a deployment that was just made, for a stage if it names one."""
        _, account, region = _api_owner(api)
        self._deployments[api, deployment] = _read_deployment(account, region, api)
        if found := _stages.get_scoped(account, region, api, {}).get(stage):
            found["deploymentId"] = deployment

    def find_stage(self, api: str, name: str) -> Stage | None:
        """Return a stage that serves a deployment; None if there is none such."""
        protocol, account, region = _api_owner(api) or ("", "", "")
        found = _stages.get_scoped(account, region, api, {}).get(name)
        if protocol != "WEBSOCKET" or not found:
            return None
        if found.get("autoDeploy"):
            return read_stage(found, api, region, account, _read_deployment(account, region, api))
        deployment = self._deployments.get((api, found.get("deploymentId", "")))
        return read_stage(found, api, region, account, deployment) if deployment else None


def _read_deployment(account: str, region: str, api: str) -> Deployment:
    stores = (_apis, _routes, _integrations, _integration_responses, _route_responses)
    return read_deployment(*(store.get_scoped(account, region, api, {}) for store in stores))
