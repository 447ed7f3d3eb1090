"""What DynamoDB bills for a call, by its rules, and what a million such messages cost.

Sources: "Read and write operations" and "Amazon DynamoDB item sizes and formats" in the Developer Guide;
list prices of us-east-1: on-demand, $0.625 for a million write units and $0.125 for a million read units;
WebSocket messages, $1.00 for a million of 32 KB; Lambda on arm64, $0.20 for a million requests and
$0.0000133334 for a GB-second.
"""

import math
from dataclasses import dataclass
from typing import Any

KB = 1024
PAGE = 1024 * KB  # bytes that one page of a scan reads
WRITE, READ, MESSAGE, REQUEST, GB_SECOND = 0.625, 0.125, 1.00, 0.20, 13.3334  # dollars for a million


def item_size(item: dict[str, Any]) -> int:
    """Return the bytes of an item: its attributes' names as UTF-8, and their values."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: dict[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return math.ceil(len(content.strip("-").strip("0")) / 2) + 1
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + _size(each) for name, each in content.items())
    if kind == "L":
        return 3 + sum(1 + _size(each) for each in content)
    return 1


def write_units(before: dict[str, Any] | None, after: dict[str, Any] | None) -> int:
    """Return the units of a write: one for each started KB of the larger item, before or after."""
    return max(1, math.ceil(max(item_size(before or {}), item_size(after or {})) / KB))


def read_units(size: int, *, consistent: bool) -> float:
    """Return the units of a read: one for each started 4 KB, or half of one."""
    return max(1, math.ceil(size / (4 * KB))) * (1 if consistent else 0.5)


@dataclass
class Bill:
    """What one message took."""

    requests: int = 0
    writes: int = 0
    reads: float = 0
    scans: int = 0
    posts: int = 0
    in_a_row: int = 0

    def dollars(self, replies: int) -> float:
        """Return the price of a million such messages.

        API Gateway bills what came in, each reply and each post. The function is billed for its waiting,
        10 ms for what it does one after the other, with half a GB.
        """
        messages = 1 + replies + self.posts
        seconds = 0.010 * self.in_a_row
        units = self.writes * WRITE + self.reads * READ
        return messages * MESSAGE + units + REQUEST + seconds * 0.5 * GB_SECOND
