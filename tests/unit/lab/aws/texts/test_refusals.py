"""Refusals of accounts that are not one's own, in AWS's words, and the way out that is named."""

import pytest
from botocore.exceptions import ClientError

from wschat.errors import AccessError
from wschat.lab.aws.errors import translated
from wschat.lab.aws.texts.explanations import ASK
from wschat.lab.aws.texts.refusals import (
    ACCOUNTS,
    BOUNDARY,
    DEMANDS,
    LOCAL,
    NO_PASSING,
    NO_ROLES,
    ORGANIZATION,
    OWN_BOUNDARY,
    PERHAPS_TAGS,
    REGIONS,
    START,
    TAGS,
    UNSEEN,
)

LAB = "User: arn:aws:sts::1:assumed-role/voclabs/user1=Ann is not authorized to perform: "
ANN = "User: arn:aws:iam::1:user/ann is not authorized to perform: "
MAKE = "iam:CreateRole on resource: arn:aws:iam::1:role/ConnectRole "
API = "apigateway:POST on resource: arn:aws:apigateway:us-west-2::/apis "
SOMEWHERE = "dynamodb:DescribeTable on resource: arn:aws:dynamodb:{}:1:table/x "
NONE = "because no identity-based policy allows the action"
IDENTITY = "with an explicit deny in an identity-based policy"
ROLE = "arn:aws:iam::1:role/x"
BOUND = "arn:aws:iam::1:policy/Bound"
WORDS = (
    (f"{LAB}iam:GetRole on resource: role x {IDENTITY}: arn:aws:iam::1:policy/voc-cancel-cred", START),
    (f"{LAB}{MAKE}{NONE}", NO_ROLES.format("LabRole")),
    (f"{LAB}{API}{NONE}", LOCAL),
    (f"{LAB}{SOMEWHERE.format('eu-west-1')}{IDENTITY}", f"a Learner Lab has the regions {REGIONS} alone"),
    (f"{LAB}{SOMEWHERE.format('us-west-2')}{NONE}", ASK),
    (f"{ANN}{MAKE}with an explicit deny in a permissions boundary: {BOUND}", OWN_BOUNDARY.format(BOUND)),
    (f"{ANN}{MAKE}because no permissions boundary allows the iam:CreateRole action", BOUNDARY),
    (f"{ANN}{MAKE}{IDENTITY}: arn:aws:iam::1:policy/require-boundary", BOUNDARY),
    (f"{ANN}{MAKE}{NONE}", DEMANDS),
    (f"{ANN}{MAKE}with an explicit deny in a service control policy", DEMANDS),
    (f"{ANN}iam:PassRole on resource: {ROLE} {NONE}", NO_PASSING.format(ROLE)),
    (f"{ANN}iam:GetRole on resource: role x {NONE}", UNSEEN),
    (f"{ANN}{SOMEWHERE.format('eu-west-1')}with an explicit deny in a service control policy", ORGANIZATION),
    ("The tag policy does not allow the specified value for the following tag key: 'team'", TAGS),
    (f"{ANN}dynamodb:CreateTable on resource: arn:aws:dynamodb:us-east-1:1:table/x {IDENTITY}", PERHAPS_TAGS),
    (f"{ANN}lambda:ListTags on resource: arn:aws:lambda:us-east-1:1:function:x {IDENTITY}", ASK),
)  # fmt: skip


@pytest.mark.parametrize(("text", "hint"), WORDS)
def test_way_out(text: str, hint: str) -> None:
    """Whatever the service's code for it, the way out is the first that fits the words."""
    error = ClientError({"Error": {"Code": "AccessDeniedException", "Message": text}}, "Call")
    with pytest.raises(AccessError) as told, translated("somewhere"):
        raise error
    assert told.value.hint.startswith(hint)


def test_each_row_is_met() -> None:
    """No row of the table stands behind another that takes all of its refusals."""
    met = {hint for _, hint in WORDS}
    rows = [hint.format(BOUND if hint is OWN_BOUNDARY else ROLE) for *_, hint in ACCOUNTS]
    assert [hint for hint in rows if not hint.startswith(tuple(met))] == []
