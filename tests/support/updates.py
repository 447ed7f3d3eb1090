"""A stage that has just been updated."""

from wschat.lab.aws.cloud import Cloud

DEPLOYMENT_EVERY_S = 5.0
"""Seconds in which AWS takes one deployment."""


def updated_api(cloud: Cloud, stage: str) -> str:
    """Make an API with a stage on which the route `join` is new; return its id."""
    made = cloud.api.create_api(Name="x", ProtocolType="WEBSOCKET", RouteSelectionExpression="$x")["ApiId"]
    for key, deploy in (("leave", cloud.api.create_stage), ("join", cloud.api.update_stage)):
        cloud.api.create_route(ApiId=made, RouteKey=key)
        cloud.clock.sleep(DEPLOYMENT_EVERY_S)
        deployment = cloud.api.create_deployment(ApiId=made)["DeploymentId"]
        deploy(ApiId=made, StageName=stage, DeploymentId=deployment)
    return made
