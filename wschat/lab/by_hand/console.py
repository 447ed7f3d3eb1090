"""Resources as somebody enters them in the AWS console: where to click, and every value, as its forms ask.

The forms are those that AWS's own guides describe (API Gateway Developer Guide, "Develop WebSocket APIs"; IAM
User Guide, "Create a role using custom trust policies"; the guides of DynamoDB, Lambda, CloudWatch Logs).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from string import Formatter
from textwrap import indent
from typing import Any

from wschat.lab.aws.roles import POLICY_NAME
from wschat.lab.blueprint import STAGE
from wschat.lab.model.lab import API, Lab
from wschat.lab.model.resource import Resource

API_ID = "API_ID"
"""What is shown for the API's id where that is not known."""
Fields = tuple[tuple[str, str], ...]
GATEWAY = "API Gateway → APIs → the API"
FUNCTION = "Lambda → Functions → {name}"

# fmt: off
FORMS: Mapping[str, tuple[tuple[str, Fields], ...]] = {
    "table": (
        ("DynamoDB → Tables → Create table", (
            ("Table name", "{name}"),
            ("Partition key", "{partition_key}, of type String; there is no sort key"),
            ("Table settings", "the default ones, with the capacity mode {billing}"),
            ("Tags", "{tags}"),
        )),
        ("DynamoDB → Tables → {name} → Additional settings → Time to Live (TTL)", (
            ("TTL attribute name", "{ttl}"),
        )),
    ),
    "role": (
        ("IAM → Roles → Create role → Custom trust policy", (
            ("Custom trust policy", "{trust}"),
            ("Permissions boundary, on the next page", "{boundary}"),
            ("Role name", "{name}"),
            ("Tags", "{tags}"),
        )),
    ),
    "policy": (
        ("IAM → Roles → {name} → Permissions → Add permissions → Create inline policy → JSON", (
            ("Policy editor", "{document}"),
            ("Policy name, on the next page", POLICY_NAME),
        )),
    ),
    "log group": (
        ("CloudWatch → Log groups → Create log group", (
            ("Log group name", "{name}"),
            ("Retention", "{retention_days} days"),
            ("Tags", "{tags}"),
        )),
    ),
    "function": (
        ("Lambda → Functions → Create function → Author from scratch", (
            ("Function name", "{name}"),
            ("Runtime", "{runtime}"),
            ("Architecture", "{architecture}"),
            ("Execution role", "the existing role {role}"),
        )),
        (f"{FUNCTION} → Code → Upload from → .zip file", (
            ("Upload", "{zip}, which has the hash {code}"),
        )),
        (f"{FUNCTION} → Code → Runtime settings → Edit", (("Handler", "{handler}"),)),
        (f"{FUNCTION} → Configuration → General configuration → Edit", (
            ("Memory", "{memory} MB"),
            ("Timeout", "{timeout} s"),
        )),
        (f"{FUNCTION} → Configuration → Environment variables → Edit", (("Variables", "{environment}"),)),
        (f"{FUNCTION} → Configuration → Tags", (("Tags", "{tags}"),)),
    ),
    "permission": (
        ("Lambda → Functions → {function} → Configuration → Permissions → Add permissions → AWS service", (
            ("Service", "API Gateway"),
            ("Statement ID", "{statement}, or any other"),
            ("Principal", "{principal}"),
            ("Source ARN", "{source}"),
            ("Action", "{action}"),
        )),
    ),
    "API": (
        ("API Gateway → APIs → Create API → {protocol} API → Build", (
            ("API name", "{title}"),
            ("Route selection expression", "{selection}"),
            ("Then", "Create blank API"),
        )),
        (f"{GATEWAY} → Tags", (("Tags", "{tags}"),)),
    ),
    "integration": (
        (f"{GATEWAY} → Routes → the route → Integration request → Edit", (
            ("Integration type", "{type}"),
            ("Lambda function", "{uri}"),
            ("Template selection expression, and under it a template of that key", "{request}"),
        )),
        (f"{GATEWAY} → Routes → the route → Integration request → Create integration response", (
            ("Response key, template selection expression, and a template of that key", "{answer}"),
        )),
    ),
    "route": (
        (f"{GATEWAY} → Routes → Create route", (
            ("Route key", "{name}"),
            ("Integration", "that of {integration}"),
        )),
        (f"{GATEWAY} → Routes → {{name}} → Route request → Edit", (("Authorization", "{authorization}"),)),
        (f"{GATEWAY} → Routes → {{name}}", (("Enable two-way communication", "{two_way}"),)),
    ),
    "deployment": (
        (f"{GATEWAY} → Routes → Deploy API", (
            ("Stage", f"{STAGE}; New stage, the first time"),
            ("Deployment description", "{name}"),
        )),
    ),
    "stage": (
        (f"{GATEWAY} → Stages → {{name}}: Deploy API has made it, or moved it to the new deployment", (
            ("Deployment", "the one with the description {deployment}"),
        )),
        (f"{GATEWAY} → Stages → {{name}} → Edit", (
            ("Rate", "{rate} requests a second"),
            ("Burst", "{burst} requests"),
        )),
        (f"{GATEWAY} → Stages → {{name}} → Tags", (("Tags", "{tags}"),)),
    ),
}
# fmt: on
"""Of each kind the places, in their order, and what is entered there: the label, and what of the resource."""
BY_ITSELF: Mapping[str, Mapping[str, str]] = {
    "function": {"log_group": "the log group, which has the function's name", "state": "", "last_update": ""},
    "integration": {"method": "the method, which is POST for a function", "timeout": "the timeout of 29 s"},
}
"""What is as it should be by itself, if nobody changes it, and what it is if the console shows it."""
NOT_ASKED: Mapping[str, frozenset[str]] = {
    "API": frozenset({"description"}),
    "integration": frozenset({"description"}),
}
"""What only wschat tells resources by: nobody has to enter it."""
ONLY_AWS: Mapping[str, Mapping[str, str]] = {
    "role": {"path": "path"},
    "stage": {"route_settings": "throttle of single routes"},
}
"""What AWS's guides tell to set with `aws`, and not in the console."""
IN_WORDS = {
    "PAY_PER_REQUEST": "On-demand",
    "AWS_PROXY": "Lambda, with Lambda proxy integration",
    "MOCK": "Mock",
    "AWS_IAM": "AWS IAM",
    "WEBSOCKET": "WebSocket",
    "python3.13": "Python 3.13",
    True: "on",
}


