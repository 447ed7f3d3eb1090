"""The models of services are botocore's, however they are read."""

import boto3
import pytest
from botocore.exceptions import UnknownServiceError
from botocore.loaders import JSONFileLoader

from wschat.lab.aws.setup.models import read_fast
from wschat.lab.model.resource import SERVICES


def session(*, fast: bool) -> boto3.Session:
    """Return a session of nobody."""
    made = boto3.Session("key", "secret", region_name="us-east-1")
    if fast:
        read_fast(made)
    return made


@pytest.mark.parametrize("service", ["sts", *SERVICES.values()])
def test_the_same(service: str) -> None:
    """Each service's model, endpoints and pages are what botocore reads of them."""
    for kind in ("service-2", "endpoint-rule-set-1", "paginators-1"):
        fast, slow = (
            session(fast=each)._session.get_component("data_loader").load_service_model(service, kind)
            for each in (True, False)
        )
        assert fast == slow
        assert list(fast) == list(slow)


def test_no_such_service() -> None:
    """What is no service is refused as ever."""
    with pytest.raises(UnknownServiceError, match="no-such-service"):
        session(fast=True).client("no-such-service")  # type: ignore[call-overload]


def test_what_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """To make a client, no folder is looked into but the service's own."""
    asked, exists = list[str](), JSONFileLoader.exists

    def asking(loader: JSONFileLoader, file: str) -> bool:
        asked.append(file)
        return exists(loader, file)

    monkeypatch.setattr(JSONFileLoader, "exists", asking)
    assert session(fast=True).client("iam").can_paginate("list_roles")
    assert asked
    assert {file for file in asked if "/iam/" not in file} == set()
