"""What a worker begins with is not the function's to change; MiniStack has workers of this kind."""

import json
import threading

import pytest
from ministack.core import lambda_runtime
from ministack.services import lambda_svc
from websockets.sync.client import ClientConnection

from tests.support.asynchronous import asynchronous
from tests.support.others.deployed import OWN
from tests.support.websocket_api import PATIENCE_S, make_function, package
from wschat.lab.aws.cloud import Cloud
from wschat.local.runtimes.marked_worker import MarkedWorker
from wschat.local.runtimes.workers import prepare_workers

ASKS_AWS = """
import sys
def handler(event, context):
    before = "botocore" in sys.modules
    import boto3, botocore.handlers
    return [before, botocore.handlers.BUILTIN_HANDLERS[-1][1].__name__]
"""


@pytest.mark.parametrize(("language", "name"), [("Python", "PYTHONPATH"), ("Node", "NODE_OPTIONS")])
def test_a_functions_own_environment(callers: dict[str, ClientConnection], language: str, name: str) -> None:
    """A function may set what its language reads at its start, and has it; it calls AWS nonetheless."""
    callers[language].send("environment")
    assert str(callers[language].recv(PATIENCE_S)).endswith(f"Error: {OWN[name]}")


def test_botocore(clients: Cloud) -> None:
    """Only a function that loads botocore waits for that; its calls tell how deep they are, as ever."""
    make_function(clients, "asks", package({"main.py": ASKS_AWS}))
    reply = clients.functions.invoke(FunctionName="asks", Payload="{}")
    assert json.load(reply["Payload"]) == [False, "_ms_add_invoke_depth"]


@asynchronous
async def test_what_ministack_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """MiniStack makes such workers, and waits for them in the event loop; for all else in a kept thread."""
    for module, name in (
        (lambda_runtime, "_detect_runtime_binary"),
        (lambda_runtime, "Worker"),
        (lambda_runtime, "kill_workers"),
        (lambda_runtime, "acquire_worker"),
        (lambda_runtime, "release_worker"),
        (lambda_svc, "_emit_lambda_logs"),
        (lambda_svc, "acquire_worker"),
        (lambda_svc, "release_worker"),
        (lambda_svc, "run_reentrant"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name))
    monkeypatch.setattr(MarkedWorker, "loop", None, raising=False)
    prepare_workers(0)
    arn = "arn:aws:lambda:us-east-1:000000000000:function:waits"
    worker = lambda_runtime.get_or_create_worker("waits", {"FunctionArn": arn, "Runtime": "python3.13"}, b"")
    assert isinstance(worker, MarkedWorker)
    lambda_runtime.kill_workers([worker])

    def execute(*_: object) -> dict[str, object]:
        return {"body": threading.current_thread() is threading.main_thread()}

    monkeypatch.setattr(lambda_svc, "_execute_function_with_config_scope", execute)
    proxied = {"Variables": {"MINISTACK_LAMBDA_PROXY_URL": "http://127.0.0.1:1"}}
    for config, is_here in (
        ({"Runtime": "python3.13"}, True),
        ({"Runtime": "nodejs20.x"}, True),
        ({"Runtime": "provided.al2023"}, False),
        ({"Runtime": "python3.13", "PackageType": "Image"}, False),
        ({"PackageType": "Image"}, False),
        ({"Runtime": "python3.13", "Environment": proxied}, False),
    ):
        monkeypatch.setitem(lambda_svc._functions, "waits", {"config": config | {"FunctionArn": arn}})
        path = "/2015-03-31/functions/waits/invocations"
        status, _, body = await lambda_svc.handle_request("POST", path, {}, b"{}", {})
        assert (status, json.loads(body), config) == (200, is_here, config)
