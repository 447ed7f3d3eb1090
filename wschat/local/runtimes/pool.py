"""The workers of a function that is changed or deleted: as on AWS, a call that runs goes on to its end.

MiniStack ends them all at once, and keeps for calls to come what a call from before the change has started.
"""

from collections.abc import Iterable
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from wschat.local.runtimes.waiting import THREADS

end = lambda_runtime.kill_workers
_acquire = lambda_runtime.acquire_worker


def let_calls_end() -> None:
    """Let each call end by itself from now on, and what is ended end beside the event loop."""
    lambda_runtime.kill_workers = end_idle
    for module in (lambda_runtime, lambda_svc):
        module.acquire_worker, module.release_worker = acquire, release


def end_idle(workers: Iterable[lambda_runtime.Worker]) -> None:
    """End those workers, which are out of their pools, that have no call; the others end with theirs.

    It takes seconds where one ignores SIGTERM.
    """
    THREADS.submit(end, [worker for worker in workers if not worker.in_use])


def acquire(*call: Any, **more: Any) -> tuple[lambda_runtime.Worker | None, str]:  # noqa: ANN401  MiniStack's
    """Lease a worker for a call; MiniStack's own takes one that has the role that its function had before."""
    worker, how = _acquire(*call, **more)
    while how == "reused" and not _is_current(worker):
        release(worker)
        worker, how = _acquire(*call, **more)
    return worker, how


def release(worker: lambda_runtime.Worker | None) -> None:
    """Return a worker to its pool after a call; end one that has failed, or is no longer its function's.

    MiniStack would start such a one anew, while the threads that waited for it may still do so.
    """
    if worker is None:
        return
    is_good = worker._proc is not None and _is_current(worker)  # noqa: SLF001
    with lambda_runtime._lock:  # noqa: SLF001
        worker.in_use, is_kept = False, False
        for pool in lambda_runtime._workers.values():  # noqa: SLF001
            if worker in pool and not (is_kept := is_good):
                pool.remove(worker)
    if not is_kept:
        end_idle([worker])


def _is_current(worker: lambda_runtime.Worker) -> bool:
    """Tell whether a worker is one of what its function is now."""
    version = worker.config.get("Version")
    _, now = lambda_svc._get_func_record_for_qualifier(worker.func_name, version)  # noqa: SLF001  no seam
    return bool(now) and now["RevisionId"] == worker.config["RevisionId"]
