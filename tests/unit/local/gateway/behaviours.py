"""What API Gateway does with WebSockets, what the local gateway does instead, and the tests that show it."""

from typing import NamedTuple

YES, UNKNOWN, NO = "yes", "unknown", "no"
GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide"
SOURCES = {
    "1.1": f"{GUIDE}/apigateway-execution-service-websocket-limits-table.html, {GUIDE}/limits.html",
    "1.2": f"{GUIDE}/apigateway-websocket-api-route-keys-connect-disconnect.html, and what people report: "
    "https://github.com/aws-samples/simple-websockets-chat-app/issues, "
    "https://github.com/terraform-aws-modules/terraform-aws-apigateway-v2/issues/8",
    "1.3": f"{GUIDE}/apigateway-websocket-api-overview.html, WebSocket API status codes",
    "1.4": "https://www.hotsock.io/docs/connections/keep-alive",
    "1.5": f"{GUIDE}/apigateway-websocket-api-routes-integrations.html",
    "1.6": f"{GUIDE}/apigateway-websocket-api-route-response.html",
    "1.7": f"{GUIDE}/websocket-connect-route-subprotocol.html, "
    "https://repost.aws/knowledge-center/410-gone-api-gateway",
    "1.8": f"{GUIDE}/apigateway-websocket-api-integration-requests.html, "
    f"{GUIDE}/websocket-api-develop-routes.html",
    "1.9": "botocore's service model of apigatewaymanagementapi, "
    f"{GUIDE}/apigateway-how-to-call-websocket-api-connections.html",
    "2.3": "https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html, "
    "and botocore's service model of lambda: AddPermission",
    "2.4": f"{GUIDE}/apigateway-set-up-websocket-deployment.html",
    "4": f"{GUIDE}/apigateway-websocket-control-access-iam.html, and MiniStack's copies of AWS's texts",
    "6": "https://github.com/serverless/serverless-websockets-plugin/issues/13, "
    "https://github.com/aws-samples/simple-websockets-chat-app/issues",
    "7": "https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html",
    "8": "nobody has measured it, or nobody has written about it: the cautious reading is taken",
    "10": "https://github.com/go-to-k/cdkd, integration fixtures",
}
"""Where each number that a test names in its first line comes from."""


class Behaviour(NamedTuple):
    """Something that happens, whether it is so on AWS, what there is to say about it, and its tests."""

    what: str
    as_on_aws: str
    remark: str
    tests: tuple[str, ...]


