"""A pool of worker threads, kept from one invocation to the next."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from typing import TypeVar

WORKERS = 32

T = TypeVar("T")
U = TypeVar("U")


@cache
def pool() -> ThreadPoolExecutor:
    """Return the pool; made when it is first needed."""
    return ThreadPoolExecutor(WORKERS)


def in_parallel(work: Callable[[T], U], items: Iterable[T]) -> list[U]:
    """Do the same with many, at the same time; when all have ended, return the results in their order."""
    begun = [pool().submit(work, item) for item in items]
    wait(begun)
    return [each.result() for each in begun]
