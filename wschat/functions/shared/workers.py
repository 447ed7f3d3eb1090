"""A pool of worker threads, kept from one invocation to the next."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache

WORKERS = 32


@cache
def pool() -> ThreadPoolExecutor:
    """Return the pool, made when it is first needed: its `map` returns results in the order of the items."""
    return ThreadPoolExecutor(WORKERS)
