"""`aws` commands: what the real program reads in them is what provision sends."""

import json
import shlex
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import jmespath  # type: ignore[import-untyped]  # which botocore brings

from tests.studies.commands.aws_program import NEEDED, read, words
from tests.unit.lab.by_hand.labs import LAB, whole
from wschat.lab.blueprint import FUNCTIONS
from wschat.lab.bundle import bundle
from wschat.lab.by_hand.calls import VARIABLE, calls, variable
from wschat.lab.by_hand.commands import PAUSE, WIDTH, Shell, _name, commands, pasted
from wschat.lab.chosen.choices import Choices
from wschat.lab.model.lab import AWS_IAM
from wschat.lab.plan import Step, Verb

HOSTILE = replace(
    LAB,
    authorization=AWS_IAM,
    endpoint="https://vpce-1.example/a?b=$c&d='e'",
    choices=Choices(
        boundary="arn:aws:iam::123456789012:policy/a", path="/labs/", tags=(("a b", "$HOME `x` \"y\" 'z'"),)
    ),
)
GIVEN = replace(LAB, choices=Choices(role="arn:aws:iam::123456789012:role/x/LabRole", throttle="off"))
ODD = Shell(HOSTILE, profile="my own", zips="my\\ zips")


def plain(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters as JSON has them; of a text that is JSON, what it says."""
    given: dict[str, Any] = json.loads(json.dumps(parameters, default=bytes.hex))
    texts = {name: value for name, value in given.items() if isinstance(value, str) and value[:1] == "{"}
    return given | {name: json.loads(value) for name, value in texts.items()}


def kept(parameters: object) -> dict[str, str]:
    """Return the variables that stand in parameters, each as what stands for it there."""
    text = json.dumps(parameters, ensure_ascii=False, default=bytes.hex)
    return {_name(kind, name): variable((kind, name)) for kind, name in VARIABLE.findall(text)}


CHANGED: dict[str, dict[str, Any]] = {
    "table": {"deletion_protection": True, "most_reads": 5, "ttl": "theirs", "tags": (("a", "b"),)},
    "role": {"trust": "{}", "attached": ("arn:x",), "inline": ("more",), "tags": (("a", "b"),)},
    "policy": {"document": "{}"},
    "log group": {"retention_days": 1, "deletion_protection": True},
    "function": {
        "code": "x",
        "memory": 1,
        "layers": ("arn:x",),
        "vpc_subnets": ("subnet-1",),
        "description": "x",
        "environment": (),
        "reserved_concurrency": 0,
        "urls": ("x",),
        "last_update": "Failed",
    },
    "permission": {"source": "arn:x"},
    "API": {"endpoint_disabled": True, "description": "x"},
    "integration": {"description": "x", "timeout": 50},
    "route": {"integration": "x", "authorization": AWS_IAM, "api_key": True},
    "stage": {"auto_deploy": True, "rate": 1.0, "route_settings": None},
}


def updates() -> tuple[Step, ...]:
    """Return steps that each change back much of a resource, of one of each kind."""
    first = {step.resource.kind: step.resource for step in whole(LAB)[::-1]}
    return tuple(
        Step(Verb.UPDATE, first[kind], replace(first[kind], **changed)) for kind, changed in CHANGED.items()
    )


CASES = (
    (ODD, whole(HOSTILE)),
    (Shell(GIVEN), whole(GIVEN, "function", "stage")),
    (Shell(LAB), updates()),
    (Shell(LAB), tuple(Step(Verb.DELETE, each.resource, each.resource) for each in updates())),
)
"""Shells, each with the steps that are done in it: a lab of odd letters, one with a role given, changes."""


@NEEDED
def test_what_aws_reads(tmp_path: Path) -> None:
    """It reads each parameter that provision sends, of whatever letters, and where to."""
    for each in ("zips", "my zips", ".aws"):
        (tmp_path / each).mkdir()
    (tmp_path / ".aws/config").write_text('[profile "my own"]\n')
    for spec in FUNCTIONS:
        for each in ("zips", "my zips"):
            (tmp_path / each / f"{spec.name}.zip").write_bytes(bundle(spec.module))
    typed, wanted = list[list[str]](), list[list[Any]]()
    for shell, steps in CASES:
        sent = calls(steps, shell.lab)
        commanded = (each.typed for each in commands(steps, shell) if each.call)
        typed += words(commanded, kept([each.parameters for each in sent]))
        where = shell.lab.region, shell.profile, shell.lab.endpoint
        for service, operation, parameters in (each[1:] for each in sent):
            wanted.append([service, operation.title().replace("_", ""), plain(parameters), *where])
    found = read(typed, tmp_path)
    assert [[service, name, plain(given), *rest] for service, name, given, *rest in found] == wanted


def test_a_few_to_paste() -> None:
    """A route alone looks up what it refers to, keeps its own id for its response, and quotes its key."""
    (register,) = (step for step in whole(LAB, "route") if step.resource.name == "register")
    pager, *looks, made, response = pasted([register], Shell(LAB))
    assert pager == "export AWS_PAGER=''"
    uri = LAB.invoke_arn("anna-RegisterUser")
    told = "--output text --region eu-west-1)"
    apis = "--query 'sort_by(Items[?Name==`\"anna-chatroom-websocket\"`], &CreatedDate)[:1].ApiId'"
    one = f'sort_by(Items[?IntegrationUri==`"{uri}"`], &IntegrationId)[:1].IntegrationId'
    integrations = f"--query '{one}'"
    assert [" ".join(each.replace("\\", "").split()) for each in looks] == [
        f"api=$(aws apigatewayv2 get-apis {apis} {told}",
        f'integration_registeruser=$(aws apigatewayv2 get-integrations --api-id "$api" {integrations} {told}',
    ]
    assert made.startswith('route_register=$(aws apigatewayv2 create-route --api-id "$api"')
    assert '--target integrations/"$integration_registeruser"' in made
    assert '--route-id "$route_register"' in response
    (connect,) = (step for step in whole(LAB, "route") if step.resource.name == "$connect")
    assert "--route-key '$connect'" in pasted([connect], Shell(LAB))[-1]


def test_several_of_one_name() -> None:
    """Of several APIs of one name the oldest is found, as by provision; where there is none, no id."""
    (register,) = (step for step in whole(LAB, "route") if step.resource.name == "register")
    query = shlex.split(pasted([register], Shell(LAB))[1].replace("\\\n", " "))
    asked = query[query.index("--query") + 1]
    name, created = "anna-chatroom-websocket", ("2026-02-01T00:00:00+00:00", "2026-01-31T00:00:00+00:00")
    apis = [{"Name": name, "ApiId": each[5:10], "CreatedDate": each} for each in created]
    apis.append({"Name": "other", "ApiId": "x", "CreatedDate": "2025-01-01T00:00:00+00:00"})
    assert jmespath.search(asked, {"Items": apis}) == ["01-31"]
    assert jmespath.search(asked, {"Items": apis[2:]}) == []


def test_what_goes_before_functions() -> None:
    """The zips are written before all else; on AWS, new roles are given some seconds before they are used."""
    steps = whole(LAB, "role", "function")
    typed = pasted(steps, Shell(LAB, wschat="'my wschat'", zips="z"))
    assert typed[1] == "'my wschat' zip --to z"
    first = next(number for number, each in enumerate(typed) if each.startswith("aws lambda create-function"))
    assert typed[first - 1] == PAUSE
    assert "fileb://z/Connect.zip" in typed[first]
    (one, *_) = whole(LAB, "function")
    assert pasted([one], Shell(LAB))[1] == "wschat zip Connect --to zips"
    assert PAUSE not in pasted(steps, Shell(replace(LAB, endpoint="http://127.0.0.1:1")))


def test_what_is_waited_for() -> None:
    """Whatever AWS takes its time for is waited for before the next command."""
    typed = pasted(whole(LAB, "table", "role", "function", "deployment"), Shell(LAB))
    waits = [each.split()[3] for each in typed if " wait " in each]
    assert Counter(waits) == {"table-exists": 2, "role-exists": 7, "function-active-v2": 7}
    assert typed[-1].startswith('until [ "$(aws apigatewayv2 get-deployment --api-id "$api"')


def test_lines_fit() -> None:
    """No line is longer than a terminal is wide, but for words that can't be cut."""
    lines = "\n".join(pasted(whole(), Shell(LAB))).split("\n")
    long = [line for line in lines if len(line) > WIDTH]
    assert [line for line in long if line.count("--") > 1 or '", ' in line or line.startswith("aws")] == []
