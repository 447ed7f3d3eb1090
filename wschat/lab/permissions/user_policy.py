"""What a person, or each of a class, needs for a lab: an IAM policy as a table; and their roles' boundary."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from wschat.errors import UsageError
from wschat.lab.aws.log_groups import log_group_of
from wschat.lab.blueprint import CLIENTS, FUNCTIONS, ROOMS, STAGE, policy, role
from wschat.lab.model.lab import API, Lab
from wschat.lab.model.resource import canonical

LIMIT = 6_144  # characters without white space: IAM's limit for a managed policy
VERSION = "2012-10-17"
"""Of policies; older ones know no variables."""
TAG_KEY = r"[\w .:/=+@-]{1,128}"
BOUNDED_PATH = "/wschat/"
"""Where roles under a boundary stand, unless another path is given.

A role is passed by its ARN alone: no condition asks for its boundary. So nobody may put a role without one
below that path.
"""


def prefix_of_each(tag: str | None = None) -> str:
    """Return the prefix that stands for everybody's own: their IAM user's name and `-`, or a tag of theirs.

    Raises:
        UsageError: it is no key of a tag.
    """
    if tag is None:
        return "${aws:username}-"
    if not re.fullmatch(TAG_KEY, tag) or tag.lower().startswith("aws:"):
        hint = "use letters, digits, blanks and _ . : / = + - @, such as --principal-tag wschat"
        raise UsageError(f"{tag!r} is no key of a tag", where="--principal-tag", hint=hint)
    return f"${{aws:PrincipalTag/{tag}}}-"


def resources(lab: Lab) -> dict[str, list[str]]:
    """Return the ARNs that the words in `Statement.on` stand for.

    API Gateway's own ARNs have no account, and the path of the request as their resource. CloudWatch Logs
    asks for a group's ARN with `:*` behind it, but where tags are concerned without. IAM can't know the path
    of a role that is not there. With a prefix, which makes names one's own, a `*` stands for several names,
    so that the policy stays short: in a role's only under a boundary and below a path, since whoever may
    write its policy may do what that says; and then not in a function's, since whoever may change its code
    may do what its role may, which somebody else gave it. API Gateway makes a role for itself, with whatever
    permissions its caller has.
    """
    bounded = bool(lab.prefix and lab.choices.boundary and lab.choices.path)
    gateway = f"arn:{lab.partition}:apigateway:{lab.region}::"
    own_role = "role/aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway"
    groups = [lab.arn("logs", f"log-group:{log_group_of(lab.name(spec.name))}") for spec in FUNCTIONS]
    own = ["*"] if lab.prefix else [spec.name for spec in FUNCTIONS]
    named = [spec.name for spec in FUNCTIONS] if bounded else own
    roles = [f"{lab.prefix}*Role"] if bounded else [role(lab, spec) for spec in FUNCTIONS]
    at = [lab.arn("iam", f"role{lab.choices.path or '/'}{each}") for each in roles]
    return {
        "the two tables": [lab.arn("dynamodb", f"table/{lab.name(table)}") for table in (CLIENTS, ROOMS)],
        "the seven roles": at,
        "what has the roles' names": [
            *dict.fromkeys([*at, *(lab.arn("iam", f"role/{each}") for each in roles)])
        ],
        "users and roles": [lab.arn("iam", each) for each in ("user/*", "role/*")],
        "API Gateway's own role": [lab.arn("iam", own_role)],
        "the seven functions": [lab.arn("lambda", f"function:{lab.name(name)}") for name in named],
        "functions of one's own": [lab.arn("lambda", f"function:{lab.name(name)}") for name in own],
        "event sources of the seven functions": [lab.arn("lambda", "event-source-mapping:*")],
        "the seven log groups": [
            f"{each}{end}" for each in groups for end in (["*"] if lab.prefix else ["", ":*"])
        ],
        "`*`": ["*"],
        "`/apis`": [f"{gateway}/apis"],
        "`/apis/*`": [f"{gateway}/apis/*"],
        "`/apis`, `/apis/*`": [f"{gateway}/apis", f"{gateway}/apis/*"],
        "`/tags/*`": [f"{gateway}/tags/*"],
        "`*/tags/*`": [f"{gateway}*/tags/*"],
        "`$connect` of the stage": [lab.arn("execute-api", f"*/{STAGE}/$connect")],
    }


@dataclass(frozen=True)
class Statement:
    """Actions of one service, the `resources` that a person needs them on, and what for.

    `only` is a condition: an operator, a key, and a value or the words of `resources`. One that is `bounded`
    is granted on roles under the boundary alone, where there is to be one. One that is not `verified` is not
    in AWS's Service Authorization Reference, but stands in refusals that people report; where AWS does not
    ask for it, it does no harm.
    """

    service: str
    actions: str
    on: str
    why: str
    only: tuple[str, str, str] | None = None
    verified: bool = True
    bounded: bool = False


# fmt: off
STATEMENTS = (
    Statement("dynamodb",
        "CreateTable DeleteTable DescribeTable DescribeTimeToLive ListTagsOfResource TagResource"
        " UpdateTable UpdateTimeToLive",
        "the two tables", "make, look at, mend and delete them"),
    Statement("dynamodb", "Scan",
        "the two tables", "see, while one learns, what is in them"),
    Statement("iam",
        "DeleteRole DeleteRolePolicy DetachRolePolicy GetRolePolicy ListAttachedRolePolicies"
        " ListInstanceProfilesForRole ListRolePolicies TagRole UpdateAssumeRolePolicy",
        "the seven roles", "look at, mend and delete them, whatever is attached by then"),
    Statement("iam", "GetRole",
        "what has the roles' names", "see whether they are there; one that is not has no path"),
    Statement("iam", "CreateRole PutRolePolicy",
        "the seven roles", "make them, and say what they may do", bounded=True),
    Statement("iam", "PassRole",
        "the seven roles", "give each function its role; to Lambda alone",
        ("StringEquals", "iam:PassedToService", "lambda.amazonaws.com")),
    Statement("iam", "CreateServiceLinkedRole",
        "API Gateway's own role", "make the first API of an account, with which API Gateway makes it"),
    Statement("lambda",
        "AddPermission CreateFunction DeleteFunction DeleteFunctionConcurrency DeleteFunctionUrlConfig"
        " GetFunction GetPolicy ListFunctionUrlConfigs ListTags RemovePermission TagResource"
        " UpdateFunctionCode UpdateFunctionConfiguration",
        "the seven functions", "make, look at, mend and delete them, and who may invoke them"),
    Statement("lambda", "InvokeFunction",
        "the seven functions", "see, while one learns, what they answer"),
    Statement("iam", "SimulatePrincipalPolicy",
        "users and roles", "ask before the first write what AWS would refuse whoever asks"),
    Statement("cloudwatch", "GetMetricData",
        "`*`", "find the cause of what does not work: calls that failed or were throttled; it takes no ARN"),
    Statement("iam", "GetAccountSummary",
        "`*`", "find the cause of what does not work: a quota of roles that is used up; it takes no ARN"),
    Statement("lambda", "GetAccountSettings",
        "`*`", "warn when few functions may run at once; it takes no ARN"),
    Statement("lambda", "ListEventSourceMappings",
        "`*`", "see what else calls the functions; it takes no ARN"),
    Statement("lambda", "DeleteEventSourceMapping",
        "event sources of the seven functions", "tear down a function that somebody gave one",
        ("ArnLike", "lambda:FunctionArn", "functions of one's own")),
    Statement("logs",
        "CreateLogGroup DeleteLogGroup FilterLogEvents ListTagsForResource PutLogGroupDeletionProtection"
        " PutRetentionPolicy TagResource",
        "the seven log groups", "make, look at, mend, read and delete them"),
    Statement("logs", "DescribeLogGroups",
        "`*`", "find the log groups; it takes no ARN"),
    Statement("apigateway", "GET POST",
        "`/apis`", "find the API by its name; make it"),
    Statement("apigateway", "DELETE GET PATCH POST",
        "`/apis/*`", "make, look at, mend and delete it and what is in it; nobody knows its id before"),
    Statement("apigateway", "PUT",
        "`/tags/*`", "give an API or a stage a tag back that somebody removed"),
    Statement("apigateway", "POST",
        "`*/tags/*`", "make an API with tags: refusals name the tags' ARN inside of another", verified=False),
    Statement("apigateway", "TagResource",
        "`/apis`, `/apis/*`", "make a stage, or an API, with tags", verified=False),
    Statement("execute-api", "Invoke",
        "`$connect` of the stage", "chat, where the API lets in only whom IAM allows to"),
)
# fmt: on


def user_policy(lab: Lab) -> dict[str, Any]:
    """Return the policy that a person needs for everything that can be done with one lab.

    It is made for a managed policy; the inline policies of a user, 2,048 characters together, would be too
    short for it. Whoever has it can write what the lab's roles may do, and run functions under them: without
    a boundary it says what the lab needs, and is no cage. With the prefix of `prefix_of_each` it is for all.

    Taking a role out of an instance profile is not in it, because IAM would allow that of any role; nor is
    anything that changes a boundary or a managed policy. `sts:GetCallerIdentity` needs no permission.

    Raises:
        UsageError: the names are too long: IAM takes it with prefixes of up to 32 characters everywhere.
    """
    statements, arns = dict[tuple[object, ...], dict[str, Any]](), resources(lab)
    for each in STATEMENTS:
        statement: dict[str, Any] = {"Effect": "Allow", "Action": [], "Resource": arns[each.on]}
        only = each.only
        if each.bounded and lab.choices.boundary:
            only = ("StringEquals", "iam:PermissionsBoundary", lab.choices.boundary)
        if only:
            operator, key, value = only
            statement["Condition"] = {operator: {key: arns.get(value, value)}}
        if not each.verified:
            statement["Sid"] = f"Unverified{len(statements)}"
        alike = statements.setdefault((*statement["Resource"], only, each.verified), statement)
        alike["Action"] += [f"{each.service}:{action}" for action in each.actions.split()]
    return _short_enough(statements.values(), lab)


def boundary(lab: Lab) -> dict[str, Any]:
    """Return the most that a function's role may ever do, whatever its policy says: a permissions boundary.

    Without a prefix it is for the roles of all labs of the account and region, each of which it lets at the
    tables and connections of all others.
    """
    every, actions = replace(lab, prefix=lab.prefix or "*"), dict[str, set[str]]()
    for spec in FUNCTIONS:
        for each in policy(every, spec)["Statement"]:
            actions.setdefault(each["Resource"].replace(API, "*"), set()).update(each["Action"])
    alike = dict[tuple[str, ...], list[str]]()
    for resource, allowed in actions.items():
        alike.setdefault(tuple(sorted(allowed)), []).append(resource)
    statements = ({"Effect": "Allow", "Action": [*allowed], "Resource": on} for allowed, on in alike.items())
    return _short_enough(statements, lab)


def _short_enough(statements: Iterable[dict[str, Any]], lab: Lab) -> dict[str, Any]:
    document = {"Version": VERSION, "Statement": list(statements)}
    if (size := len(canonical(document))) > LIMIT:
        told = f"the policy would have {size} characters; IAM takes {LIMIT}"
        hint = "take a shorter prefix, path or key of a tag"
        if not lab.prefix:
            hint = "give a prefix, such as --prefix anna-: names that begin alike take less room"
        raise UsageError(told, where="--prefix", hint=hint)
    return document
