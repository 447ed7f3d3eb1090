"""The programs and packages that samples are deployed with, and need, in a folder of this environment."""

import subprocess
import sys
import venv
from pathlib import Path

HOME = Path(sys.prefix) / "samples"
SCRIPTS = HOME / "bin"
TRANSFORM, CLIENTS, NODE = HOME / "transform", HOME / "clients", HOME / "node_modules"
"""What SAM's templates are read with, clients for Python, and AWS's SDKs and CDK for Node."""
CDK = NODE / ".bin/cdk"
PIP = (str(SCRIPTS / "pip"), "install", "-qq")
NPM = ("npm", "install", "--silent", "--prefix", str(HOME))
SDKS = ("aws-sdk", *(f"@aws-sdk/{name}" for name in ("lib-dynamodb", "client-dynamodb")))
INSTALLED = {
    SCRIPTS / "chalice": (*PIP, "awscli<2", "boto3", "chalice"),
    TRANSFORM: (*PIP, "--target", str(TRANSFORM), "aws-sam-translator"),
    CLIENTS: (*PIP, "--target", str(CLIENTS), "requests", "httpx", "aiohttp"),
    CDK: (
        *NPM,
        *SDKS,
        "@aws-sdk/client-apigatewaymanagementapi",
        *("aws-cdk", "aws-cdk-lib", "constructs"),
    ),
}


def install() -> None:
    """Install what is not there; that takes a minute and the network."""
    if not SCRIPTS.exists():
        venv.create(HOME, with_pip=True)
    for place, command in INSTALLED.items():
        if not place.exists():
            subprocess.run(command, check=True)
