"""Somebody learns at a terminal, in a lab on this machine: by hand, and by what is done for them."""

import io
import os
import re
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.support.emulator import processes_of
from tests.support.terminal import Terminal, terminal, wschat


def lab_of(person: Terminal) -> Any:  # noqa: ANN401  boto3's client
    """Return DynamoDB's client of the lab whose line stands on a person's screen."""
    told = person.until("01 before-you-start>").partition("export ")[2].partition("Account")[0]
    settings = dict(re.findall(r"(AWS_\w+?)=(\S+?)(?= ?AWS_|$)", told.replace("\n", "")))
    return boto3.client(
        "dynamodb",
        endpoint_url=settings["AWS_ENDPOINT_URL"],
        region_name=settings["AWS_DEFAULT_REGION"],
        aws_access_key_id=settings["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=settings["AWS_SECRET_ACCESS_KEY"],
    )


def make_table(dynamodb: Any, key: str) -> None:  # noqa: ANN401
    """Make the first table by hand, with this key."""
    dynamodb.create_table(
        TableName="client-records",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )


def test_some_lessons(short_state: Path) -> None:
    """By hand, wrong at first; adopted; done for one; seen. Who comes back goes on where they were.

    The lab ends with its last user, and other commands join it while it runs.
    """
    hostile = {
        "AWS_PROFILE": "nobody",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
    }
    with terminal("learn", "--local", env=hostile) as person:
        dynamodb = lab_of(person)
        person.type("n")
        person.until("02 connections-table>")
        make_table(dynamodb, "id")
        person.type("i")
        person.until("the case matters")
        dynamodb.delete_table(TableName="client-records")
        make_table(dynamodb, "ID")
        dynamodb.update_time_to_live(
            TableName="client-records", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
        )
        person.type("i")
        person.until("[y/N]")
        person.type("y")
        person.until("s see what it does now · t think")
        person.type("s")
        person.until("the table client-records is empty")
        done = wschat("learn", "check", "connections-table", "--local")
        assert (done.returncode, "✓ 02 connections-table" in done.stdout) == (0, True), done.stderr
        person.type("connect-function")
        person.until("05 connect-function>")
        person.type("d")
        person.until("Not done: 03 rooms-table, 04 role. Do it for you, first? [y/N]")
        person.type("y")
        person.until("✓ 05 connect-function: all of it is right.")
        person.type("s")
        person.until('Connect returns: {"statusCode": 200}')
        person.until(lambda shown: shown.count("05 connect-function>") > 2)
        person.press("\x03")
        person.until("learn --local --from connect-function")
        assert person.end() == 0
    assert processes_of(short_state) == []


@pytest.mark.usefixtures("short_state")
def test_come_back_in_plain_lines() -> None:
    """`--from` makes all that comes before, in a moment; `--plain` writes lines, and nothing else."""
    with terminal("learn", "--local", "--from", "03", "--plain", size=(50, 200)) as person:
        written = person.process.logfile_read = io.BytesIO()
        person.until("03 rooms-table>")
        person.type("l")
        assert "02  connections-table  The table of connections (done)" in person.until("17  clean-up")
        person.type("a")
        person.until("aws dynamodb create-table --table-name room-messages-users")
        person.type("q")
        person.until("learn --local --from rooms-table")
        assert person.end() == 0
        assert b"\x1b" not in written.getvalue()


def test_without_a_terminal() -> None:
    """Through a pipe there is no loop."""
    done = wschat("learn", "--local", stdin="d\n")
    assert (done.returncode, "need a terminal" in done.stderr) == (2, True)
    assert not Path(os.environ["WSCHAT_STATE_DIR"]).exists()
