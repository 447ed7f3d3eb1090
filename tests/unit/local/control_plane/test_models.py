"""The models of services, read once, say what botocore's say."""

import subprocess
import sys

import botocore.session
import pytest
from ministack.core import iam_actions, responses

from tests.unit.local.conftest import noted
from wschat.local.control_plane.models import read_once

JSON = "application/x-amz-json-1.1"
ASKED = """
import asyncio, socket, sys
from ministack.core import responses
from wschat.local.gateway.quotas import AS_ON_AWS
from wschat.local.gateway.server import serving
async def ask():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with serving(listener, AS_ON_AWS, print, 1000):
            print(responses.expected_success_content_type("logs", "application/json"), *sys.modules)
asyncio.run(ask())
"""


@pytest.fixture(autouse=True)
def _undone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave MiniStack as it was."""
    for place, name in ((iam_actions, "_load_botocore_model"), (responses, "_service_model")):
        monkeypatch.setattr(place, name, getattr(place, name))


def test_as_botocore_reads_them() -> None:
    """A service's metadata are botocore's, by MiniStack's name for it, too, and so is all the rest."""
    read_once()
    botocores = botocore.session.get_session().get_service_model
    for service, name in (("iam", "iam"), ("logs", "logs"), ("states", "stepfunctions")):
        model, whole = responses._service_model(service), botocores(name)
        assert dict(model.metadata) == dict(whole.metadata)
        assert model.operation_names == whole.operation_names
    assert responses._service_model("no-such-service") is None


def test_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever MiniStack looks up in a model, it is read from its file once."""
    read = noted(monkeypatch, iam_actions, "_load_botocore_model")
    monkeypatch.setattr(iam_actions, "_TAG_OPERATIONS", {})
    read_once()
    for _ in range(2):
        assert "CreateLogGroup" in iam_actions._tag_operations("logs")
        assert responses.expected_success_content_type("logs", "application/json") == JSON
    assert read == ["logs"]


def test_what_is_loaded() -> None:
    """The form of an answer is known without botocore, which takes longer to load than MiniStack."""
    done = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True)
    form, *loaded = done.stdout.split()
    assert form == JSON
    assert {"boto3", "botocore.session"} & set(loaded) == set()
