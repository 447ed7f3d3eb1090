"""API Gateway: the stages, what throttles them, and for how long they have been as they are."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from email.utils import mktime_tz, parsedate_tz
from typing import TYPE_CHECKING, Annotated, Any, Self

from wschat.lab.attributes.answers import seconds, sorted_tags
from wschat.lab.aws.tags import Tagged
from wschat.lab.aws.websocket_api import Api, ApiPart, Deployment, tag_resource
from wschat.lab.model.resource import Key, Resource
from wschat.retry import LONGEST_S

if TYPE_CHECKING:
    from wschat.lab.aws.cloud import Cloud

UNSET = {"DataTraceEnabled": False, "DetailedMetricsEnabled": False, "LoggingLevel": "OFF"}
"""Settings of a route where nobody said anything."""


@dataclass(frozen=True, kw_only=True)
class Stage(ApiPart, Tagged):
    """A stage, and the deployment that it serves; its name is its id.

    `rate` and `burst` are its throttle, in requests a second and at once, for routes that have none of their
    own; of 0 it takes none. `route_settings` are those, as JSON.
    """

    kind = "stage"
    id_name = "StageName"
    read_with = (Api.kind, Deployment.kind)
    refers_to = Deployment.kind
    made_anew = frozenset({"rate", "burst", "logging", "data_trace", "metrics"})
    name: Annotated[str, "StageName"]
    deployment: str | None
    auto_deploy: bool = False
    rate: Annotated[float | None, "DefaultRouteSettings.ThrottlingRateLimit"] = None
    burst: Annotated[int | None, "DefaultRouteSettings.ThrottlingBurstLimit"] = None
    logging: Annotated[str, "DefaultRouteSettings.LoggingLevel"] = "OFF"
    data_trace: Annotated[bool, "DefaultRouteSettings.DataTraceEnabled"] = False
    metrics: Annotated[bool, "DefaultRouteSettings.DetailedMetricsEnabled"] = False
    route_settings: Annotated[str | None, "RouteSettings"] = None

    @property
    def depends_on(self) -> Collection[Key]:
        """What it serves, and the routes that it has settings for: AWS refuses those of any other."""
        return {*super().depends_on, ("route", "")}

    @classmethod
    def attributes(cls, _cloud: "Cloud", _api: str, answer: Any) -> dict[str, Any]:  # noqa: ANN401
        return {
            "route_settings": route_settings(answer.get("RouteSettings", {})),
            "deployment": answer.get("DeploymentId"),
            "tags": sorted_tags(answer.get("Tags")),
            "auto_deploy": answer.get("AutoDeploy", False),
        }

    def settings(self, cloud: "Cloud") -> dict[str, tuple[str, Any]]:
        serves = cloud.id_of((Deployment.kind, str(self.deployment)))
        return super().settings(cloud) | {
            "deployment": ("DeploymentId", serves),
            "route_settings": ("RouteSettings", json.loads(self.route_settings or "null")),
        }

    def make(self, cloud: "Cloud", **more: Any) -> Any:  # noqa: ANN401
        return super().make(cloud, Tags=self.all_tags(cloud), **more)

    def tag(self, cloud: "Cloud", tags: Mapping[str, str]) -> None:
        tag_resource(cloud, f"/apis/{cloud.api_id}/stages/{self.name}", tags)

    def throttles(self, found: Resource | None) -> bool:
        """Tell whether this differs in the throttle alone, and that can be changed in place."""
        if not isinstance(found, Stage) or self.can_only_be_made_anew(found):
            return False
        return self.differences(found).keys() <= {"rate", "burst", "route_settings"}

    def can_only_be_made_anew(self, found: "Stage") -> bool:
        """Tell whether something differs that no call takes away: a throttle, or settings of a route.

        A throttle goes only with the stage, and settings of routes without one may set one of 0: so people
        report to Terraform (hashicorp/terraform-provider-aws, issue 14742).
        """
        wanted, there = (json.loads(each.route_settings or "{}").keys() for each in (self, found))
        return not there <= wanted or (self.rate is None and super().can_only_be_made_anew(found))

    def update(self, found: Self, cloud: "Cloud") -> None:
        """Give it back its tag, its settings, and the deployment that it should serve."""
        if self.can_only_be_made_anew(found):
            self.make_anew(found, cloud)
            return
        self.update_tags(found, cloud)
        changed = self.wanted(cloud, found)
        if self.auto_deploy != found.auto_deploy:  # while it is on, no deployment can be chosen
            cloud.call(cloud.api.update_stage, AutoDeploy=self.auto_deploy, **self.path(cloud))
        if changed:
            cloud.call(cloud.api.update_stage, **self.path(cloud), **changed)


def route_settings(routes: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return settings of routes as JSON, without what AWS has where nobody said anything; None if none."""
    told = {
        route: {name: _whole(value) for name, value in each.items() if UNSET.get(name) != value}
        for route, each in routes.items()
    }
    return json.dumps(told, sort_keys=True) if told else None


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def updated_ago(cloud: "Cloud", stage: str) -> float | None:
    """Return for how many seconds a stage has been as it is, at least; None if it was never updated.

    By AWS's own clock, and so for whoever asks. A stage that was made much later than its API may have been
    there before, and counts as updated. What AWS does not tell counts as just updated; so does a stage that
    AWS shows with a deployment which it does not serve any more, for longer than its reads may lag.
    """
    what = "when the stage was updated"
    api = cloud.ask(what, cloud.api.get_api, ApiId=cloud.api_id)
    serves = {which for (kind, _), which in cloud.ids.items() if kind == Deployment.kind}
    for _ in cloud.looks("AWS to show the stage", cloud.pacing.read_lag):
        found = cloud.ask(what, cloud.api.get_stage, ApiId=cloud.api_id, StageName=stage)
        if api and found and found["DeploymentId"] in serves:
            return _age(api["CreatedDate"], found)
    return 0.0


def _age(api_made: object, stage: Any) -> float | None:  # noqa: ANN401
    told = api_made, stage["CreatedDate"], stage["LastUpdatedDate"]
    dates = [each for each in map(seconds, told) if each is not None]
    now = parsedate_tz(stage["ResponseMetadata"]["HTTPHeaders"].get("date", ""))
    if len(dates) < len(told) or not now:
        return 0.0
    with_api, made, updated = dates
    is_first = updated - made <= 1 and made - with_api < LONGEST_S
    return None if is_first else max(0.0, mktime_tz(now) - updated - 1)  # each is in whole seconds
