"""What the local gateway does, as on AWS or not, how that is known, and the tests that show it: a table."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

AWS = ("https://docs.aws.amazon.com/", "https://repost.aws/")
GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide/"
LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg/"
STACKD = "https://github.com/radkawar/stackd/blob/HEAD/testdata/aws/apigateway/"
"""Recordings of AWS by stackd, us-east-1, 2026-09."""
LIFECYCLE = f"{STACKD}websocket_lifecycle.json"
MANAGEMENT = f"{STACKD}websocket_management.json"
METRICS = f"{STACKD}v2_metrics.json"
CREDENTIALS = f"{STACKD}v2_integration_credentials.json"
AUTHORIZERS = f"{STACKD}websocket_lambda_authorizers.json"
ADMISSION = f"{STACKD}websocket_authorizer_admission.json"
LOGS = f"{STACKD}rest_websocket_logs.json"
NOTES = "https://github.com/radkawar/stackd/blob/HEAD/docs/behavior-references.md"
QUOTAS = f"{GUIDE}apigateway-execution-service-websocket-limits-table.html"
ACCOUNT = f"{GUIDE}limits.html"
CODES = f"{GUIDE}apigateway-websocket-api-overview.html"
ROUTES = f"{GUIDE}apigateway-websocket-api-routes-integrations.html"
SELECTION = f"{GUIDE}websocket-api-develop-routes.html"
EVENTS = f"{GUIDE}apigateway-websocket-api-integration-requests.html"
REPLIES = f"{GUIDE}apigateway-websocket-api-integration-responses.html"
CALLBACKS = f"{GUIDE}apigateway-how-to-call-websocket-api-connections.html"
BY_IAM = f"{GUIDE}apigateway-websocket-control-access-iam.html"
TERRAFORM_8 = "https://github.com/terraform-aws-modules/terraform-aws-apigateway-v2/issues/8"
TERRAFORM_17955 = "https://github.com/hashicorp/terraform-provider-aws/issues/17955"
UNKNOWN = ""
KINDS = ("recorded", "documented", "inferred")
VERDICTS = ("yes", "no", "unknown")


@dataclass(frozen=True)
class Behaviour:
    """One thing that happens, of one origin: what is known in two ways is two of these.

    Attributes:
        source: where it stands what AWS does: a page of AWS's, or a record of what AWS answered; UNKNOWN if
            nobody has measured it or written about it, and the cautious reading is taken.
        tests: the names of those in `tests/unit/local` that show it, without `test_`.
        differs: whether the gateway does otherwise; the remark says how.
    """

    what: str
    source: str
    tests: str = ""
    remark: str = ""
    differs: bool = False

    @property
    def kind(self) -> str:
        """How it is known what AWS does."""
        if not self.source:
            return "inferred"
        return "documented" if self.source.startswith(AWS) else "recorded"

    @property
    def verdict(self) -> str:
        """Whether it is as on AWS."""
        return "unknown" if not self.source else "no" if self.differs else "yes"


def no(what: str, source: str, remark: str = "", tests: str = "") -> Behaviour:
    """Return what is not as on AWS."""
    return Behaviour(what, source, tests, remark, differs=True)


IS = Behaviour
# fmt: off
BEHAVIOURS = (
    # handshakes
    IS("handshake: it opens when `$connect` returns 200", LIFECYCLE, "connect_event"),
    IS("handshake: any other 2xx opens, too", UNKNOWN, "any_2xx_opens"),
    IS("handshake: the 403 of `$connect` is its status", LIFECYCLE, "the_status_of_connect_is_passed_on"),
    IS("handshake: and so is any other that `$connect` refuses with", UNKNOWN,
        "the_status_of_connect_is_passed_on"),
    IS("handshake: the body of that 403 is the function's, byte for byte; a charset is added to its type",
        LIFECYCLE, "the_status_of_connect_is_passed_on"),
    IS("handshake: no other header of the function's is passed on", UNKNOWN,
        "the_status_of_connect_is_passed_on, a_refusal_of_another_type, the_answer_that_opens"),
    no("handshake: the connection of a refusal is kept alive", LIFECYCLE, "here it is closed"),
    IS("handshake: what opens has four headers", LIFECYCLE, "the_answer_that_opens"),
    IS("handshake: `$connect` raises → 502",
        "https://github.com/serverless/serverless-websockets-plugin/issues/13",
        "connect_that_returns_no_response"),
    IS("handshake: `$connect` returns no response → 502", UNKNOWN, "connect_that_returns_no_response"),
    IS("handshake: API Gateway may not invoke the function → 500, with a body that names both ids",
        CREDENTIALS, "without_permission"),
    IS("handshake: the URI is no invocation's → 500", TERRAFORM_8,
        "the_uri_must_be_that_of_an_invocation"),
    IS("handshake: no deployment → 403", TERRAFORM_17955, "no_such_stage"),
    IS("handshake: no such API or stage → 403", UNKNOWN, "no_such_stage"),
    IS("handshake, posts: an API is at no host of another region → 403", UNKNOWN, "by_its_own_host"),
    IS("handshake: a slash behind the stage",
        f"{GUIDE}apigateway-how-to-call-websocket-api-wscat.html", "a_slash_behind_the_stage"),
    IS("handshake: throttled → 429", TERRAFORM_8, "a_route_is_throttled"),
    IS("handshake: 500 new connections a second", QUOTAS, "new_connections_are_throttled"),
    IS("handshake, AWS_IAM: unsigned → 403",
        "https://github.com/aws-samples/serverless-patterns/pull/1144", "out"),
    IS("handshake, AWS_IAM: no permission → 403", BY_IAM, "in, out", "MiniStack's IAM decides"),
    IS("handshake, AWS_IAM: a signature that is wrong, expired, or for another place → 403", UNKNOWN,
        "forgeries, false_signatures"),
    IS("handshake, AWS_IAM: the text says why", UNKNOWN, "out, false_signatures"),
    IS("handshake, authorizer: a policy that denies, or does not allow it → 403, and the text says which",
        AUTHORIZERS, "whom_an_authorizer_denies"),
    IS("handshake, authorizer: its policy may have wildcards",
        f"{GUIDE}api-gateway-lambda-authorizer-output.html", "wildcards_of_an_authorizer"),
    IS("handshake, authorizer: an identity source that is missing or empty → 401, and it is not asked",
        AUTHORIZERS, "unauthorized, other_identity_sources"),
    IS("handshake, authorizer: it raises `Unauthorized` → 401", AUTHORIZERS, "unauthorized"),
    IS("handshake, authorizer: it returns no policy, or more than scalars → 500, with an empty message",
        AUTHORIZERS, "authorizers_that_fail, what_is_no_answer"),
    IS("handshake, authorizer: it raises anything else → the same", UNKNOWN, "authorizers_that_fail"),
    IS("handshake, authorizer: its function may not be invoked → 500", AUTHORIZERS,
        "authorizers_that_may_not_be_invoked"),
    IS("handshake, authorizer: a role of its own invokes it, and no policy of the function's is needed",
        AUTHORIZERS, "an_authorizer_as_a_role"),
    IS("handshake, authorizer: there is none such → 500", UNKNOWN, "an_authorizer_that_is_not_there"),
    IS("handshake, authorizer: each handshake is asked about anew, there is no cache", AUTHORIZERS,
        "no_cache_of_verdicts"),
    IS("handshake: a URL of more than 4,096 characters is refused", QUOTAS, "the_url_is_too_long"),
    IS("handshake: that refusal is a 403", UNKNOWN, "the_url_is_too_long"),
    IS("handshake: the subprotocol is what `$connect` returns",
        f"{GUIDE}websocket-connect-route-subprotocol.html", "subprotocol"),
    IS("handshake: no compression", UNKNOWN, "subprotocol"),
    IS("handshake: two Authorization headers → 400, with a page of HTML", AUTHORIZERS, "two_authorizations"),
    IS("handshake: what is no WebSocket's → 400, without `$connect`", UNKNOWN, "no_handshake_of_a_websocket"),
    IS("plain HTTP at a WebSocket API's URL → 403 `Forbidden`, without a call", UNKNOWN, "plain_http"),
    IS("handshake: half a request is dropped after 30 seconds", UNKNOWN, "a_slow_head"),
    IS("a client that leaves while `$connect` runs: `$disconnect` is told 1006", UNKNOWN,
        "a_client_that_leaves_meanwhile"),
    # routes
    IS("a stage serves the routes of its deployment, to open connections as well", LIFECYCLE,
        "a_stage_serves_its_deployment"),
    no("a changed deployment is served after 40 to 85 seconds, by some nodes earlier than by others",
        LIFECYCLE, "here at once"),
    IS("a stage may deploy by itself", TERRAFORM_17955, "auto_deploy"),
    IS("a function's policy lets a route in by its SourceArn", CREDENTIALS, "permission, without_permission"),
    IS("`Forbidden` where no route matches: AWS's frame, and the socket stays open", METRICS, "forbidden"),
    IS("`$default` takes what is no JSON, has no action, or one without a route", LIFECYCLE, "default"),
    IS("a list as a route key is `[item1, item2]`", SELECTION, "selection"),
    IS("a number or a boolean as a route key is its JSON", UNKNOWN, "default, selection"),
    IS("a client's `{\"action\":\"$connect\"}` runs nothing of `$connect`'s", UNKNOWN,
        "clients_do_not_choose_connect"),
    IS("an integration's role invokes its function, whose policy need not let the route in", CREDENTIALS,
        "as_a_role"),
    IS("a role that may not, or does not trust API Gateway → 500, or `Internal server error`", CREDENTIALS,
        "as_a_role"),
    no("whoever names a role must be allowed to pass it",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
        "here nobody is asked"),
    IS("a stage's variables in an integration's URI and its role", f"{GUIDE}websocket-api-stages.html",
        "stage_variables_in_a_uri"),
    IS("a variable that is not there is empty", UNKNOWN, "stage_variables_in_a_uri"),
    # answers to messages
    IS("a two-way route sends the body that its function returns", MANAGEMENT, "two_way"),
    IS("the route response alone makes a route two-way", MANAGEMENT, "the_response_alone, one_way"),
    IS("a two-way route sends the body of a 503", METRICS, "statuses"),
    IS("and of a 3xx, a 4xx, or another 5xx", UNKNOWN, "statuses"),
    IS("a reply comes in frames of 4,096 bytes at most; a short one may come in two", MANAGEMENT,
        "frames, a_reply_in_frames", "here each of two bytes does"),
    IS("a one-way route sends nothing", LIFECYCLE, "one_way"),
    IS("`Internal server error` where a function raises", LOGS, "raises"),
    IS("`Internal server error` of a one-way route as well",
        "https://github.com/aws-samples/simple-websockets-chat-app/issues/46", "raises"),
    IS("`Internal server error` where a two-way route's function may not be invoked", CREDENTIALS,
        "message_without_permission"),
    IS("`Internal server error` where the alias of its function does not exist", METRICS,
        "an_alias_that_does_not_exist"),
    IS("`Internal server error` where a two-way route's function returns no response", LOGS, "bad_shape"),
    IS("nothing, where a one-way route's does", UNKNOWN, "bad_shape"),
    IS("`Endpoint request timed out`: AWS's frame", "https://github.com/Kludex/mangum/issues/128", "timeout"),
    IS("the integration's time, 29 seconds at most", QUOTAS, "timeout"),
    IS("messages beyond the throttle of a route, a stage or the account are not handled", ACCOUNT,
        "throttles, token_bucket"),
    IS("`Too Many Requests` is what is said then", UNKNOWN, "a_route_is_throttled"),
    IS("a MOCK replies with its template", REPLIES, "as_big_as_may_be"),
    IS("which response it has is decided by its status: `/200/`, `/2\\d\\d/` or `$default`", REPLIES,
        "templates_of_a_mock"),
    no("which template is decided by an expression", f"{GUIDE}websocket-api-data-transformations.html",
        "here, where it names none, any that stands there is", "templates_of_a_mock"),
    IS("a MOCK without an integer `statusCode` fails", "https://github.com/go-to-k/cdkd",
        "mock_without_a_status"),
    no("what a template has in it is evaluated", f"{GUIDE}websocket-api-data-transformations.html",
        "here it is taken as it stands"),
    IS("messages of one connection are answered in no promised order", ROUTES, "concurrent"),
    IS("they run at the same time", UNKNOWN, "concurrent"),
    # the ends of connections
    IS("a binary message → 1003", LIFECYCLE, "our_own_code"),
    IS("a frame over 32 KB or a message over 128 KB → 1009", CODES, "too_big, as_big_as_may_be"),
    IS("10 idle minutes or 2 hours → 1001 “Going away”", CODES, "going_away, deadline"),
    IS("a message either way starts the idle time anew", UNKNOWN, "messages_keep_it_open",
        "[hotsock](https://www.hotsock.io/docs/connections/keep-alive) lives on it"),
    IS("pings don't count as traffic", UNKNOWN, "going_away"),
    IS("the gateway ends → 1012 “Service restart”", CODES, "the_end_of_the_gateway"),
    IS("no `$disconnect` follows then", UNKNOWN, "the_end_of_the_gateway"),
    IS("`$disconnect` is told the client's code and reason", LIFECYCLE, "the_clients_code"),
    IS("`$disconnect` is told API Gateway's own code and reason", LIFECYCLE, "our_own_code, delete"),
    IS("`$disconnect` is told 1005 of a close frame without a code", EVENTS, "a_close_without_a_code"),
    IS("`$disconnect` is told 1006 of a cut", CODES, "the_clients_code"),
    IS("the reason of 1006 is empty", UNKNOWN, "the_clients_code"),
    # the management API
    IS("DeleteConnection → 1000 “Connection Closed Normally”", MANAGEMENT, "delete"),
    IS("GetConnection tells who, since when, and last active when", MANAGEMENT,
        "answers, what_is_activity"),
    IS("posts: 410 for a connection that was closed", MANAGEMENT, "gone"),
    IS("posts: 400 for an id that was never issued, whoever asks", MANAGEMENT, "an_id_that_was_never_issued"),
    IS("posts: the size and the stage are looked at before that", UNKNOWN, "what_is_looked_at_first"),
    IS("posts: a 413 has no request id, and no answer has x-amz-request-id", MANAGEMENT,
        "answers, a_large_post"),
    IS("posts: 410 for a connection of another API", UNKNOWN, "of_another_api"),
    IS("posts: 410 while `$connect` runs",
        "https://repost.aws/knowledge-center/410-gone-api-gateway", "not_yet_open"),
    IS("posts: through another stage of the API as well; 403 through one that is not there", MANAGEMENT,
        "other_stages"),
    IS("posts: 413 over 128 KB, empty and without an error's name", MANAGEMENT, "a_large_post"),
    IS("posts come as text, in frames of 4,096 bytes at most", MANAGEMENT, "a_large_post, frames"),
    IS("what is no UTF-8 in a post becomes U+FFFD", NOTES, "a_post_of_bytes"),
    IS("posts: 403 without `execute-api:ManageConnections` on the literal `@connections/{connectionId}`",
        MANAGEMENT, "without_manage_connections, which_grants_allow_it"),
    IS("posts: 429 when the client reads too slowly", CALLBACKS, "a_slow_reader"),
    IS("that is from 256 KB that wait on", UNKNOWN, "a_slow_reader"),
    IS("posts: 429 beyond the account's throttle", ACCOUNT, "rate"),
    # functions
    IS("events: their fields, sorted headers, the last value of each; no body where there is none", LIFECYCLE,
        "connect_event, two_way, a_close_without_a_code"),
    IS("events: the variables of the stage, if it has any", CREDENTIALS, "stage_variables"),
    IS("events: what an authorizer said of who connects, as texts, until the end", AUTHORIZERS,
        "whom_an_authorizer_lets_in, principals"),
    IS("events: an authorizer's, with all headers, and a key for what is empty", AUTHORIZERS,
        "what_an_authorizer_is_asked"),
    IS("connection ids have 20 characters that end in `==`, and message ids the same end", LIFECYCLE,
        "ids, two_way"),
    IS("logs of every call in CloudWatch Logs", LOGS, "logs"),
    IS("a stage's execution log is in `/aws/apigateway/API/STAGE`, in AWS's lines, if it asks for one", LOGS,
        "what_is_logged, what_is_logged_with_data, where_it_is_logged"),
    IS("of failures that are no function's error it has the lines of a REST API", UNKNOWN,
        "failures_are_logged"),
    IS("its access log has the format's variables, and `-` for those that a WebSocket API has not", LOGS,
        "a_row, where_it_is_logged"),
    IS("that has calls of the management API, too, with who made them", LOGS,
        "a_call, calls_of_the_management_api"),
    IS("a handshake or a message that comes to no integration is in neither log", UNKNOWN,
        "what_is_in_no_log"),
    no("the account has a role that may write these logs, or none is asked for",
        f"{GUIDE}set-up-logging.html", "here none is needed"),
    no("the function's role must be allowed to write them", f"{LAMBDA}python-logging.html",
        "here it is not asked"),
    no("more calls of a function start more environments, or are throttled",
        f"{LAMBDA}lambda-concurrency.html", "here eight run, others wait", "calls_beyond_the_workers_wait"),
    # the control plane
    IS("AWS's keys, defaults and order of what is in a WebSocket API; UpdateRoute answers 201", LIFECYCLE,
        "shapes_of_the_control_plane, errors_of_the_control_plane"),
    IS("of an authorizer what AWS takes, keeps and refuses; one in use can't be deleted", ADMISSION,
        "authorizers, authorizers_that_are_refused"),
    IS("an integration keeps its role until it is given none", NOTES, "credentials_of_an_integration"),
    IS("an update of a stage's variables adds to them, and reaches open connections", NOTES,
        "variables_of_a_stage, stage_variables"),
    IS("what a stack makes, changes and deletes of an API is as if it was made by hand",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/AWS_ApiGatewayV2.html",
        "a_stack, all_of_a_stack"),
    no("a second route of a key is refused, and a second stage of a name",
        "https://github.com/serverless/serverless/issues/7260", "here they are taken"),
    # what is not there
    no("1008 for a client that sends too much", CODES, "AWS does not say from when on"),
    no("request models (`Bad request body`)", ROUTES,
        "CreateModel is refused: they would take a validator of schemas"),
    no("API keys", f"{GUIDE}apigateway-websocket-api-route-keys-connect-disconnect.html",
        "nobody is asked for one: what AWS answers then is not recorded"),
    no("integrations other than AWS_PROXY and MOCK", ROUTES,
        "here they answer `Internal server error`", "integrations_that_do_not_work"),
    IS("handshakes and posts at the API's own host", CALLBACKS, "by_its_own_host",
        "of what is sent here for it, as functions' calls are"),
    no("custom domains", f"{GUIDE}websocket-api-custom-domain-names.html", "there are none"),
)
# fmt: on


SOURCES = tuple(dict.fromkeys(each.source for each in BEHAVIOURS if each.source))


def rows() -> Iterator[tuple[str, ...]]:
    """Return the table's rows, which name a source by its number."""
    for each in BEHAVIOURS:
        known = f"{each.kind} ({SOURCES.index(each.source) + 1})" if each.source else each.kind
        yield each.what, each.verdict, known, each.remark, each.tests


def sources() -> Iterator[tuple[str, ...]]:
    """Return the number, the page and how often it is named of each source."""
    named = Counter(each.source for each in BEHAVIOURS)
    for number, source in enumerate(SOURCES, 1):
        yield str(number), f"<{source}>", str(named[source])


def counts() -> Iterator[tuple[str, ...]]:
    """Return how many there are of each kind."""
    found = Counter((kind, each.verdict) for each in BEHAVIOURS for kind in (each.kind, "in all"))
    cells = dict.fromkeys(product((*KINDS, "in all"), VERDICTS), 0) | found
    for kind in (*KINDS, "in all"):
        yield kind, *(str(cells[kind, verdict]) for verdict in VERDICTS)
