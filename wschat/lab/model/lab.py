"""One lab in one account and region: its names, ARNs and URLs, and whose a resource is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wschat.lab.attributes.answers import Unknown, sorted_tags
from wschat.lab.chosen.choices import UNDECIDED, Choices

API = "{api}"
"""Stands for the API's id, which AWS chooses."""
TAG = "wschat:lab"
"""The tag that says whose a resource is: `<region>/<prefix>`."""
OPEN, AWS_IAM = "NONE", "AWS_IAM"
"""Who may connect, as API Gateway calls it: anyone, or only whoever signs the request."""


@dataclass(frozen=True)
class Lab:
    """One lab in one account and region; `prefix` stands before all its names.

    `sockets` and `callbacks` are the base URLs, with `API` in them, at which clients connect and at which
    functions post to connections. `endpoint` is what boto3 was told to use in place of AWS, or None.
    `choices` are what was chosen for it. `authorization` says who may connect, `OPEN` or `AWS_IAM`, where no
    choice does, as in a lab from before tags kept that: it is read of the API, and no tag; None is anyone.
    Where it `adopts`, what has one of its names and no lab's tag, as things have that were made by hand,
    counts as its own.
    """

    account: str
    region: str
    prefix: str = ""
    partition: str = "aws"
    sockets: str = f"wss://{API}.example"
    callbacks: str = f"https://{API}.example"
    endpoint: str | None = None
    authorization: str | None = None
    choices: Choices = UNDECIDED
    adopts: bool = False

    @property
    def tags(self) -> dict[str, str]:
        """The tag that every resource of this lab carries. Roles are account-wide, hence the region."""
        return {TAG: f"{self.region}/{self.prefix}"}

    def manages(self, tags: Any) -> bool | None:  # noqa: ANN401
        """Tell whether tags are this lab's: a map, or a list of keys and values, or nothing.

        None if they can't be read, so that nobody knows.
        """
        pairs = dict(sorted_tags(tags))
        if pairs.get(TAG) == self.tags[TAG]:
            return True
        unclear = isinstance(tags, Unknown) or any(
            isinstance(key, Unknown) or (key == TAG and isinstance(value, Unknown))
            for key, value in pairs.items()
        )
        return None if unclear else self.adopts and TAG not in pairs

    def prefix_of(self, tags: Mapping[str, str]) -> str | None:
        """Return the prefix of the lab in this region whose tags these are; None if they are none's."""
        region, _, prefix = tags.get(TAG, "").partition("/")
        return prefix if region == self.region else None

    def name(self, name: str) -> str:
        """Return a resource's name in AWS."""
        return f"{self.prefix}{name}"

    def arn(self, service: str, resource: str) -> str:
        """Return an ARN in this account and region; IAM's have no region."""
        region = "" if service == "iam" else self.region
        return f"arn:{self.partition}:{service}:{region}:{self.account}:{resource}"

    def invoke_arn(self, function: str) -> str:
        """Return the integration URI of a function. A bare function ARN is the HTTP API's form: 500 here."""
        target = self.arn("lambda", f"function:{function}")
        path = f"lambda:path/2015-03-31/functions/{target}/invocations"
        return f"arn:{self.partition}:apigateway:{self.region}:{path}"

    def url(self, api_id: str, stage: str) -> str:
        """Return the URL that a client connects to."""
        return f"{self.sockets}/{stage}".replace(API, api_id)

    def address(self, url: str) -> tuple[str, str] | None:
        """Return the API's id and the stage that such a URL has; None if it leads somewhere else."""
        form = re.escape(self.sockets).replace(re.escape(API), "([a-z0-9]+)")
        found = re.fullmatch(f"{form}/([^/?#]+)/?", url.partition("?")[0])
        return (found[1], found[2]) if found else None
