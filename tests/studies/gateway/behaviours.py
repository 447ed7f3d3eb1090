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
    """Something that happens, whether it is so on AWS, the tests that show it, and what there is to say."""

    what: str
    as_on_aws: str
    shown_by: str
    remark: str = ""

    @property
    def tests(self) -> list[str]:
        """The names of its tests."""
        return [f"test_{name}" for name in self.shown_by.split()]


BEHAVIOURS = (
    Behaviour(
        "handshake: the status that `$connect` returns; any 2xx opens",
        YES,
        "the_status_of_connect_is_passed_on any_2xx_opens a_handshake_takes_its_time",
    ),
    Behaviour("handshake: `$connect` raises → 502", YES, "connect_that_raises"),
    Behaviour("handshake: `$connect` returns no response → 502", YES, "connect_that_returns_no_response"),
    Behaviour(
        "handshake: API Gateway may not invoke the function, or the URI is no invocation's → 500",
        YES,
        "without_permission the_uri_must_be_that_of_an_invocation",
    ),
    Behaviour("handshake: no such API, stage or deployment → 403", YES, "no_such_stage"),
    Behaviour(
        "handshake: throttled → 429; 500 new connections a second",
        YES,
        "throttled new_connections_are_throttled",
    ),
    Behaviour("handshake, AWS_IAM: unsigned → 403", YES, "unsigned"),
    Behaviour(
        "handshake, AWS_IAM: a wrong signature, or no permission → 403",
        YES,
        "in wrong_secret not_allowed",
        "MiniStack's IAM decides",
    ),
    Behaviour(
        "handshake, AWS_IAM: a presigned URL that has expired → 403", YES, "expired", "the text is inferred"
    ),
    Behaviour(
        "handshake: a URL of more than 4,096 characters is refused",
        YES,
        "the_url_is_too_long",
        "with which status is unknown; here 403",
    ),
    Behaviour("handshake: the subprotocol is what `$connect` returns; no compression", YES, "subprotocol"),
    Behaviour(
        "handshake: what is no WebSocket's → 400, without `$connect`", UNKNOWN, "no_handshake_of_a_websocket"
    ),
    Behaviour("handshake: half a request is dropped after 30 seconds", UNKNOWN, "a_slow_head"),
    Behaviour(
        "a client that leaves while `$connect` runs: `$disconnect` is told 1006",
        UNKNOWN,
        "a_client_that_leaves_meanwhile",
    ),
    Behaviour(
        "a stage serves the routes of its deployment, or deploys by itself",
        YES,
        "a_stage_serves_its_deployment auto_deploy",
        "open connections change with their stage (inferred)",
    ),
    Behaviour("a function's policy lets a route in by its SourceArn", YES, "permission without_permission"),
    Behaviour("`Forbidden` where no route matches: AWS's frame, and the socket stays open", YES, "forbidden"),
    Behaviour("`Internal server error` where a function raises, on a one-way route as well", YES, "raises"),
    Behaviour(
        "`Internal server error` where a function may not be invoked",
        UNKNOWN,
        "message_without_permission",
        "reported of handshakes only",
    ),
    Behaviour(
        "a function that returns no response: an error on a two-way route, nothing on a one-way route",
        UNKNOWN,
        "bad_shape",
    ),
    Behaviour(
        "`Endpoint request timed out` after the integration's time, 29 seconds at most", YES, "timeout"
    ),
    Behaviour(
        "`Too Many Requests` beyond the throttle of a route, a stage or the account",
        UNKNOWN,
        "a_route_is_throttled throttles token_bucket",
        "that messages are throttled is certain, the frame's text is not",
    ),
    Behaviour(
        "only a two-way route replies: expression and route response; not with a 4xx or a 5xx",
        YES,
        "two_way one_way statuses",
        "a 3xx replies (inferred)",
    ),
    Behaviour(
        "`$default` takes what is no JSON, has no action, or one without a route",
        YES,
        "default selection",
        "numbers and booleans as text are inferred",
    ),
    Behaviour(
        'a client\'s `{"action":"$connect"}` runs nothing of `$connect`\'s',
        UNKNOWN,
        "clients_do_not_choose_connect",
    ),
    Behaviour(
        "MOCK routes; without an integer `statusCode` they fail",
        YES,
        "mock_without_a_status as_big_as_may_be",
        "templates are not evaluated",
    ),
    Behaviour("a binary message → 1003", YES, "binary"),
    Behaviour("a frame over 32 KB or a message over 128 KB → 1009", YES, "too_big as_big_as_may_be"),
    Behaviour("10 idle minutes or 2 hours → 1001 “Going away”", YES, "age messages_keep_it_open deadline"),
    Behaviour("pings don't count as traffic", UNKNOWN, "idle"),
    Behaviour(
        "the gateway ends → 1012 “Service restart”, without `$disconnect`",
        UNKNOWN,
        "the_end_of_the_gateway",
        "1012 is what AWS says of a restart",
    ),
    Behaviour("DeleteConnection → 1000 “Connection Closed Normally”; GetConnection", YES, "delete get"),
    Behaviour(
        "posts: 410 for a connection that is unknown, closed, or not yet open", YES, "gone not_yet_open"
    ),
    Behaviour(
        "posts: 413 over 128 KB", YES, "a_large_post", "a long post comes in frames of 32 KB (inferred)"
    ),
    Behaviour("posts: 403 without `execute-api:ManageConnections`", YES, "without_manage_connections"),
    Behaviour(
        "posts: 429 when the client reads too slowly, and beyond the account's throttle",
        YES,
        "a_slow_reader rate",
        "from 256 KB that wait on; AWS's number is unknown",
    ),
    Behaviour(
        "`$disconnect` is told the client's code, 1005, 1006, or the gateway's own code",
        YES,
        "the_clients_code a_close_without_a_code a_cut our_own_code",
        "the reason of 1006 is unknown, so it is empty",
    ),
    Behaviour(
        "events: fields, header case, no body where there is none, `connectedAt` that stays",
        YES,
        "connect_event connect_event_without_a_query two_way a_close_without_a_code",
    ),
    Behaviour("connection ids end in `=`, which a URL needs encoded", YES, "two_way post"),
    Behaviour(
        "messages of one connection run at the same time, in no promised order",
        YES,
        "concurrent",
        "that no order is promised is certain, that they run at the same time is inferred",
    ),
    Behaviour(
        "logs of every call in CloudWatch Logs",
        YES,
        "logs",
        "the role is not asked whether it may write them",
    ),
    Behaviour(
        "calls beyond 8 of one function wait for their turn",
        NO,
        "calls_beyond_the_workers_wait",
        "AWS starts more environments, or throttles",
    ),
    Behaviour("1008 for a client that sends too much", NO, "", "AWS does not say from when on"),
    Behaviour("request models (`Bad request body`) and API keys", NO, "", "they are not looked at"),
    Behaviour(
        "Lambda authorizers; integrations other than AWS_PROXY and MOCK",
        NO,
        "integrations_that_do_not_work authorizers_that_do_not_work",
        "a route that leads there answers `Internal server error`",
    ),
    Behaviour("custom domains, and hosts of the API's own", NO, "", "only the path form of the URL works"),
)
OWN = {"test_shuffle", "test_drop", "test_nothing_is_left", "test_pages_of_others", "test_half_a_post"}
OWN |= {"test_a_deployment_without_json", "test_an_application_that_does_not_start"}
OWN |= {"test_a_request_without_an_end", "test_a_request_behind_a_slow_one", "test_call"}
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
