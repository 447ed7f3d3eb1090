"""What can be wrong with a lab, as one table: each cause, what it shows itself by, and what mends it."""

from dataclasses import dataclass

from wschat.protocol.symptoms import Symptom

S = Symptom

AGAIN = "`wschat provision` makes it so again"
FRAMES = (Symptom.FAILED, Symptom.CONNECT_FAILED, Symptom.NAME_STAYS)
"""What it looks like when a function runs and fails: to who is connected, at the handshake, at the end."""
CALLS = (Symptom.FAILED, Symptom.CANNOT_CALL, Symptom.NAME_STAYS)
"""What it looks like when API Gateway can't call a function."""
NO_ROUTE = (Symptom.UNKNOWN_ACTION, Symptom.FORBIDDEN, Symptom.NAME_STAYS)
"""What it looks like when there is no route: with the lab's `$default`, without it, and of `$disconnect`."""


@dataclass(frozen=True)
class Cause:
    """Something that can be wrong.

    Attributes:
        name: what it is called in JSON.
        explains: what somebody sees of it.
        what: what is wrong, in a sentence.
        mend: the command or click that mends it.
    """

    name: str
    explains: tuple[Symptom, ...]
    what: str
    mend: str


# fmt: off
CAUSES = (
    # on the way to it
    Cause("no-url", (S.NO_URL,),
        "it is not the URL of a WebSocket API: its scheme, its host or its stage is missing or wrong",
        "it looks like wss://ID.execute-api.REGION.amazonaws.com/development; copy the whole of it"),
    Cause("no-region", (S.NO_REGION,),
        "the region in the URL is misspelled, or newer than the boto3 that is installed",
        "correct it, or copy the URL that was given to you"),
    Cause("no-host", (S.NO_HOST,),
        "the URL names another API or region, the API was deleted, or your resolver remembers that there"
        " was none",
        "compare the URL with that of `wschat status`; a new name is known within seconds, a resolver may"
        " forget the old answer only after a minute"),
    Cause("ended-locally", (S.NOTHING_LISTENS,),
        "the lab on this machine has ended with the last who used it",
        "`wschat local` starts another, at another URL"),
    Cause("nothing-listens", (S.NOTHING_LISTENS,),
        "nothing runs at that port", "compare the URL with the one that was given to you"),
    Cause("certificate", (S.CERTIFICATE,),
        "something on the way reads TLS, or the clock is wrong",
        "set the clock; or name the certificate of your proxy in SSL_CERT_FILE"),
    Cause("proxy", (S.PROXY,),
        "the proxy that the environment names does not let it through",
        "mend that setting, or name the host in NO_PROXY"),
    Cause("no-way", (S.NO_ANSWER,),
        "a firewall on the way drops it, or there is no network",
        "try another network, or ask for its proxy (HTTPS_PROXY)"),
    Cause("wrong-scheme", (S.NO_TLS, S.NO_ANSWER, S.NOTHING_LISTENS),
        "wss:// was asked of what speaks ws://, or the reverse",
        "API Gateway speaks wss:// only, a lab on this machine ws:// only"),
    Cause("mixed-content", (S.MIXED,),
        "the page comes by https and opens ws://, which browsers block, but for this machine",
        "put the wss:// URL of the API into it: `wschat web --export` writes a page with it"),
    Cause("page-policy", (S.BLOCKED,),
        "the page's policy names another host than that of the URL in it, as where one of them was changed",
        "`wschat web --export` writes both anew; a header of the page's host needs the same `connect-src`"),
    Cause("no-page", (S.NO_PAGE,),
        "nothing is there, its host does not know itself by that name, or it is not public",
        "open what `wschat web` prints, by that name; at a static host, look for index.html and who may read"
        " it"),
    Cause("no-websocket", (S.NO_WEBSOCKET, S.NO_PAGE),
        "the URL leads to something else, such as a page or an HTTP API",
        "take the URL of `wschat status`: wss://, the API's id, and the stage behind it"),
    # the handshake
    Cause("sent-on", (S.REDIRECTED,),
        "a redirect, which is not followed: what one sends is meant for the address that was given",
        "if the lab has moved there, give that URL; a network that wants you to log in does this, too"),
    Cause("other-api", (S.REFUSED, S.NO_HOST, S.NO_WEBSOCKET),
        "the URL is of another API than the lab's", "take the URL of `wschat status`"),
    Cause("no-stage", (S.REFUSED,),
        "there is no stage of that name: the last part of the URL",
        "take the URL of `wschat status`; if the stage is missing, `wschat provision` makes it"),
    Cause("nothing-deployed", (S.REFUSED,),
        "the stage has no deployment, so it serves nothing",
        "`wschat provision` deploys; in the console: Deploy API"),
    Cause("endpoint-disabled", (S.REFUSED,),
        "the API's own endpoint is switched off", AGAIN),
    Cause("wants-signature", (S.UNSIGNED,),
        "the API lets in only who signs (AWS_IAM)",
        "`wschat chat --sign`; or `wschat provision --auth none` opens it"),
    Cause("signs-by-hand", (S.UNSIGNED,),
        "somebody set AWS_IAM at the $connect route, and it was not chosen", AGAIN),
    Cause("credentials", (S.SIGNATURE,),
        "AWS does not know the key, its session has ended, or the secret is wrong",
        "log in again (`aws sso login`, `aws login`, or new keys), or give another --profile"),
    Cause("clock", (S.CLOCK, S.SIGNATURE),
        "this machine's clock is wrong: AWS takes signatures that are at most 5 minutes old",
        "set the clock, best by a time server"),
    Cause("may-not-invoke", (S.NOT_ALLOWED,),
        "your credentials are good, and lack `execute-api:Invoke`", "ask for it on the ARN that is named"),
    Cause("authorizer", (S.UNAUTHORIZED, S.REFUSED),
        "the $connect route has an authorizer, which the lab has not; one that reads a header lets no"
        " browser in",
        AGAIN + "; an authorizer for browsers reads `route.request.querystring.NAME`"),
    Cause("own-refusal", (S.TURNED_AWAY, S.REFUSED, S.UNAUTHORIZED),
        "the $connect function itself answers with that status",
        "its code decides: `wschat logs Connect`; " + AGAIN),
    Cause("throttle", (S.THROTTLED,),
        "the stage's throttle takes no more",
        "`wschat provision --throttle 20/1000` has space for more; " + AGAIN),
    # API Gateway and the function
    Cause("no-route", NO_ROUTE,
        "there is no route of that key: keys are case-sensitive", AGAIN + "; then it is deployed"),
    Cause("no-route-response", (S.SILENT,),
        "the route is one-way: it has no route response, so what the function returns reaches nobody",
        AGAIN + "; in the console: Enable two-way communication"),
    Cause("no-permission", CALLS,
        "API Gateway may not invoke the function: no statement of its resource policy fits API/STAGE/ROUTE",
        "`wschat provision` adds it: `lambda:AddPermission` with the SourceArn `…:API/*/ROUTE`"),
    Cause("no-function", CALLS,
        "the function that the integration names does not exist", AGAIN),
    # the function
    Cause("raised", FRAMES,
        "the function raised", "`wschat logs` shows what, and where"),
    Cause("may-not-post", (S.NOT_HEARD,),
        "the role lacks `execute-api:ManageConnections` on `API/STAGE/POST/@connections/*`", AGAIN),
    Cause("posts-elsewhere", (S.NOT_HEARD, S.FAILED),
        "the function posts to another address: the endpoint has the API's id and its stage", AGAIN),
    Cause("wrong-handler", FRAMES,
        "Lambda can't load what its handler names, or what that imports",
        AGAIN + "; `wschat logs` shows the import error"),
    Cause("wrong-runtime", FRAMES,
        "the function runs on another runtime or hardware than its code is for", AGAIN),
    Cause("foreign-functions", (S.UNREADABLE, S.SILENT),
        "other functions answer there than this program's, such as the lab's own in Node.js",
        "`wschat chat` works with the lab's own, too; `wschat provision` makes these"),
    Cause("other-code", (*FRAMES, S.UNREADABLE, S.SILENT, S.NOT_HEARD, S.REFUSED_REQUEST, S.TURNED_AWAY),
        "the function's code is not the lab's", AGAIN),
    Cause("wrong-environment", (*FRAMES, S.NOT_HEARD, S.REFUSED_REQUEST),
        "an environment variable of the function names another table or address", AGAIN),
    Cause("too-slow", (S.TIMED_OUT, S.FAILED, S.SILENT, S.CONNECT_FAILED, S.NAME_STAYS),
        "the function was ended by its timeout, or by API Gateway's 29 s",
        "`wschat logs` shows how long it took; " + AGAIN),
    Cause("out-of-memory", FRAMES,
        "the function had too little memory", AGAIN),
    Cause("in-a-vpc", (S.TIMED_OUT, S.SILENT, S.NOT_HEARD, *FRAMES),
        "the function is in a VPC, from which it reaches neither DynamoDB nor @connections without a NAT or"
        " endpoints",
        AGAIN),
    Cause("layer", FRAMES,
        "a layer, which the lab has not, may shadow what the function imports", AGAIN),
    Cause("not-ready", (*CALLS, S.CONNECT_FAILED),
        "the function is not in a state in which it can be called", AGAIN),
    # between both, and rarer
    Cause("wrong-selection", NO_ROUTE[:2],
        "the API chooses the route by another field than `action`",
        AGAIN + ": the route selection expression is `$request.body.action`"),
    Cause("old-deployment", (*NO_ROUTE, S.REFUSED, S.UNSIGNED, S.SILENT, S.OPEN, *FRAMES),
        "the stage serves a deployment that is older than the routes: saved is not deployed",
        "`wschat provision` deploys; in the console: Deploy API"),
    Cause("api-key", (S.REFUSED, S.FORBIDDEN),
        "a route asks for an API key", AGAIN),
    Cause("still-updating", (*NO_ROUTE, S.REFUSED, S.SILENT, S.OPEN, S.FAILED),
        "the stage was updated a moment ago: for some 80 s AWS serves the old and the new in turns",
        "wait two minutes, and look again"),
    Cause("other-stage", (S.NOT_HEARD, S.FORBIDDEN, S.UNKNOWN_ACTION, S.SILENT),
        "the URL is of another stage than the lab's: the roles may post at that one alone, and each stage has"
        " a deployment of its own",
        "take the URL of `wschat status`"),
    Cause("model", (S.BAD_BODY,),
        "a request model of the route does not allow the request", AGAIN),
    Cause("wrong-integration", (*CALLS, S.CONNECT_FAILED, S.UNREADABLE, S.SILENT, S.REFUSED_REQUEST),
        "the integration leads elsewhere: its URI must be `…/functions/ARN/invocations` of the function",
        AGAIN),
    Cause("integration-timeout", (S.TIMED_OUT, S.CANNOT_CALL, S.CONNECT_FAILED, S.FAILED),
        "API Gateway gives the function less time than it needs", AGAIN),
    Cause("cannot-assume", (*CALLS, S.CONNECT_FAILED),
        "Lambda can't assume the function's role: it is gone, was made anew, or trusts somebody else",
        AGAIN),
    Cause("reserved-concurrency", (*CALLS, S.CONNECT_FAILED, S.THROTTLED),
        "the function may run seldom or never: its reserved concurrency is low, or 0, what the console's"
        " Throttle sets",
        AGAIN),
    Cause("account-concurrency", (S.THROTTLED, S.FAILED, S.CONNECT_FAILED, S.CANNOT_CALL),
        "Lambda has no concurrent execution left: a new account has 10",
        "Service Quotas → AWS Lambda → Concurrent executions"),
    Cause("full-quota", (S.NOTHING_YET, S.THROTTLED, S.REFUSED_REQUEST, S.FAILED),
        "a quota of the account, or a limit of the lab, is used up, or nearly",
        "Service Quotas raises one of the account's, where it can be; a limit of the lab stays"),
    # what it may
    Cause("denied", (*FRAMES, S.NOT_HEARD),
        "a policy or a permissions boundary denies it, whatever the role's own policy allows: a Deny wins",
        AGAIN + ", where it is a policy; of a boundary, ask who set it"),
    Cause("lacks-permission", (*FRAMES, S.NOT_HEARD),
        "the role's policy lacks what the function does", AGAIN),
    # the tables
    Cause("no-table", (*FRAMES, S.REFUSED_REQUEST),
        "a table does not exist, or the function asks in another region or by another name", AGAIN),
    Cause("wrong-key", FRAMES,
        "a table's key has another name or type: the case matters, and it can't be changed",
        "delete the table (its items go with it), then " + AGAIN),
    Cause("table-key", FRAMES,
        "the table is encrypted by a key that the functions may not use",
        "`aws dynamodb update-table` ends that, or ask"),
    Cause("table-limit", (*FRAMES, S.THROTTLED),
        "the table's throughput is limited, or provisioned too low", AGAIN),
    Cause("time-to-live", (S.NOTHING_YET,),
        "nothing clears old records: the table's time to live is off, or on another attribute",
        AGAIN + "; it takes seconds as a number"),
    Cause("reserved-word", FRAMES,
        "an expression names an attribute that is a reserved word of DynamoDB",
        "name it by `#n` in ExpressionAttributeNames"),
    Cause("decimal", FRAMES,
        "boto3 reads numbers as Decimal, which json can't write", "give `json.dumps` a `default=`"),
    Cause("item-too-big", (*FRAMES, S.REFUSED_REQUEST),
        "an item has reached 400 KB", "keep one item a message, as the lab's functions here do"),
    Cause("gone", FRAMES,
        "a post to a connection that has ended (410) ends the whole function",
        "catch it, delete the record, go on"),
    Cause("bad-post", (S.NOT_HEARD, S.FAILED),
        "a post was refused: a connection id that was never issued is 400, more than 128 KB 413",
        "`wschat logs` names it"),
    Cause("bad-return", (S.FAILED, S.CONNECT_FAILED),
        'the function returns something else than `{"statusCode": 200, …}`',
        "return that, and a `body` that is text"),
    # in the account
    Cause("no-lab", (S.NO_HOST, S.REFUSED),
        "there is no such lab in this account and region",
        "`wschat provision` makes it; or give its --prefix, --region, --profile"),
    Cause("half-a-lab", (S.NOTHING_YET, S.NO_HOST, S.REFUSED, *CALLS),
        "the lab is not finished", "`wschat provision` goes on with it"),
    Cause("somebody-elses", (S.STAYS,),
        "something has a name that the lab needs, and not its tag",
        "take another --prefix, or delete it if it is yours"),
    Cause("protected", (S.STAYS,),
        "it is protected from deletion", "`wschat teardown` switches that off; or `wschat provision`"),
    Cause("too-much-allowed", (S.NOTHING_YET,),
        "a role may do more than its function needs: least privilege is lost", AGAIN),
    Cause("open-door", (S.NOTHING_YET,),
        "there is another way in than the API: a function's URL, an event source, or another statement",
        AGAIN),
    Cause("let-in", (S.OPEN,),
        "who does not sign is let in, though AWS_IAM is wanted", AGAIN),
    Cause("differs", (S.NOTHING_YET,),
        "it is otherwise than provision makes it", AGAIN),
    # passing
    Cause("unavailable", (S.UNAVAILABLE, S.LOST),
        "the service has a fault of its own, or the network cut it", "try again in a moment"),
)
# fmt: on
BY_NAME = {cause.name: cause for cause in CAUSES}
