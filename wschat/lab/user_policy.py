"""What a person needs to provision, use and remove one lab: an IAM policy as a table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wschat.errors import UsageError
from wschat.lab.blueprint import CLIENTS, FUNCTIONS, ROOMS, STAGE, log_group, role
from wschat.lab.model import Lab, canonical

LIMIT = 6_144  # characters without white space: IAM's limit for a managed policy
Arns = Callable[[Lab], list[str]]


def _tables(lab: Lab) -> list[str]:
    return [lab.arn("dynamodb", f"table/{lab.name(table)}") for table in (CLIENTS, ROOMS)]


def _roles(lab: Lab) -> list[str]:
    return [lab.arn("iam", f"role/{role(lab, spec)}") for spec in FUNCTIONS]


def _api_gateways_own(lab: Lab) -> list[str]:
    """Return the role that API Gateway makes for itself, with whatever permissions its caller has."""
    service = "ops.apigateway.amazonaws.com"
    return [lab.arn("iam", f"role/aws-service-role/{service}/AWSServiceRoleForAPIGateway")]


def _functions(lab: Lab) -> list[str]:
    return [lab.arn("lambda", f"function:{lab.name(spec.name)}") for spec in FUNCTIONS]


def _log_groups(lab: Lab) -> list[str]:
    """CloudWatch Logs asks for a group's ARN with `:*` behind it, but where tags are concerned without."""
    groups = [lab.arn("logs", f"log-group:{log_group(lab, spec)}") for spec in FUNCTIONS]
    return [f"{group}{end}" for group in groups for end in ("", ":*")]


def _everything(_lab: Lab) -> list[str]:
    return ["*"]


def _control_plane(*paths: str) -> Arns:
    """API Gateway's own ARNs have no account, and the path of the request as their resource."""
    return lambda lab: [f"arn:{lab.partition}:apigateway:{lab.region}::{path}" for path in paths]


def _handshake(lab: Lab) -> list[str]:
    return [lab.arn("execute-api", f"*/{STAGE}/$connect")]


@dataclass(frozen=True)
class Statement:
    """Actions of one service, the resources that a person needs them on, and what for.

    `on` says in words what `arns` are. `passed_to` is the one service that a role may be passed to. One that
    is not `verified` is not in AWS's Service Authorization Reference, but stands in refusals that people
    report; where AWS does not ask for it, it does no harm.
    """

    service: str
    actions: str
    on: str
    arns: Arns
    why: str
    passed_to: str | None = None
    verified: bool = True


# fmt: off
STATEMENTS = (
    Statement("dynamodb",
        "CreateTable DeleteTable DescribeTable DescribeTimeToLive ListTagsOfResource TagResource"
        " UpdateTable UpdateTimeToLive",
        "the two tables", _tables, "make, look at, mend and delete them"),
    Statement("iam",
        "CreateRole DeleteRole DeleteRolePolicy DetachRolePolicy GetRole GetRolePolicy"
        " ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies PutRolePolicy TagRole"
        " UpdateAssumeRolePolicy",
        "the seven roles", _roles, "make, look at, mend and delete them, whatever is attached by then"),
    Statement("iam", "PassRole",
        "the seven roles", _roles, "give each function its role; to Lambda alone",
        passed_to="lambda.amazonaws.com"),
    Statement("iam", "CreateServiceLinkedRole",
        "API Gateway's own role", _api_gateways_own,
        "make the first API of an account, with which API Gateway makes it"),
    Statement("lambda",
        "AddPermission CreateFunction DeleteFunction GetFunction GetPolicy ListTags RemovePermission"
        " TagResource UpdateFunctionCode UpdateFunctionConfiguration",
        "the seven functions", _functions, "make, look at, mend and delete them, and who may invoke them"),
    Statement("lambda", "GetAccountSettings",
        "`*`", _everything, "warn when few functions may run at once; it takes no ARN"),
    Statement("logs",
        "CreateLogGroup DeleteLogGroup FilterLogEvents ListTagsForResource PutRetentionPolicy TagResource",
        "the seven log groups", _log_groups, "make, look at, mend, read and delete them"),
    Statement("logs", "DescribeLogGroups",
        "`*`", _everything, "find the log groups; it takes no ARN"),
    Statement("apigateway", "GET POST",
        "`/apis`", _control_plane("/apis"), "find the API by its name; make it"),
    Statement("apigateway", "DELETE GET PATCH POST",
        "`/apis/*`", _control_plane("/apis/*"),
        "make, look at, mend and delete it and what is in it; nobody knows its id before"),
    Statement("apigateway", "PUT",
        "`/tags/*`", _control_plane("/tags/*"), "give an API or a stage a tag back that somebody removed"),
    Statement("apigateway", "POST",
        "`*/tags/*`", _control_plane("*/tags/*"),
        "make an API with tags: refusals name the tags' ARN inside of another", verified=False),
    Statement("apigateway", "TagResource",
        "`/apis`, `/apis/*`", _control_plane("/apis", "/apis/*"), "make a stage, or an API, with tags",
        verified=False),
    Statement("execute-api", "Invoke",
        "`$connect` of the stage", _handshake, "chat, where the API lets in only whom IAM allows to"),
)
# fmt: on


def user_policy(lab: Lab) -> dict[str, Any]:
    """Return the policy that a person needs for everything that can be done with one lab.

    It is made for a managed policy; the inline policies of a user, 2,048 characters together, would be too
    short for it. Whoever has it can write what the lab's roles may do, and run functions under them: it
    says what the lab needs, it is no cage.

    Taking a role out of an instance profile is not in it, because IAM would allow that of any role.
    `sts:GetCallerIdentity` needs no permission.

    Raises:
        UsageError: the names are too long: IAM takes it with prefixes of up to 32 characters everywhere.
    """
    actions: dict[tuple[Arns, str | None, bool], list[str]] = {}
    for each in STATEMENTS:
        alike = actions.setdefault((each.arns, each.passed_to, each.verified), [])
        alike += [f"{each.service}:{action}" for action in each.actions.split()]
    statements: list[dict[str, Any]] = []
    for (arns, passed_to, verified), allowed in actions.items():
        statement: dict[str, Any] = {"Effect": "Allow", "Action": allowed, "Resource": arns(lab)}
        if passed_to:
            statement["Condition"] = {"StringEquals": {"iam:PassedToService": passed_to}}
        if not verified:
            statement["Sid"] = f"Unverified{len(statements)}"
        statements.append(statement)
    policy = {"Version": "2012-10-17", "Statement": statements}
    if (size := len(canonical(policy))) > LIMIT:
        hint = "take a shorter one"
        raise UsageError(
            f"the policy would have {size} characters; IAM takes {LIMIT}", where="--prefix", hint=hint
        )
    return policy