BEHAVIOURS = (
    Behaviour(
        "handshake: the status that `$connect` returns; any 2xx opens",
        YES,
        "",
        ("test_the_status_of_connect_is_passed_on", "test_any_2xx_opens", "test_a_handshake_takes_its_time"),
    ),
    Behaviour("handshake: `$connect` raises → 502", YES, "", ("test_connect_that_raises",)),
    Behaviour(
        "handshake: `$connect` returns no response → 502", YES, "", ("test_connect_that_returns_no_response",)
    ),
    Behaviour(
        "handshake: API Gateway may not invoke the function, or the URI is no invocation's → 500",
        YES,
        "",
        ("test_without_permission", "test_the_uri_must_be_that_of_an_invocation"),
    ),
    Behaviour("handshake: no such API, stage or deployment → 403", YES, "", ("test_no_such_stage",)),
    Behaviour(
        "handshake: throttled → 429; 500 new connections a second",
        YES,
        "",
        ("test_throttled", "test_new_connections_are_throttled"),
    ),
    Behaviour("handshake, AWS_IAM: unsigned → 403", YES, "", ("test_unsigned",)),
    Behaviour(
        "handshake, AWS_IAM: a wrong signature, or no permission → 403",
        YES,
        "MiniStack's IAM decides",
        ("test_in", "test_wrong_secret", "test_not_allowed"),
    ),
    Behaviour(
        "handshake, AWS_IAM: a presigned URL that has expired → 403",
        YES,
        "the text is inferred",
        ("test_expired",),
    ),
    Behaviour(
        "handshake: a URL of more than 4,096 characters is refused",
        YES,
        "with which status is unknown; here 403",
        ("test_the_url_is_too_long",),
    ),
    Behaviour(
        "handshake: the subprotocol is what `$connect` returns; no compression",
        YES,
        "",
        ("test_subprotocol",),
    ),
    Behaviour(
        "handshake: what is no WebSocket's → 400, without `$connect`",
        UNKNOWN,
        "",
        ("test_no_handshake_of_a_websocket",),
    ),
    Behaviour("handshake: half a request is dropped after 30 seconds", UNKNOWN, "", ("test_a_slow_head",)),
    Behaviour(
        "a client that leaves while `$connect` runs: `$disconnect` is told 1006",
        UNKNOWN,
        "",
        ("test_a_client_that_leaves_meanwhile",),
    ),
    Behaviour(
        "a stage serves the routes of its deployment, or deploys by itself",
        YES,
        "open connections change with their stage (inferred)",
        ("test_a_stage_serves_its_deployment", "test_auto_deploy"),
    ),
    Behaviour(
        "a function's policy lets a route in by its SourceArn",
        YES,
        "",
        ("test_permission", "test_without_permission"),
    ),
    Behaviour(
        "`Forbidden` where no route matches: AWS's frame, and the socket stays open",
        YES,
        "",
        ("test_forbidden",),
    ),
    Behaviour(
        "`Internal server error` where a function raises, on a one-way route as well",
        YES,
        "",
        ("test_raises",),
    ),
    Behaviour(
        "`Internal server error` where a function may not be invoked",
        UNKNOWN,
        "reported of handshakes only",
        ("test_message_without_permission",),
    ),
    Behaviour(
        "a function that returns no response: an error on a two-way route, nothing on a one-way route",
        UNKNOWN,
        "",
        ("test_bad_shape",),
    ),
    Behaviour(
        "`Endpoint request timed out` after the integration's time, 29 seconds at most",
        YES,
        "",
        ("test_timeout",),
    ),
    Behaviour(
        "`Too Many Requests` beyond the throttle of a route, a stage or the account",
        UNKNOWN,
        "that messages are throttled is certain, the frame's text is not",
        ("test_a_route_is_throttled", "test_throttles", "test_token_bucket"),
    ),
    Behaviour(
        "only a two-way route replies: expression and route response; not with a 4xx or a 5xx",
        YES,
        "a 3xx replies (inferred)",
        ("test_two_way", "test_one_way", "test_statuses"),
    ),
    Behaviour(
        "`$default` takes what is no JSON, has no action, or one without a route",
        YES,
        "numbers and booleans as text are inferred",
        ("test_default", "test_selection"),
    ),
    Behaviour(
        'a client\'s `{"action":"$connect"}` runs nothing of `$connect`\'s',
        UNKNOWN,
        "",
        ("test_clients_do_not_choose_connect",),
    ),
    Behaviour(
        "MOCK routes; without an integer `statusCode` they fail",
        YES,
        "templates are not evaluated",
        ("test_mock_without_a_status", "test_as_big_as_may_be"),
    ),
    Behaviour("a binary message → 1003", YES, "", ("test_binary",)),
    Behaviour(
        "a frame over 32 KB or a message over 128 KB → 1009",
        YES,
        "",
        ("test_too_big", "test_as_big_as_may_be"),
    ),
    Behaviour(
        "10 idle minutes or 2 hours → 1001 “Going away”",
        YES,
        "",
        ("test_age", "test_messages_keep_it_open", "test_deadline"),
    ),
    Behaviour("pings don't count as traffic", UNKNOWN, "", ("test_idle",)),
    Behaviour(
        "the gateway ends → 1012 “Service restart”, without `$disconnect`",
        UNKNOWN,
        "1012 is what AWS says of a restart",
        ("test_the_end_of_the_gateway",),
    ),
    Behaviour(
        "DeleteConnection → 1000 “Connection Closed Normally”; GetConnection",
        YES,
        "",
        ("test_delete", "test_get"),
    ),
    Behaviour(
        "posts: 410 for a connection that is unknown, closed, or not yet open",
        YES,
        "",
        ("test_gone", "test_not_yet_open"),
    ),
    Behaviour(
        "posts: 413 over 128 KB",
        YES,
        "a long post comes in frames of 32 KB (inferred)",
        ("test_a_large_post",),
    ),
    Behaviour(
        "posts: 403 without `execute-api:ManageConnections`", YES, "", ("test_without_manage_connections",)
    ),
    Behaviour(
        "posts: 429 when the client reads too slowly, and beyond the account's throttle",
        YES,
        "from 256 KB that wait on; AWS's number is unknown",
        ("test_a_slow_reader", "test_rate"),
    ),
    Behaviour(
        "`$disconnect` is told the client's code, 1005, 1006, or the gateway's own code",
        YES,
        "the reason of 1006 is unknown, so it is empty",
        ("test_the_clients_code", "test_a_close_without_a_code", "test_a_cut", "test_our_own_code"),
    ),
    Behaviour(
        "events: fields, header case, no body where there is none, `connectedAt` that stays",
        YES,
        "",
        (
            "test_connect_event",
            "test_connect_event_without_a_query",
            "test_two_way",
            "test_a_close_without_a_code",
        ),
    ),
    Behaviour("connection ids end in `=`, which a URL needs encoded", YES, "", ("test_two_way", "test_post")),
    Behaviour(
        "messages of one connection run at the same time, in no promised order",
        YES,
        "that no order is promised is certain, that they run at the same time is inferred",
        ("test_concurrent",),
    ),
    Behaviour(
        "logs of every call in CloudWatch Logs",
        YES,
        "the role is not asked whether it may write them",
        ("test_logs",),
    ),
    Behaviour(
        "calls beyond 8 of one function wait for their turn",
        NO,
        "AWS starts more environments, or throttles",
        ("test_calls_beyond_the_workers_wait",),
    ),
    Behaviour("1008 for a client that sends too much", NO, "AWS does not say from when on", ()),
    Behaviour("request models (`Bad request body`) and API keys", NO, "they are not looked at", ()),
    Behaviour(
        "Lambda authorizers; integrations other than AWS_PROXY and MOCK",
        NO,
        "a route that leads there answers `Internal server error`",
        ("test_integrations_that_do_not_work", "test_authorizers_that_do_not_work"),
    ),
    Behaviour("custom domains, and hosts of the API's own", NO, "only the path form of the URL works", ()),
)
OWN = {"test_shuffle", "test_drop", "test_nothing_is_left", "test_the_client_of_websockets"}
OWN |= {"test_pages_of_others", "test_half_a_post", "test_a_deployment_without_json"}
"""Tests of what only the local gateway has, of requests that are broken, and of all at once."""


def table() -> list[tuple[str, str, str, str]]:
    """Return the rows of the document's table."""
    return [(each.what, each.as_on_aws, each.remark, str(len(each.tests) or "")) for each in BEHAVIOURS]


def counts() -> str:
    """Say how many behaviours there are of each kind."""
    kinds = [each.as_on_aws for each in BEHAVIOURS]
    return (
        f"Of {len(BEHAVIOURS)} behaviours, {kinds.count(YES)} are as on AWS, of {kinds.count(UNKNOWN)} it is "
        f"unknown what AWS does, and {kinds.count(NO)} are not as on AWS."
    )
