"""An IAM linter, AWS's own (cfn-lint), and the list of actions that it knows find nothing in the policies."""

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

from wschat.lab.blueprint import FUNCTIONS, policy
from wschat.lab.chosen.choices import Choices
from wschat.lab.model.lab import API, Lab
from wschat.lab.permissions.user_policy import boundary, prefix_of_each, user_policy

LAB = Lab(account="123456789012", region="eu-central-1")
LABS = [LAB, replace(LAB, prefix="anna-")]
BOUNDED = Choices(boundary="arn:aws:iam::123456789012:policy/x", path="/wschat/")
API_GATEWAY = "arn:aws:apigateway:eu-central-1::"
UNVERIFIED = {
    f"apigateway:POST on {API_GATEWAY}*/tags/*",
    *(f"apigateway:TagResource on {API_GATEWAY}{path}" for path in ("/apis", "/apis/*")),
}


@cache
def known() -> Any:  # noqa: ANN401
    """Return AWS's list of actions, as the linter has it, which takes a second to load."""
    from cfnlint.data import AdditionalSpecs
    from cfnlint.helpers import load_resource

    return load_resource(AdditionalSpecs, "Policies.json")


IN_NO_DATASET = {"cloudwatch:GetMetricData on *"}
"""The list has it for datasets alone: of AWS's own metrics, which are in none, it takes no ARN (inferred)."""


def findings(policies: Iterable[Any]) -> list[str]:
    """Return what the linter says of policies, each as a managed policy in a template."""
    from cfnlint.api import ManualArgs, lint

    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": {
            f"Policy{number}": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": each}}
            for number, each in enumerate(policies)
        },
    }
    every = ManualArgs(regions=["eu-central-1"], include_checks=["I"])
    return [f"{each.rule.id} {each.message}" for each in lint(json.dumps(template), config=every)]


def of_functions(lab: Lab) -> list[Any]:
    """Return the functions' policies, with an API's id in them."""
    return [json.loads(json.dumps(policy(lab, spec)).replace(API, "a1b2c3d4e5")) for spec in FUNCTIONS]


def test_linter() -> None:
    """It finds nothing in them, but in a person's an action that it does not know, labelled as unverified."""
    assert findings(each for lab in LABS for each in of_functions(lab)) == []
    assert findings([boundary(LAB)]) == []
    (found,) = findings([user_policy(LAB)])
    assert found.startswith("W3037 'tagresource' is not one")


def misplaced(document: Any) -> set[str]:  # noqa: ANN401
    """Return what is granted on a resource that the action is not about, or on `*` where an ARN would do.

    Only an action that is about no kind of resource at all belongs on `*`.
    """
    return {
        f"{action} on {resource}"
        for statement in document["Statement"]
        for resource in _listed(statement["Resource"])
        for action in statement["Action"]
        if not any(re.fullmatch(form, resource) for form in arns(action))
    }


def _listed(resources: str | list[str]) -> list[str]:
    return [resources] if isinstance(resources, str) else resources


def arns(action: str) -> list[str]:
    """Return what the ARNs look like that an action is about."""
    service, _, name = action.partition(":")
    about = known()[service]
    listed = about["Actions"].get(name.lower())
    if listed is None:
        return []
    formats = [
        form
        for kind in listed.get("Resources", ())
        for form in about["Resources"][kind.lower()]["ARNFormats"]
    ]
    return [re.sub(r"\$\{\w+}", "[^:]*", form) for form in formats] or [r"\*"]


def test_every_grant_is_in_its_place() -> None:
    """AWS's own list has each action for each resource that it is granted on, but for what is labelled."""
    for lab in LABS:
        for document in of_functions(lab):
            assert misplaced(document) == set()
        assert misplaced(user_policy(lab)) == UNVERIFIED | IN_NO_DATASET
    assert (
        misplaced(user_policy(replace(LAB, prefix=prefix_of_each(), choices=BOUNDED)))
        == UNVERIFIED | IN_NO_DATASET
    )
