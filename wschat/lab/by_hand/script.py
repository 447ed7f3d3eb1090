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


def script(steps: Iterable[Step], shell: Shell, status: str, cloud: "Cloud | None" = None) -> str:
    """Return the script; `status` is the command that looks at the lab, and `cloud` as `calls` takes it."""
    shell = replace(shell, zips='"$folder"')
    lab, made = shell.lab, list(commands(steps, shell, cloud))
    packed = dict.fromkeys(each.packed for each in made if each.packed)
    what = f"Account {lab.account}, region {lab.region}" + (f", prefix {lab.prefix}" if lab.prefix else "")
    asked = shell.aws("sts", "get-caller-identity", "--query Account", "--output text")
    parts = [BEGINNING.format(what=what, new_role=NEW_ROLE, asked=asked, account=lab.account)]
    if packed:
        parts.append(f"{shell.pack(packed)}\n")
    for task, each in groupby(made, key=lambda command: command.step.resource.task):
        parts += [f"# {task.value}\n", "".join(f"{command.scripted}\n" for command in each)]
    parts.append(f"echo {quote(f'What there is now: {status}')}")
    return "\n".join(parts)
