"""What no drill and no attribute is: handshakes that are refused, addresses, answers, code of one's own."""

from tests.studies.doctor.breaks import (
    alone,
    answered,
    answering,
    at,
    by_hand,
    chosen,
    coded,
    crowded,
    elsewhere,
    half,
    on_the_plane,
    refusing,
    staged,
)
from tests.studies.doctor.case import Case
from tests.studies.drift.hand import do
from tests.support.late_lab import FAILED, FORBIDDEN, SILENT, TIMED_OUT
from wschat.doctor.page import Page
from wschat.doctor.visit import Try, Visit
from wschat.lab.chosen.choices import Choices
from wschat.protocol.symptoms import Symptom

AWS = "wss://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/development"
CONFIGURE = "UpdateFunctionConfiguration"
HERE = "ws://192.168.1.7:8080/development"
NOT_ALLOWED = (
    '{"message":"User: arn:aws:iam::123456789012:user/ann is not authorized to perform: execute-api:Invoke on'
    ' resource: arn:aws:execute-api:us-east-1:********9012:a1b2c3d4e5/development/$connect"}'
)


def seen(symptom: Symptom, what: str = "handshake", route: str = "$connect") -> Try:
    return Try(what, 0.1, str(symptom), symptom, route)


BAD_BODY = FAILED.replace("Internal server error", "Bad request body")


def _message(text: str) -> str:
    return f'{{"message":"{text}"}}'


# fmt: off
HANDSHAKES = (
    Case("200, a page", ("no-websocket",), refusing(200, "<html>", **{"Content-Type": "text/html"})),
    Case("301", ("sent-on",), refusing(301, "", Location="https://example.com/")),
    Case("400", ("own-refusal",), refusing(400, _message("Bad Request"))),
    Case("401", ("authorizer",), refusing(401, _message("Unauthorized"))),
    Case("403 Forbidden", ("other-api", "no-stage"), refusing(403, _message("Forbidden"))),
    Case("403 Missing Authentication Token", ("wants-signature", "signs-by-hand"),
        refusing(403, _message("Missing Authentication Token"))),
    Case("403 is not authorized to perform", ("may-not-invoke",), refusing(403, NOT_ALLOWED)),
    Case("403 Signature expired, the clock is behind", ("clock",),
        refusing(403, _message("Signature expired: 20260929T100000Z is now earlier than 20260929T101500Z"),
            Date="Tue, 29 Sep 2099 10:20:00 GMT")),
    Case("403 security token invalid", ("credentials",),
        refusing(403, _message("The security token included in the request is invalid."))),
    Case("404", ("no-websocket",), refusing(404, _message("Not Found"))),
    Case("410, $connect's own", ("own-refusal",), refusing(410, "closed for today")),
    Case("426", ("own-refusal", "no-websocket"), refusing(426, "Upgrade Required")),
    Case("429", ("throttle",), refusing(429, _message("Too Many Requests"))),
    Case("500", ("no-permission",), refusing(500, _message("Internal server error"))),
    Case("502", ("raised",), refusing(502, _message("Internal server error"))),
    Case("503", ("unavailable",), refusing(503, _message("Service Unavailable"))),
    Case("504", ("unavailable",), refusing(504, _message("Endpoint request timed out"))),
)
"""Each status of a handshake, by the URL alone."""

ADDRESSES = (
    Case("no such host", ("no-host",), at("wss://nowhere.invalid/development")),
    Case("another region in the URL", ("no-host",), at(AWS, seen(Symptom.NO_HOST, "name", ""))),
    Case("a region that does not exist", ("no-region",),
        at(AWS.replace("east", "esat"), seen(Symptom.NO_HOST, "name", ""))),
    Case("a lab on this machine that has ended", ("ended-locally",), at("ws://127.0.0.1:1/development")),
    Case("a port where nothing listens", ("nothing-listens",),
        at("wss://chat.example.com:8443/x", seen(Symptom.NOTHING_LISTENS, "port 8443", ""))),
    Case("wss:// of a lab on this machine", ("wrong-scheme",),
        at("wss://127.0.0.1:8080/development", seen(Symptom.NO_TLS, "port 8080 and TLS", ""))),
    Case("ws:// of AWS", ("wrong-scheme",),
        at(AWS.replace("wss:", "ws:"), seen(Symptom.NO_ANSWER, "port 80", ""))),
    Case("https:// of AWS", ("no-url",), at(AWS.replace("wss:", "https:"))),
    Case("the stage forgotten", ("no-url",), at(AWS.removesuffix("/development"))),
    Case("a proxy that reads TLS", ("certificate",),
        at(AWS, seen(Symptom.CERTIFICATE, "port 443 and TLS", ""))),
    Case("a proxy that refuses", ("proxy",), at(AWS, seen(Symptom.PROXY))),
    Case("a firewall", ("no-way",), at(AWS, seen(Symptom.NO_ANSWER, "port 443 and TLS", ""))),
    Case("a page by https that opens ws://", ("mixed-content",),
        at(HERE, *Page("https://chat.example.com/", f"connect('{HERE}')").tries())),
    Case("a page whose policy names another host", ("page-policy",),
        at(AWS, *Page("https://chat.example.com/", f"connect('{AWS}')", ("connect-src 'self'",)).tries())),
    Case("a page by another name of its host", ("no-page",),
        at("", *Page("http://chat.localhost:8000/", why="HTTP 421 Misdirected Request").tries())),
    Case("the connection ends by itself", ("unavailable",), at(AWS, seen(Symptom.LOST, "connection", ""))),
)
"""What may be wrong on the way to it."""

