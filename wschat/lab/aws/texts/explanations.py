"""What people read of an error of AWS, and what to do: the first explanation that fits it, of a table."""

from wschat.errors import LOG_IN, AccessError, AwsError, NotOfferedError, WschatError
from wschat.lab.aws.texts.refusals import ACCOUNTS, PASTE

Explanation = tuple[type[WschatError], str, str, str, str]
"""The kind of error; names, and words, by which it is known; what people read, and a hint.

Its names are those of the classes, or of the code, or of its kind of failure: it has one of these. In what is
read stand the error's `text`, `code` and `operation`, what botocore knows of it, and by which settings
the call was made (`wschat.lab.aws.errors.CallSettings`).
"""
LOG_IN_AGAIN = f"{LOG_IN}, then run the same command"
LOGGED_OUT = "the AWS login has expired or is missing"
UNKNOWN = (
    "InvalidClientTokenId UnrecognizedClientException SignatureDoesNotMatch InvalidSignatureException"
    " AuthFailure"
)
EXPIRED = "ExpiredToken ExpiredTokenException RequestExpired"
OWN_ROLE = (
    "ask for iam:CreateServiceLinkedRole, as `wschat policy` has it; or an administrator makes API Gateway's"
    " own role, once: aws iam create-service-linked-role --aws-service-name ops.apigateway.amazonaws.com"
)
DENIED = "AccessDenied AccessDeniedException UnauthorizedOperation ForbiddenException"
ASK = "ask for that permission, then run the same command: what is done stays done"
AGAIN = "run the same command again: it goes on from here; `wschat teardown` removes what there is"
UNREACHED = "AWS can't be reached at {endpoint}"
LOCAL_LAB = (
    "if a local lab was there, it has ended: start `wschat local`, and set what it shows; or take that"
    " setting away"
)
NOT_ASSUMED = (
    "its trust policy must let lambda.amazonaws.com assume it, and its ARN be right, with its path; one that"
    " is seconds old takes a moment: run the same command again"
)
# fmt: off
CONNECTING: tuple[Explanation, ...] = (
    (AwsError, "ProxyConnectionError", "Proxy Authentication",
        "the proxy {proxy} wants another name and password",
        "they stand in that variable: http://NAME:PASSWORD@HOST:PORT"),
    (AwsError, "ProxyConnectionError", "", "the proxy {proxy} can't be used",
        "mend that variable, or name AWS's host in NO_PROXY"),
    (AwsError, "SSLError", "certificate (has expired|is not yet valid)",
        UNREACHED + ": by this machine's clock its certificate is not valid now",
        "set the clock, best by a time server; else somebody else answers there"),
    (AwsError, "SSLError", "CERTIFICATE_VERIFY", UNREACHED + ": {certificates} does not know its certificate",
        "a proxy that reads TLS needs its certificate in a file that AWS_CA_BUNDLE names"),
    (AwsError, "SSLError", "", UNREACHED + ": it does not speak TLS",
        "an endpoint on this machine begins with http://"),
    (AwsError, "EndpointConnectionError", "(127[.]|localhost|::1).*refused",
        UNREACHED + ": nothing listens there", LOCAL_LAB),
    (AwsError, "EndpointConnectionError", "resol|not known|getaddrinfo",
        UNREACHED + ": there is no such host", "check the network, and how the region is spelt"),
    (AwsError, "ConnectionError HTTPClientError", "",
        UNREACHED, "check the network, the region's name, the proxy and --endpoint-url"),
)
"""What people read of a connection that failed, which botocore tells apart from all else by its classes."""
THEN = "; then run the same command"
UNPROTECT = (
    "its deletion protection must be off: DynamoDB → Tables → the table → Additional settings, or CloudWatch"
    " → Log groups → the group → Actions"
)
UNMAP = (
    "a custom domain leads to this API, and the mapping must go: API Gateway → Custom domain names → the"
    " domain → API mappings (`aws apigatewayv2 get-domain-names`, `get-api-mappings`, `delete-api-mapping`)"
)
TAKE_OUT = (
    "EC2 instances of somebody else may work under this role: who owns the instance profile{0} takes the role"
    " out of it (`aws iam remove-role-from-instance-profile`)"
)
DETACH = (
    "somebody gave this role one more policy: who may detaches or deletes that (IAM → Roles → the role →"
    " Permissions)"
)
UNCALL = "something else calls this function: who made that deletes it (Lambda → the function → Triggers)"
HELD: tuple[Explanation, ...] = (
    (AccessError, DENIED, "dynamodb:UpdateTable |logs:PutLogGroupDeletionProtection ",
        "{text}", f"{ASK}. To delete it, {UNPROTECT}"),
    (AccessError, DENIED, "iam:RemoveRoleFromInstanceProfile .*instance-profile(/\\S+)",
        "{text}", TAKE_OUT + THEN),
    (AccessError, DENIED, "iam:(?:Detach|Delete)RolePolicy ", "{text}", DETACH + THEN),
    (AccessError, DENIED, "lambda:DeleteEventSourceMapping ", "{text}", UNCALL + THEN),
    (AwsError, "ClientError", "protected against deletion|deletion protection", "{text}", UNPROTECT + THEN),
    (AwsError, "BadRequestException", "(?:API|base path) mappings", "{text}", UNMAP + THEN),
    (AwsError, "DeleteConflict", "instance profile()", "{text}", TAKE_OUT + THEN),
    (AwsError, "DeleteConflict", "polic", "{text}", DETACH + THEN),
)
"""What somebody else did to a part of the lab, so that AWS refuses to delete it until that is undone.

Of a mapping: "Deleting API … failed. Please remove all API mappings for the API from your custom domain
names." (https://github.com/gruntwork-io/cloud-nuke/issues/370); of a role: "Cannot delete entity, must remove
roles from instance profile first." (https://github.com/99designs/iamy/pull/68).
"""
ANSWERED: tuple[Explanation, ...] = (
    (AwsError, "ResponseParserError", "",
        "what answers at {endpoint} is not AWS", "check --endpoint-url, AWS_ENDPOINT_URL and the proxy"),
    (AccessError, "ClientError", "^RequestTimeTooSkewed|Signature expired|Signature not yet current",
        "this machine's clock is more than 5 minutes off: it says {now}, AWS {date}",
        "set the clock, best by a time server, then run the same command"),
    (AccessError, EXPIRED, "",
        "the AWS login has expired{credentials}", f"{LOG_IN_AGAIN}; {PASTE}"),
    (AccessError, UNKNOWN, "",
        "AWS does not know these credentials{credentials}",
        f"{LOG_IN_AGAIN}; or the account has not enabled this region"),
    (AccessError, "OptInRequired SubscriptionRequiredException", "",  # or its plan lacks the service
        "this service is not open yet to the account",
        "finish its sign-up: AWS takes up to 24 hours to activate a new account; or look at its plan"),
    (AccessError, DENIED, "create a Service Linked Role",  # an account's first API: it names no permission
        "{text}", OWN_ROLE),
    *((AccessError, f"{DENIED} TagPolicyException", *account) for account in ACCOUNTS),
    (AccessError, DENIED, r"^\w+ $", "AWS does not allow {operation}", ASK),
    (AccessError, DENIED, "", "{text}", ASK),
    (AwsError, "THROTTLED", "", "for minutes AWS took no more such calls: {text} ({code}, {operation})",
        f"when others here are done, {AGAIN}"),
    (AwsError, "NO_ANSWER", "", "for a minute AWS had a fault of its own: {text} ({code}, {operation})",
        f"in a few minutes, {AGAIN}"),
)
OTHERS: tuple[Explanation, ...] = (
    (AwsError, "NEW_ROLE", "", "Lambda can't assume the role: {text}", NOT_ASSUMED),
    (NotOfferedError, "NOT_OFFERED", "", "{text}", "take another --region"),
    (AwsError, "QUOTA", "", "a quota is used up: {text} ({code})",
        "remove what nobody needs, or have Service Quotas raise it; then run the same command"),
    (AwsError, "ClientError", "", "{text} ({code}, {operation})", AGAIN),
    (AwsError, "BotoCoreError", "", "{text}", ""),
)
# fmt: on
CALLING = (*CONNECTING, *HELD, *ANSWERED, *OTHERS)
"""What people read of an error of a call: the first that fits, of whether it was not made or was answered."""
