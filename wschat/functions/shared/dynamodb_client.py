"""DynamoDB's client: calls in its JSON protocol, tried again as in botocore's retry mode "standard"."""

import json
import os
import random
import time
from functools import cache
from http import HTTPStatus
from typing import Any

from wschat.functions.shared.aws import NO_ANSWER, ClientError, Endpoint, message_of
from wschat.protocol.json_objects import json_object

TRANSIENT = {500, 502, 503, 504}
RETRIED = {
    *("RequestTimeout", "RequestTimeoutException", "PriorRequestNotComplete"),
    *("Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException"),
    *("TooManyRequestsException", "ProvisionedThroughputExceededException", "TransactionInProgressException"),
    *("RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException", "RequestThrottled"),
    *("SlowDown", "EC2ThrottledException"),
}
"""Statuses and codes after which a call is tried again: those of `botocore.retries.standard`."""
PAUSES = (1.0, 2.0)
"""Seconds before the second and the third attempt, at most: a random part of them is waited."""
SUFFIXES = {
    "cn": "amazonaws.com.cn",
    "eusc": "amazonaws.eu",
    "iso": "c2s.ic.gov",
    "isob": "sc2s.sgov.gov",
    "isoe": "cloud.adc-e.uk",
    "isof": "csp.hci.ic.gov",
}
"""What AWS's hosts end in where it is not amazonaws.com, by a word of the region's name."""


class DynamoDB(Endpoint):
    """DynamoDB, at its URL."""

    SERVICE = "dynamodb"
    CONNECT_TIMEOUT, READ_TIMEOUT = 2.0, 5.0

    def call(self, operation: str, **parameters: object) -> dict[str, Any]:
        """Call an operation, with the parameters that AWS's reference has for it; return what it returns.

        A transaction has a token, the same in each attempt: so it is done once, even if an answer was lost.

        Raises:
            ClientError: the last attempt was refused, or not answered.
        """
        if operation == "TransactWriteItems":
            parameters["ClientRequestToken"] = os.urandom(16).hex()
        body = json.dumps(parameters).encode()
        for pause in PAUSES:
            try:
                return self._attempt(operation, body)
            except ClientError as error:
                if not error.transient:
                    raise
            time.sleep(random.uniform(0, pause))  # noqa: S311  jitter is no secret
        return self._attempt(operation, body)

    def _attempt(self, operation: str, body: bytes) -> dict[str, Any]:
        target = f"DynamoDB_20120810.{operation}"
        headers = {"content-type": "application/x-amz-json-1.0", "x-amz-target": target}
        try:
            status, said = self.send(self.path or "/", body, headers)
        except NO_ANSWER as error:
            why = f"no answer from {self.host}: {error}"
            raise ClientError(operation, type(error).__name__, why, transient=True) from error
        told = json_object(said)
        if told is None:
            told = {"message": "the answer is no JSON, so it is not AWS's"}
        elif status == HTTPStatus.OK:
            return told
        code = str(told.get("__type", status)).partition(":")[0].rpartition("#")[2]
        reasons = [str(reason.get("Code")) for reason in told.get("CancellationReasons") or ()]
        transient = status in TRANSIENT or code in RETRIED
        raise ClientError(operation, code, message_of(told), reasons, transient=transient)


@cache
def dynamodb() -> DynamoDB:
    """Return the client, made once for each execution environment."""
    given = os.environ.get("AWS_ENDPOINT_URL_DYNAMODB") or os.environ.get("AWS_ENDPOINT_URL")
    return DynamoDB(given or url_in(os.environ["AWS_REGION"]))


def url_in(region: str) -> str:
    """Return where DynamoDB is in a region."""
    ends = (SUFFIXES[word] for word in region.split("-") if word in SUFFIXES)
    return f"https://dynamodb.{region}.{next(ends, 'amazonaws.com')}"
