"""The steps of a plan as a script for bash, which says what exists, and can be run again."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from shlex import quote
from typing import TYPE_CHECKING

from wschat.lab.aws.errors import NEW_ROLE
from wschat.lab.by_hand.commands import Shell, commands
from wschat.lab.plan import Step

if TYPE_CHECKING:
    from wschat.lab.aws.cloud import Cloud

BEGINNING = r"""#!/usr/bin/env bash
# {what}
# It takes bash, `aws` and `wschat`, and the credentials of the shell that runs it. What exists it says,
# and leaves as it is: run it again if it was stopped.
set -euo pipefail
export AWS_PAGER='' AWS_CLI_AUTO_PROMPT=off AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Makes or changes something and says so, or that it exists; a new id is in $made. Lambda takes a role only
# when that is some seconds old.
make() {{
    for pause in 1 2 4 8 8 8 8 8 8 0; do
        if made=$("${{@:2}}" 2> "$folder/error"); then
            echo "$1: done"
            return
        fi
        grep -qE '{new_role}' "$folder/error" || break
        sleep "$pause"
    done
    grep -qi already "$folder/error" || failed
    echo "$1: exists"
}}

# Says that something exists, if there is an id of it.
there() {{
    [ -n "$2" ] && echo "$1: exists"
}}

# Deletes something, if it is there.
delete() {{
    if "${{@:2}}" > /dev/null 2> "$folder/error"; then
        echo "$1: done"
    else
        grep -qE 'NotFound|NoSuchEntity' "$folder/error" || failed
        echo "$1: gone"
    fi
}}

failed() {{
    cat "$folder/error" >&2
    exit 1
}}

account=$({asked})
[ "$account" = {account} ] || {{
    echo "these credentials are of account $account, the lab is in {account}" >&2
    exit 1
}}
"""

WHY = {
    "table": "What functions know of each other's events: who is connected, and who is in which room",
    "role": "As whom a function runs; the document says that Lambda may take the role",
    "policy": "What a function may do in its role, and nothing else",
    "log group": "What a function prints; a group that Lambda makes by itself keeps that for ever",
    "function": "The code, as a zip; what differs from lab to lab comes in environment variables",
    "API": "It holds the WebSockets, and chooses a route by what stands as action in a message",
    "integration": "Where routes lead: to a function, or (MOCK) to an answer of API Gateway's own",
    "route": "An action; only with a route response does an answer go back to who asked",
    "permission": "Else API Gateway may not invoke the function: Internal server error, and no log",
    "deployment": "A snapshot of routes and integrations; what came after it is not served",
    "stage": "The last part of the address; it serves a deployment, and has the throttle",
}
"""What each kind of resource is for, in a line."""


def script(steps: Iterable[Step], shell: Shell, status: str, cloud: "Cloud | None" = None) -> str:
    """Return the script; `status` is the command that looks at the lab, and `cloud` as `calls` takes it."""
    shell = replace(shell, zips='"$folder"')
    lab, made = shell.lab, list(commands(steps, shell, cloud))
    packed = dict.fromkeys(each.packed for each in made if each.packed)
    what = f"Account {lab.account}, region {lab.region}" + (f", prefix {lab.prefix}" if lab.prefix else "")
    asked = shell.aws("sts", "get-caller-identity", "--query Account", "--output text")
    parts = [BEGINNING.format(what=what, new_role=NEW_ROLE, asked=asked, account=lab.account)]
    said = dict(WHY)
    if packed:
        parts.append(f"{shell.pack(packed)}\n")
    for task, each in groupby(made, key=lambda command: command.step.resource.task):
        parts += [f"# {task.value}\n"]
        for kind, some in groupby(each, key=lambda command: command.step.resource.kind):
            why = f"# {said.pop(kind)}.\n" if kind in said else ""
            parts.append(why + "".join(f"{command.scripted}\n" for command in some))
    parts.append(f"echo {quote(f'What there is now: {status}')}")
    return "\n".join(parts)
