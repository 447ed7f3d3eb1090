"""A lab for those who sign: provisioned so, chatted in, kept so, opened again."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support import starter
from tests.support.labs import plan, tear_down
from wschat.lab.aws.cloud import Cloud
from wschat.local.join import LocalLab


@pytest.fixture
def person(emulator: LocalLab, tmp_path: Path) -> dict[str, str]:
    """The environment of somebody who has an account in the emulator."""
    return {
        "PATH": os.environ["PATH"],
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": emulator.endpoint,
        "WSCHAT_STATE_DIR": str(tmp_path),
    }


def wschat(*arguments: str, env: dict[str, str], stdin: str = "") -> subprocess.CompletedProcess[str]:
    return starter.run([*arguments], env, stdin)


def test_signed_from_end_to_end(person: dict[str, str], cloud: Cloud) -> None:
    """`--auth iam` lets in who signs; the chat signs by itself, and a later provision keeps the choice."""
    prefix = ("--prefix", cloud.lab.prefix)
    done = wschat("provision", "--yes", "--auth", "iam", *prefix, env=person)
    assert done.returncode == 0, done.stderr
    assert "Anyone whose AWS credentials allow it can connect" in done.stderr
    url = done.stdout.strip()
    unsigned = wschat("chat", "--url", url, "--name", "ann", env=person, stdin="hi\n")
    assert (unsigned.returncode, "--sign" in unsigned.stderr) == (5, True)
    signed = wschat("chat", "--name", "ann", env=person, stdin="/rooms\n")
    assert (signed.returncode, "you are ann" in signed.stdout) == (0, True), signed.stderr
    assert plan(cloud) == (), "without --auth it stays as it is"
    opened = plan(replace(cloud, lab=replace(cloud.lab, authorization="NONE")))
    kinds = sorted(step.resource.kind for step in opened)
    assert kinds == ["API", "deployment", "deployment", "route", "stage"], (
        "a new deployment, and the old one goes"
    )
    tear_down(cloud)
