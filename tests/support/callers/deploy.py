"""Makes an API of the function that calls AWS's hosts, in one language."""

import json
from pathlib import Path

from tests.support.websocket_api import TestApi, make_function, package
from wschat.lab.aws.cloud import Cloud

HERE = Path(__file__).parent
LANGUAGES = {"Python": ("python3.13", "main.py"), "Node": ("nodejs20.x", "main.js")}
MAY = {"Effect": "Allow", "Action": ["execute-api:ManageConnections", "dynamodb:ListTables"], "Resource": "*"}
OWN = {"NODE_OPTIONS": "--no-warnings", "PYTHONPATH": "/nowhere", "GATEWAY_PORT": "9"}
"""What might keep a worker from beginning as it should."""


def deployed(clients: Cloud, language: str) -> str:
    """Make it, with what it may do; return its URL."""
    name, (runtime, file) = f"Calls{language}", LANGUAGES[language]
    zipped = package((HERE / file).read_text(), file)
    make_function(clients, name, zipped, Runtime=runtime, Environment={"Variables": OWN})
    document = json.dumps({"Version": "2012-10-17", "Statement": [MAY]})
    clients.iam.put_role_policy(RoleName=f"{name}Role", PolicyName="calls", PolicyDocument=document)
    api = TestApi(clients)
    api.permit(name, "$default")
    api.route("$default", api.proxy(name))
    api.stage(api.deploy())
    return api.url
