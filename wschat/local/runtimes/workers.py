"""The workers of MiniStack's functions: what they begin with, and starting one before its first call."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from wschat.local.gateway.addresses import AWS_HOST
from wschat.local.runtimes.marked_worker import MarkedWorker
from wschat.local.runtimes.pool import let_calls_end
from wschat.local.runtimes.waiting import in_greenlet, in_kept_thread, in_this_loop

Json = dict[str, Any]
T = TypeVar("T")
WARM = ("python", "nodejs")
"""The runtimes for which MiniStack has workers; for all others it waits in ways of its own."""
HERE = Path(__file__).parent
_write_log = lambda_svc._emit_lambda_logs  # noqa: SLF001  it has no public seam there
FIRST = {
    ".py": "__import__('runpy').run_path({file})['{name}'](*{arguments})\n",
    ".js": "require({file}).{name}(...{arguments});\n",
}
"""How a worker's program calls what it begins with, by its language; both read JSON."""
REPLACED = {
    # MiniStack's way to AWS's hosts, in Node: AWS's SDK 2 forgets the token of the function's role by it
    "patchAwsSdk();": "",
    # for this it loads botocore, 0.1 s of a core, in each Python worker
    "\n    _ms_install_invoke_depth()\n": "\n    __import__('runpy').run_path({file})['when_loaded']"
    "('botocore.handlers', _ms_install_invoke_depth)\n",
    # of code that it can't load it tells the message alone: neither which error that is, nor where
    """\
    except Exception as e:
        _real_stdout.write(json.dumps({"status": "error", "error": str(e)})""": """\
    except Exception as e:
        __import__('traceback').print_exc()
        _real_stdout.write(json.dumps({{"status": "error", "error": f"{{type(e).__name__}}: {{e}}"}})""",
    'status: "error", error: e.message\n': 'status: "error", error: (console.error(e), String(e))\n',
}
"""What of a worker's own program is something else here."""


def prepare_workers(port: int) -> None:
    """Let each worker that MiniStack starts from now on take the lab at a port for AWS's hosts.

    It is told in the worker's program: the variables of a function's environment are the function's own. Its
    log has marks; this event loop waits for its answers, and writes its log; and calls end by themselves,
    whatever becomes of their function.
    """
    when_loaded = json.dumps(str(HERE / "when_loaded.py"))
    detect = lambda_runtime._detect_runtime_binary  # noqa: SLF001  it has no public seam there

    def detected(runtime: str) -> tuple[str, str]:
        binary, program = detect(runtime)
        for theirs, ours in REPLACED.items():
            program = program.replace(theirs, ours.format(file=when_loaded))
        return binary, _first(lambda_runtime._worker_script_extension(runtime), port) + program  # noqa: SLF001

    lambda_runtime._detect_runtime_binary = detected  # noqa: SLF001
    lambda_runtime.Worker, MarkedWorker.loop = MarkedWorker, asyncio.get_running_loop()
    let_calls_end()
    lambda_svc.run_reentrant = _run
    lambda_svc._emit_lambda_logs = in_this_loop(_write_log)  # noqa: SLF001


async def _run(work: Callable[..., T], function: Json, event: object, *, thread_name: str) -> T:  # noqa: ARG001
    """Run a call of a function: in this event loop, if MiniStack has workers for its kind, or in a thread."""
    config = function["config"]
    warm = config.get("PackageType") != "Image" and config.get("Runtime", "").startswith(WARM)
    run = in_greenlet if warm and not lambda_svc._proxy_url_for(config) else in_kept_thread  # noqa: SLF001
    return await run(work, function, event)


def start_ahead(name: str) -> None:
    """Start the worker of a function before it is called; one that can't start says so when it is called.

    A call meanwhile waits for this worker. It is one of MiniStack's default account and region.
    """
    function = lambda_svc._functions[name]  # noqa: SLF001  it has no public seam there
    worker, _ = lambda_runtime.acquire_worker(name, {**function["config"]}, function["code_zip"])
    worker.in_use = False
    lambda_runtime.ensure_spawned(worker)


def _first(extension: str, port: int) -> str:
    """Return what the program of a worker in a language begins with."""
    end_here, mark_ends = ("end_here", "mark_ends") if extension == ".py" else ("endHere", "markEnds")
    calls = ("aws_hosts", end_here, [port, AWS_HOST.pattern]), ("log_end", mark_ends, [MarkedWorker.mark])
    return "".join(
        FIRST[extension].format(
            file=json.dumps(str(HERE / f"{file}{extension}")), name=name, arguments=json.dumps(given)
        )
        for file, name, given in calls
    )
