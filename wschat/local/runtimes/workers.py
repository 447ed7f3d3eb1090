"""The workers of MiniStack's functions: what they begin with, and starting one before its first call."""

import json
from pathlib import Path

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from wschat.local.gateway.addresses import AWS_HOST

HERE = Path(__file__).parent
FIRST = {
    ".py": "__import__('runpy').run_path({file})['end_here']({port}, {hosts})\n",
    ".js": "require({file}).endHere({port}, {hosts});\n",
}
"""What a worker does first, by the language of its program; both read JSON."""
LEFT_OUT = "patchAwsSdk();"
"""MiniStack's way to the same, in Node: AWS's SDK 2 forgets the token of the function's role by it."""


def keep_calls_here(port: int) -> None:
    """Let each worker that MiniStack starts from now on take the lab at a port for AWS's hosts.

    It is told in the worker's program: the variables of a function's environment are the function's own.
    """
    detect = lambda_runtime._detect_runtime_binary  # noqa: SLF001  it has no public seam there

    def detected(runtime: str) -> tuple[str, str]:
        binary, program = detect(runtime)
        first = _first(lambda_runtime._worker_script_extension(runtime), port)  # noqa: SLF001
        return binary, first + program.replace(LEFT_OUT, "")

    lambda_runtime._detect_runtime_binary = detected  # noqa: SLF001


def start_ahead(name: str) -> None:
    """Start the worker of a function before it is called; one that can't start says so when it is called.

    A call meanwhile waits for this worker. It is one of MiniStack's default account and region.
    """
    function = lambda_svc._functions[name]  # noqa: SLF001  it has no public seam there
    worker = lambda_runtime.get_or_create_worker(name, function["config"], function["code_zip"])
    lambda_runtime.ensure_spawned(worker)


def _first(extension: str, port: int) -> str:
    file, hosts = json.dumps(str(HERE / f"aws_hosts{extension}")), json.dumps(AWS_HOST.pattern)
    return FIRST[extension].format(file=file, port=port, hosts=hosts)
