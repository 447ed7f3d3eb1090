"""The function of the probes: it does what the header X-Probe of a handshake, or a message, tells it."""

import json
import os
import time
from typing import Any


def handler(event: Any, context: object) -> Any:  # noqa: ANN401  any JSON
    """Log the event; sleep, post, raise, return something, or say which route this was."""
    print(json.dumps(event), flush=True)  # noqa: T201  into its log
    request, told = event["requestContext"], instructions(event)
    time.sleep(told.get("sleep", 0))
    posted = post(request, told["post"]) if "post" in told else None
    if "raise" in told:
        raise ValueError(told["raise"])
    if "returns" in told:
        return told["returns"]
    facts = {name: request.get(name) for name in ("routeKey", "connectionId")}
    facts |= {
        "n": told.get("n"),
        "posted": posted,
        "at": time.time(),
        "environment": getattr(context, "log_stream_name", ""),
    }
    return {"statusCode": told.get("status", 200), "body": json.dumps(facts)}


def instructions(event: Any) -> Any:  # noqa: ANN401
    """Return what it is told; nothing if that is no JSON object."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    try:
        told = json.loads(headers.get("x-probe") or event.get("body") or "{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def post(request: Any, text: str) -> str:  # noqa: ANN401
    """Post to the connection of a request; return what came of it."""
    import boto3

    base = os.environ["CALLBACKS"].replace("{api}", request["apiId"])
    client = boto3.client("apigatewaymanagementapi", endpoint_url=f"{base}/{request['stage']}")
    try:
        client.post_to_connection(ConnectionId=request["connectionId"], Data=text.encode())
    except Exception as error:  # noqa: BLE001  it is what somebody wants to know
        return f"{type(error).__name__}: {error}"
    return "posted"
