"""What was found of a lab when one looked last."""

import pytest

from tests.support.labs import lab_of
from tests.unit.cli.commands.learn.dialogue.test_loop import TABLES, Account, lessons
from wschat.cli.commands.learn.dialogue.latest import Latest
from wschat.lab.aws.cloud import Cloud
from wschat.lab.chosen.choices import Choices

NOBODY = '{"Statement": []}'


def test_what_is_done(cloud: Cloud) -> None:
    """It is known after each look, and after what was done; commands lead to the lesson that is meant."""
    latest, second = Latest(TABLES, Account(cloud)), TABLES[1]
    there = latest.look()
    assert latest.done == set()
    latest.do(there, second)
    assert latest.done == {"second"}
    options = f" --prefix {cloud.lab.prefix}"
    commands = latest.commands(second)
    assert commands["provision"].endswith(f"wschat learn do second{options}")
    assert commands["status"].endswith(f"wschat learn check second{options}")


@pytest.mark.usefixtures("capsys")
def test_a_given_role_that_is_wrong(cloud: Cloud) -> None:
    """It is not done because all before a lesson is done as one, which makes no role."""
    of = lessons("role ConnectRole, policy ConnectRole", "table client-records", "")
    role = f"{cloud.lab.prefix}given"
    arn = cloud.iam.create_role(RoleName=role, AssumeRolePolicyDocument=NOBODY)["Role"]["Arn"]
    latest = Latest(of, Account(lab_of(cloud, choices=Choices(role=arn))))
    there = latest.catch_up(of[2], latest.look(), ask=False)
    assert (latest.done, len(there.faults(of[0]))) == ({"second"}, 1)
    cloud.iam.delete_role(RoleName=role)
