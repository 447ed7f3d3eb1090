"""A stage that has just been updated."""

from wschat.lab.aws.cloud import Cloud

DEPLOYMENT_EVERY_S = 5.0
"""Seconds in which AWS takes one deployment."""


def updated_api(cloud: Cloud, stage: str) -> str:
    """Make an API with a stage on which the route `join` and AWS_IAM are new; return its id."""
    made = cloud.api.create_api(Name="x", ProtocolType="WEBSOCKET", RouteSelectionExpression="$x")["ApiId"]
    cloud.api.create_route(ApiId=made, RouteKey="leave")
    cloud.api.create_stage(ApiId=made, StageName=stage, DeploymentId=_deploy(cloud, made))
    cloud.api.create_route(ApiId=made, RouteKey="join")
    cloud.api.create_route(ApiId=made, RouteKey="$connect", AuthorizationType="AWS_IAM")
    cloud.api.update_stage(ApiId=made, StageName=stage, DeploymentId=_deploy(cloud, made))
    return made


def _deploy(cloud: Cloud, api: str) -> str:
    cloud.clock.sleep(DEPLOYMENT_EVERY_S)
    return cloud.api.create_deployment(ApiId=api)["DeploymentId"]