@dataclass(frozen=True)
class Page:
    """A place in the console, and what is entered there: labels and Markdown, in the form's order."""

    place: str
    entries: Fields


def pages(resource: Resource, lab: Lab, api_id: str = API_ID, zips: str = "zips") -> list[Page]:
    """Return where a resource is made by hand, and what is entered; `zips` is the folder of the zips.

    What AWS has by itself as it should be is not entered.
    """
    zipped = f"{zips}/{resource.name.removeprefix(lab.prefix)}.zip"
    plain = {"name": resource.name, "zip": zipped, **shown(resource, api_id)}
    marked = {name: _marked(value) for name, value in plain.items()}
    found = list[Page]()
    for place, form in FORMS[resource.kind]:
        entries = [(label, text) for label, text in form if names_in(text) <= plain.keys()]
        if any(names_in(text) for _, text in entries):
            shaped = tuple((label, text.format(**marked)) for label, text in entries)
            found.append(Page(place.format(**plain), shaped))
    return found


def shown(resource: Resource, api_id: str = API_ID) -> dict[str, str]:
    """Return the attributes that are not as AWS has them by itself, by name, as the console shows them."""
    known = resource.defaults()
    by_itself = {name: known[name] for name in resource.parameters()}
    values = {each.name: getattr(resource, each.name) for each in fields(resource) if each.compare}
    if resource.names_api:
        values[resource.names_api] = values[resource.names_api].replace(API, api_id)
    return {
        name: _text(name, value)
        for name, value in values.items()
        if value is not False and value not in (None, (), "", by_itself.get(name))
    }


def aside(resource: Resource) -> list[str]:
    """Return what else there is to know of a resource in the console, a sentence each."""
    given, kind = shown(resource), resource.kind
    alone = [f"the {what}" for name, what in ONLY_AWS.get(kind, {}).items() if name in given]
    by_itself = [what for name, what in BY_ITSELF.get(kind, {}).items() if name in given and what]
    return [
        *(f"The console does not set {what}: `aws` does, with the command of this step." for what in alone),
        *(f"Leave {what}, as the console has it." for what in by_itself),
    ]


def markdown(resource: Resource, lab: Lab, api_id: str = API_ID, zips: str = "zips") -> str:
    """Return all of it as Markdown."""
    parts = [f"**{resource.kind} {resource.name}**"]
    for page in pages(resource, lab, api_id, zips):
        parts.append(f"{page.place}:")
        parts.append("\n".join(f"- {label}: {text}" for label, text in page.entries))
    return "\n\n".join((*parts, *aside(resource)))


def names_in(text: str) -> set[str]:
    """Return the names that a text is to be filled with."""
    return {name for _, name, *_ in Formatter().parse(text) if name}


def _text(name: str, value: Any) -> str:  # noqa: ANN401  an attribute's
    """Return a value as the console shows it."""
    if name == "uri":
        return str(value).rpartition("function:")[2].partition("/")[0]
    if isinstance(value, tuple):
        return "\n".join(" = ".join(each) if isinstance(each, tuple) else str(each) for each in value)
    if isinstance(value, str) and value.startswith("{"):
        return json.dumps(json.loads(value), indent=2)
    return IN_WORDS.get(value, f"{value:g}" if isinstance(value, float) else str(value))


def _marked(value: str) -> str:
    """Return a value in Markdown, one of many lines as a block of a list."""
    return f"`{value}`" if "\n" not in value else "\n\n" + indent(f"```\n{value}\n```", "  ")