ANSWERS = (
    Case("an action is Forbidden", ("no-route",), answering(*[(each, FORBIDDEN) for each in ("join",)])),
    Case("a request without an answer", ("no-route-response",), answering(("join", SILENT))),
    Case("Internal server error", ("no-permission", "raised"), answering(("join", FAILED))),
    Case("Endpoint request timed out", ("integration-timeout", "too-slow"), answering(("join", TIMED_OUT))),
    Case("a model", ("model",), answering(("join", BAD_BODY))),
    Case("the lab's own functions", ("foreign-functions",),
        answering(("join", '{"transactWrite": "SUCCESS"}'))),
)
"""What may be answered, by the URL alone."""


def _raises(text: str) -> str:
    return f"raise RuntimeError({text!r})"


CODE = (
    Case("code: a reserved word", ("reserved-word",), coded("JoinRoom",
        _raises("ValidationException: Attribute name is a reserved keyword; reserved keyword: name"))),
    Case("code: Decimal", ("decimal",), coded("JoinRoom",
        _raises("Object of type Decimal is not JSON serializable"))),
    Case("code: an item too big", ("item-too-big",), coded("SendMessage",
        _raises("ValidationException: Item size has exceeded the maximum allowed size"))),
    Case("code: no such table", ("no-table",), coded("JoinRoom",
        _raises("ResourceNotFoundException: Requested resource not found"))),
    Case("code: 410 is not caught", ("gone",), coded("SendMessage",
        _raises("An error occurred (GoneException) when calling the PostToConnection operation"))),
    Case("code: a post in $connect", ("gone",), coded("Connect",
        _raises("An error occurred (GoneException) when calling the PostToConnection operation"))),
    Case("code: an invalid connection id", ("bad-post",), coded("SendMessage",
        _raises("BadRequestException: Invalid connectionId: abc"))),
    Case("code: more than 128 KB", ("bad-post",), coded("SendMessage", _raises("PayloadTooLargeException"))),
    Case("code: a client without an endpoint", ("posts-elsewhere",), coded("SendMessage",
        _raises('Could not connect to the endpoint URL: "https://execute-api.us-east-1.amazonaws.com/@connections"'))),
    Case("code: no way out of a VPC", ("in-a-vpc",), coded("JoinRoom",
        _raises("ConnectTimeoutError: Connect timeout on endpoint URL: https://dynamodb.us-east-1.amazonaws.com/"))),
    Case("code: $connect raises", ("raised",), coded("Connect", _raises("KeyError: 'users'"))),
    Case("code: it raises", ("raised",), coded("JoinRoom", _raises("KeyError: 'users'"))),
    Case("code: a syntax error", ("other-code",), coded("RegisterUser", "return ((")),
    Case("code: a module that is not packed", ("wrong-handler",), coded("CreateRoom", "import requests")),
    Case("code: what it returns is no response", ("bad-return",), coded("LeaveRoom",
        "return {'ResponseMetadata': {}}")),
    Case("code: it sleeps longer than its timeout", ("too-slow",), coded("JoinRoom", "time.sleep(2)",
        do(CONFIGURE, Timeout=1))),
    Case("code: $connect says no", ("own-refusal",), coded("Connect", "return {'statusCode': 401}")),
    Case("code: it posts to nobody", ("other-code", "foreign-functions"), coded("SendMessage",
        "return {'statusCode': 200, 'body': json.dumps({'type': 'ack', 'room': 'x',"
        " 'id': json.loads(event['body']).get('id')})}")),
    Case("code: the lab's own", ("foreign-functions",), coded("JoinRoom",
        "return {'statusCode': 200, 'body': json.dumps({'transactWrite': 'SUCCESS'})}")),
    Case("too little memory", ("out-of-memory",), coded("JoinRoom", _raises("Runtime.OutOfMemory"))),
    Case("the post goes to a domain of one's own", ("posts-elsewhere",), by_hand("function SendMessage",
        do(CONFIGURE, Environment={"Variables": {
            "CLIENT_RECORDS": "<prefix>client-records", "ROOM_MESSAGES_USERS": "<prefix>room-messages-users",
            "MANAGEMENT_URL": "https://chat.example.com"}}))),
)
"""Code of somebody's own, and what its log says."""

