"""What people call the attributes of resources, and what to do where one is wrong: a table, kind by kind."""

from collections.abc import Iterator, Mapping

from wschat.lab.attributes import wording
from wschat.lab.model.resource import Resource

ANEW = "so delete it and make it anew"

# fmt: off
WORDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "table": {
        "partition_key": ("the key",
            "DynamoDB can't change a key, so delete the table and make it anew"),
        "ttl": ("the attribute of the time to live",
            "Additional settings → Time to Live (TTL): turn it on for that attribute"),
        "billing": ("the capacity mode",
            "Additional settings → Read/write capacity → Edit: on-demand is PAY_PER_REQUEST"),
        "deletion_protection": ("deletion protection",
            "Additional settings → Deletion protection: turn it off"),
        "most_reads": ("the most reads a second", "Additional settings → Read/write capacity: no maximum"),
        "most_writes": ("the most writes a second", "Additional settings → Read/write capacity: no maximum"),
        "status": ("the status", "AWS says that nobody can use it: look at it in the console"),
        "kms_key": ("the key that encrypts it", "Additional settings → Encryption: Owned by Amazon DynamoDB"),
        "replicas": ("where it has replicas", "Global tables: delete the replicas"),
    },
    "role": {
        "trust": ("who may take it on", "Trust relationships → Edit trust policy"),
        "path": ("the path",
            ("a role's path can't be changed (Lambda's console puts the roles that it makes under"
            " /service-role/), so delete it and make it in IAM's console, or with `aws iam create-role`")),
        "boundary": ("the permissions boundary", "Permissions → Permissions boundary: ask who set it"),
        "attached": ("what is attached to it", "Permissions → the policy → Remove"),
        "inline": ("what stands beside `access`",
            ("the lab's policy is called `access`, and is the only one: delete the others, or make it by"
            " that name")),
    },
    "policy": {"document": ("it", "Permissions → access → Edit")},
    "log group": {
        "retention_days": ("the time that it keeps lines",
            "Actions → Edit retention setting: Lambda itself makes a group that keeps them for ever"),
        "deletion_protection": ("deletion protection", "Actions → Edit deletion protection: off"),
        "log_class": ("the log class", f"it can't be changed, {ANEW}"),
        "kms_key": ("the key that encrypts it", "`aws logs disassociate-kms-key` ends that"),
    },
    "function": {
        "role": ("the role",
            ("Configuration → Permissions → Execution role → Edit: an existing role; if that was"
            " deleted and made anew, choose another one, save, and choose it again")),
        "handler": ("the handler", "Code → Runtime settings → Edit"),
        "code": ("the hash of its code",
            ("Code → Upload from → .zip file: the one that wschat writes; zipped anew, the same files have"
            " another")),
        "runtime": ("the runtime", "Code → Runtime settings → Edit"),
        "architecture": ("the architecture", "Code → Runtime settings → Edit"),
        "memory": ("the memory", "Configuration → General configuration → Edit"),
        "timeout": ("the timeout", "Configuration → General configuration → Edit"),
        "environment": ("in its environment", "Configuration → Environment variables → Edit"),
        "log_group": ("the log group that it writes to",
            "Configuration → Monitoring → Logging configuration"),
        "log_format": ("the format of its log", "Configuration → Monitoring → Logging configuration"),
        "description": ("the description", "Configuration → General configuration → Edit"),
        "layers": ("the list of layers", "Code → Layers → Edit: remove them"),
        "vpc_subnets": ("the list of its VPC's subnets", "Configuration → VPC → Edit: none"),
        "vpc_security_groups": ("the list of its VPC's security groups", "Configuration → VPC → Edit: none"),
        "file_systems": ("the list of file systems", "Configuration → File systems: remove them"),
        "dead_letters": ("the dead-letter queue",
            "Configuration → Asynchronous invocation → Edit: none"),
        "kms_key": ("the key that encrypts its environment",
            "Configuration → Environment variables → Edit → Encryption: the default"),
        "tracing": ("tracing", "Configuration → Monitoring → Edit: X-Ray off"),
        "storage": ("the ephemeral storage", "Configuration → General configuration → Edit"),
        "snap_start": ("SnapStart", "Configuration → General configuration → Edit"),
        "reserved_concurrency": ("the reserved concurrency",
            "Configuration → Concurrency → Edit: unreserved; of 0, which Throttle sets, it never runs"),
        "urls": ("the list of function URLs", "Configuration → Function URL: delete it"),
        "event_sources": ("the list of event sources",
            "Configuration → Triggers: ask who made it, or delete it"),
        "state": ("the state", f"AWS could not make it, {ANEW}"),
        "last_update": ("the last update", "AWS could not carry it out: make the change once more"),
    },
    "permission": {
        "source": ("the source ARN",
            ("Configuration → Permissions → Resource-based policy statements → Edit: an"
            " API's ARN has the API's id, the stage or *, and the route's key, and no more")),
        "principal": ("who may call it",
            "Configuration → Permissions → Resource-based policy statements → Edit"),
        "action": ("the action", "Configuration → Permissions → Resource-based policy statements → Edit"),
        "function": ("the function", "make the statement in that function's policy"),
    },
    "API": {
        "title": ("the name", "API settings → Edit"),
        "selection": ("the route selection expression",
            "API settings → Edit; in a shell it stands in single quotes, or the shell takes $request away"),
        "protocol": ("the protocol", f"it can't be changed, {ANEW}, as a WebSocket API"),
        "endpoint_disabled": ("the default endpoint disabled", "API settings → Default endpoint: active"),
    },
    "integration": {
        "type": ("the type",
            "Integration request → Edit: Lambda function with proxy integration is AWS_PROXY"),
        "uri": ("the URI",
            ("Integration request → Edit: it is the invoke ARN, which ends in /invocations, not the"
            " function's own")),
        "method": ("the method",
            "`aws apigatewayv2 update-integration --integration-method`: Lambda takes POST"),
        "request": ("the request template, and what selects it", "Integration request → Edit"),
        "answer": ("the integration response (key, selection, template)", "Integration response → Edit"),
        "timeout": ("the timeout", "Integration request → Edit"),
        "credentials": ("the role that it takes on",
            "Integration request → Edit: none, the function permits it"),
        "content_handling": ("the content handling", f"it can't be taken away again, {ANEW}"),
    },
    "route": {
        "name": ("the key",
            ("delete the route and make it anew, or `aws apigatewayv2 update-route --route-key`;"
            " in a shell it stands in single quotes, or the shell takes $connect away")),
        "integration": ("the integration that it leads to", "Integration request → Edit"),
        "two_way": ("two-way communication",
            ("Route response → Enable two-way communication; where nothing is to be answered, delete the"
            " response")),
        "authorization": ("the authorization", "Route request → Edit"),
        "api_key": ("an API key asked for", "Route request → Edit: API key required off"),
        "request_models": ("what messages must fit", f"they can't be taken away again, {ANEW}"),
        "request_parameters": ("the list of request parameters", f"they can't be taken away again, {ANEW}"),
    },
    "deployment": {
        "name": ("the description, or without one the id,",
            ("deploy the API once more, and give this as the deployment's description: it"
            " is a digest of the routes so far, so it tells that they are all served")),
        "pending": ("still pending", "AWS is at it: look again in a minute"),
    },
    "stage": {
        "name": ("the name", "make a stage of this name, and delete the other"),
        "deployment": ("the deployment that it serves",
            "Deploy API → the stage: what is not deployed is not served"),
        "auto_deploy": ("automatic deployment", "`aws apigatewayv2 update-stage --no-auto-deploy`"),
        "rate": ("the throttling rate", "Stages → Default route throttling → Edit"),
        "burst": ("the throttling burst", "Stages → Default route throttling → Edit"),
        "logging": ("the logging level", "Stages → Logs and tracing → Edit: off"),
        "data_trace": ("data tracing", "Stages → Logs and tracing → Edit: off"),
        "metrics": ("detailed metrics", "Stages → Logs and tracing → Edit: off"),
        "route_settings": ("the throttling of single routes",
            "Stages → Route throttling → Edit, for each route"),
    },
}
"""Of each attribute of each kind what it is called, and where to change it, in the console if not said."""

