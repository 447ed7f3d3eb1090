"""What another user of this machine comes to at a local lab, as far as they get: run by root, to be `nobody`.

It reads what to try as JSON, and prints what came of it.
"""

import encodings.idna  # noqa: F401  what is loaded later would be root's files
import json
import os
import socket
import sys
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from websockets.sync.client import connect

NOBODY = 65534
OF_A_PROCESS = ("environ", "mem", "maps", "fd", "cwd")


def readable(path: Path) -> bool:
    """Tell whether a file or a directory can be read."""
    try:
        os.close(os.open(path, os.O_RDONLY))
    except OSError:
        return False
    return True


def found_in(directory: str) -> list[str]:
    """Return what can be read below a directory."""
    return [str(path) for path in Path(directory).rglob("*") if readable(path)]


def found_of(pid: int) -> list[str]:
    """Return what of a process can be read that is not everybody's."""
    found = []
    for name in OF_A_PROCESS:
        path = Path(f"/proc/{pid}/{name}")
        with suppress(OSError):
            if path.readlink() if name == "cwd" else readable(path):
                found.append(name)
    return found


def joined(path: str) -> str:
    """Join as its users do; return what came of it."""
    with socket.socket(socket.AF_UNIX) as user:
        try:
            user.connect(path)
        except OSError as error:
            return type(error).__name__
    return "joined"


def asked(endpoint: str, method: str, path: str, service: str, key: str, body: str = "") -> int:
    """Ask over HTTP, with a key and its own name as the secret if there is one; return the status."""
    request = AWSRequest(method, endpoint + path, data=body.encode())
    if key:
        SigV4Auth(Credentials(key, key), service, "us-east-1").add_auth(request)
    connection = HTTPConnection(str(urlsplit(endpoint).netloc))
    connection.request(method, path, body, dict(request.headers))
    return connection.getresponse().status


def said(url: str, text: str) -> str:
    """Open a WebSocket, and return what it replies."""
    with connect(url) as client:
        client.send(text)
        return str(client.recv(10))


def main(todo: dict[str, Any]) -> dict[str, Any]:
    """Try all."""
    return {
        "files": found_in(todo["directory"]),
        "socket": joined(todo["socket"]),
        "processes": {pid: found_of(pid) for pid in todo["pids"]},
        "command_lines": [Path(f"/proc/{pid}/cmdline").read_text() for pid in todo["pids"]],
        "requests": [asked(*each) for each in todo["requests"]],
        "websocket": said(todo["url"], todo["text"]),
    }


if __name__ == "__main__":
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    print(json.dumps(main(json.load(sys.stdin))))  # noqa: T201
