"""Where API Gateway's logs are read: with boto3, as on AWS."""

from tests.support.until import until
from tests.support.websocket_api import TestApi, ask, opened
from wschat.lab.aws.cloud import Cloud


def test_where_it_is_logged(clients: Cloud) -> None:
    """Each request has a stream of the stage's log group, and of the group that its access log names."""
    api, logs = TestApi(clients), clients.logs
    api.route("$default", api.mock())
    api.stage(api.deploy())
    with opened(api.url) as client:
        ask(client, "quiet")
        group = f"/aws/apigateway/{api.id}/test"
        assert not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        logs.create_log_group(logGroupName=f"access-{api.id}")
        clients.api.update_stage(
            ApiId=api.id,
            StageName="test",
            DefaultRouteSettings={"LoggingLevel": "INFO", "DataTraceEnabled": True},
            AccessLogSettings={
                "DestinationArn": clients.lab.arn("logs", f"log-group:access-{api.id}"),
                "Format": "$context.routeKey $context.status",
            },
        )
        for text in ("one", "two"):
            ask(client, text)
    until(lambda: len(logs.describe_log_streams(logGroupName=group)["logStreams"]) == 2)
    events = logs.filter_log_events(logGroupName=group)["events"]
    assert ["Message: [" in each["message"] for each in events].count(True) == 2
    assert len({each["logStreamName"] for each in events}) == 2
    rows = logs.filter_log_events(logGroupName=f"access-{api.id}")["events"]
    assert [each["message"] for each in rows] == ["$default 200"] * 2