MISSING: Mapping[str, str] = {
    "table": "there is no table of this name in this region, in just these letters",
    "role": "there is no role of this name, in just these letters",
    "policy": "the role has no inline policy `access`",
    "log group": "there is no log group of this name; Lambda makes it at the first call, to keep it for ever",
    "function": "there is no function of this name in this region, in just these letters",
    "permission": "API Gateway may not call the function for this route: the function's policy has no"
        " such statement",
    "API": "there is no API of this name in this region, in just these letters",
    "integration": "the API has none for this; the console makes it with a route",
    "route": "the API has no such route",
    "deployment": "nothing is deployed, so nobody can connect",
    "stage": "the API has no such stage, so there is no URL",
}
"""Of each kind what it means that one is missing."""
# fmt: on
DEPLOYED, DEPLOY = {"route", "integration"}, "; and then deploy the API again"
OUTDATED = "it was there when a route was wrong or missing, and nobody can see what it holds"
DEPLOY_AGAIN = "deploy the API once more, with the same description"
TWICE = "there is another API of this name: delete one of them (its id is {})"
THEIRS = "it belongs to another lab, by its tag: take another --prefix"
UNKNOWN = "whose it is can't be seen, so look into the console"


def said(wanted: Resource, attribute: str, should: object, found: object) -> Iterator[str]:
    """Yield what is wrong with an attribute, in a sentence, or in several of a policy or an environment."""
    name, _ = WORDS[wanted.kind][attribute]
    for line in wording.differences(should, found, wanted.units.get(attribute, ""), quote="`"):
        yield f"{name} {line}"


def mend(kind: str, attribute: str) -> str:
    """Return what to do about an attribute that is wrong; what is deployed has to be so again."""
    return WORDS[kind][attribute][1] + (DEPLOY if kind in DEPLOYED else "")
