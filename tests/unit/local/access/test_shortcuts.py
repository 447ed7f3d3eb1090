"""What MiniStack is spared changes nothing of what it answers."""

import json
from http import HTTPStatus
from http.client import HTTPConnection
from time import process_time
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from ministack.core import iam_evaluator
from ministack.core.router import detect_service

from tests.unit.local.conftest import noted, signed
from wschat.lab.aws.cloud import Cloud
from wschat.local.access.shortcuts import spare_ministack


def test_a_policy_that_names_who_asks(clients: Cloud, root: boto3.Session) -> None:
    """The policy of a queue is held against the one who has signed, of two who may do the same."""
    queue = root.client("sqs", endpoint_url=clients.lab.endpoint).create_queue(QueueName="choosy")["QueueUrl"]
    may = {"Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}}
    people = dict[str, Any]()
    for name in ("unwelcome", "welcome"):
        arn = clients.iam.create_user(UserName=name)["User"]["Arn"]
        clients.iam.put_user_policy(UserName=name, PolicyName="may", PolicyDocument=json.dumps(may))
        key = clients.iam.create_access_key(UserName=name)["AccessKey"]
        person = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="us-east-1")
        people[name] = person.client("sqs", endpoint_url=clients.lab.endpoint)
    others = {"ArnNotEquals": {"aws:PrincipalArn": arn}}
    denied = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": others}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [denied]})
    people["welcome"].set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    people["welcome"].send_message(QueueUrl=queue, MessageBody="hello")
    with pytest.raises(ClientError, match="AccessDenied"):
        people["unwelcome"].send_message(QueueUrl=queue, MessageBody="hello")


def test_a_short_way_to_dynamodb(clients: Cloud, plain: HTTPConnection, root_key: Credentials) -> None:
    """What is asked of it at this machine's address is answered as at AWS's host, in all that is told."""
    only = {"Bool": "aws:SecureTransport true", "IpAddress": "aws:SourceIp 127.0.0.1"}
    only["StringEquals"] = "aws:RequestedRegion us-east-1"
    condition = {kind: dict([text.split()]) for kind, text in only.items()}
    may = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*", "Condition": condition}
    clients.iam.create_user(UserName="reader")
    document = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    clients.iam.put_user_policy(UserName="reader", PolicyName="may", PolicyDocument=document)
    made = clients.iam.create_access_key(UserName="reader")["AccessKey"]
    reader = Credentials(made["AccessKeyId"], made["SecretAccessKey"])
    table = {"TableName": "short-way", "KeySchema": [{"AttributeName": "ID", "KeyType": "HASH"}]}
    kinds = {"AttributeDefinitions": [{"AttributeName": "ID", "AttributeType": "S"}]}
    key = {"ID": {"S": "an item, \u00e9"}}
    put, get = {"TableName": "short-way", "Item": key}, {"TableName": "short-way", "Key": key}
    create = json.dumps({**table, **kinds, "BillingMode": "PAY_PER_REQUEST"})

    def ask(host: str, who: Credentials, operation: str, body: str) -> tuple[int, dict[str, str], bytes]:
        place = f"{host}:{plain.port}"
        headers = {"X-Amz-Target": f"DynamoDB_20120810.{operation}", "Host": place}
        asked = AWSRequest("POST", f"http://{place}/", headers, body.encode())
        plain.request("POST", "/", body.encode(), signed(who, asked, "dynamodb"))
        answer = plain.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        own = told.keys() & {"date", "x-amzn-requestid", "x-amz-request-id", "x-amz-id-2"}
        return answer.status, told | dict.fromkeys(own, "its own"), answer.read()

    assert ask(plain.host, root_key, "CreateTable", create)[0] == HTTPStatus.OK
    for who, operation, body, is_done in (
        (root_key, "CreateTable", create, False),
        (root_key, "PutItem", json.dumps(put), True),
        (reader, "GetItem", json.dumps(get), True),
        (root_key, "GetItem", json.dumps(get)[:-1], False),
        (reader, "PutItem", json.dumps(put), False),
        (root_key, "Nothing", "{}", False),
    ):
        short, usual = (
            ask(host, who, operation, body) for host in (plain.host, "dynamodb.us-east-1.amazonaws.com")
        )
        assert (short, short[0] == HTTPStatus.OK) == (usual, is_done), operation


def test_a_service_that_there_is_not() -> None:
    """A name that somebody made up holds the lab up no more than another."""
    spare_ministack()
    start, scope = process_time(), "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/{}/aws4_request"
    for name, told in (("made-up", "s3"), ("glacier", "glacier")):
        assert detect_service("GET", "/", {"authorization": scope.format(name)}, {}) == told
    assert process_time() - start < 1


def test_a_policy_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks again may do the same, without the policy being read again."""
    parse = iam_evaluator.parse_policy_document
    read = noted(monkeypatch, iam_evaluator, "parse_policy_document")
    spare_ministack()
    document = '{"Statement": [{"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]}'
    limits = [
        iam_evaluator._session_policy_limits({"SessionPolicies": {"Policy": document}}, "") for _ in range(2)
    ]
    assert limits == [[[parse(document)]]] * 2
    assert read == [document]