FORBIDDEN_TALK = Visit((seen(Symptom.FORBIDDEN, "message", "message"),))
LET_IN = Visit((seen(Symptom.OPEN, "unsigned handshake"),))
DEPLOYED = (
    do("CreateDeployment", "API chatroom-websocket", Description="by hand"),
    do("UpdateStage", "stage development", DeploymentId="<made DeploymentId>"),
)
EXPRESSION = do("UpdateApi", RouteSelectionExpression=".body.action")
IN_ACCOUNT = (
    Case("no $default route", ("no-route",), by_hand("route $default", do("DeleteRoute"), *DEPLOYED)),
    Case("the expression without its $request", ("wrong-selection",),
        by_hand("API chatroom-websocket", EXPRESSION, *DEPLOYED)),
    Case("AWS_IAM that is not deployed", ("signs-by-hand", "old-deployment"),
        by_hand("route $connect", do("UpdateRoute", AuthorizationType="AWS_IAM"), seen=LET_IN)),
    Case("a stage without the endpoint", ("endpoint-disabled",), by_hand("API chatroom-websocket",
        do("UpdateApi", DisableExecuteApiEndpoint=True), seen=Visit((seen(Symptom.REFUSED),)))),
    Case("a VPC without a way out", ("in-a-vpc",), by_hand("function JoinRoom",
        do(CONFIGURE, VpcConfig={"SubnetIds": ["subnet-1"], "SecurityGroupIds": []}),
        seen=Visit((seen(Symptom.TIMED_OUT, "join", "join"),)))),
    Case("a boundary that denies", ("denied",), on_the_plane("role SendMessageRole",
        do("PutRolePermissionsBoundary", PermissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess"),
        undone=(do("DeleteRolePermissionsBoundary"),),
        seen=Visit((seen(Symptom.NOT_HEARD, "message", "message"),)))),
    Case("a key that the functions may not use", ("table-key",), on_the_plane("table client-records",
        do("UpdateTable", SSESpecification={"Enabled": True, "SSEType": "KMS",
            "KMSMasterKeyId": "arn:aws:kms:us-east-1:000000000000:key/12345678-1234-1234-1234-123456789012"}),
        undone=(do("UpdateTable", SSESpecification={"Enabled": False}),),
        seen=Visit((seen(Symptom.CONNECT_FAILED),)))),
    Case("nothing there", ("no-lab",), alone("")),
    Case("stopped in the middle", ("half-a-lab",), half),
    Case("the stage has no deployment", ("nothing-deployed",), by_hand("stage development",
        do("DeleteStage"), do("CreateStage", Tags={"wschat:lab": "us-east-1/<prefix>"}))),
    Case("AWS_IAM that somebody took away", ("let-in",), chosen(Choices(auth="iam"), by_hand("route $connect",
        do("UpdateRoute", AuthorizationType="NONE"), *DEPLOYED, seen=LET_IN))),
    Case("a function that could not be made", ("not-ready",), answered("functions", "GetFunction",
        {"Configuration": {"State": "Failed", "StateReason": "the key is disabled"}},
        Visit((seen(Symptom.CANNOT_CALL),)))),
    Case("what others reserve", ("account-concurrency",), answered("functions", "GetAccountSettings",
        {"AccountLimit": {"UnreservedConcurrentExecutions": 3}},
        Visit((seen(Symptom.THROTTLED, "join", "join"),)))),
    Case("code of a whole account", ("full-quota",), answered("functions", "GetAccountSettings",
        {"AccountUsage": {"TotalCodeSize": 80_000_000_000}}, Visit())),
    Case("a stage of one's own", ("other-stage",), staged),
    Case("another lab's, and one's own is broken", ("no-permission", "raised"), elsewhere),
    Case("a room that is nearly full", ("full-quota",), crowded),
    Case("an update a moment ago", ("still-updating",), on_the_plane("route message",
        do("UpdateStage", "stage development", Description="tidied up"),
        seen=FORBIDDEN_TALK, late=0)),
)
"""What an account shows."""
# fmt: on
