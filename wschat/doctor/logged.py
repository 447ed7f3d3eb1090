"""What a line of a function's log may be the cause of, or tell of it."""

import re
from collections.abc import Iterable, Iterator

from wschat.doctor.causes import BY_NAME
from wschat.doctor.findings import Suspicion
from wschat.lab.logs.lines import LogLine

FRESH, OLD = 0.75, 0.5
"""What a line says of what was just tried, and one from before: what it tells of may be mended since."""
SHOWN = 240
"""Characters of a line that is shown."""

AT_ONCE_MS = 1000
"""How long what one invocation says may take."""
RAISED = "raised"

LOGGED = (
    (
        r"ImportModuleError|HandlerNotFound|Unable to import module|Cannot find module|No module named",
        "wrong-handler",
    ),
    (r"UserCodeSyntaxError|SyntaxError", "other-code"),
    (r"timed out after|: timeout", "too-slow"),
    (r"OutOfMemory|signal: killed", "out-of-memory"),
    (r"explicit deny", "denied"),
    (r"ManageConnections", "may-not-post"),
    (r"https://execute-api\.|/@connections/@connections|NoMatchingAuthScheme", "posts-elsewhere"),
    (r"not authorized to perform|AccessDenied", "lacks-permission"),
    (r"Missing the key|key element does not match|does not match the schema", "wrong-key"),
    (r"ResourceNotFound|resource not found", "no-table"),
    (r"reserved keyword", "reserved-word"),
    (r"Decimal is not JSON serializable", "decimal"),
    (r"[Ii]tem size .*exceeded", "item-too-big"),
    (r"GoneException", "gone"),
    (r"PayloadTooLarge|\b413\b|Invalid connectionId", "bad-post"),
    (r"KMS", "table-key"),
    (r"ProvisionedThroughputExceeded|ThrottlingException|Throttled", "table-limit"),
    (r"ConnectTimeout|EndpointConnection|Could not connect|no answer from|ENOTFOUND|timed out", "in-a-vpc"),
    (r"status 403|\b403\b", "posts-elsewhere"),
    (r"Error|Exception|Traceback|error", RAISED),
)
"""The first that fits tells the cause: the texts are AWS's own, those of the SDKs, or our functions'."""


def suspicions(
    name: str, routes: Iterable[str], lines: Iterable[LogLine], since_ms: float
) -> Iterator[Suspicion]:
    """Yield what the log of one function tells of: what failed last in it, with how often, and the last line.

    What merely says that something failed is told where nothing says why. `since_ms` is when the functions
    began to be tried, in milliseconds since 1970.
    """
    told = [(cause, line) for line in lines if (cause := _cause(line))]
    newest = max((line.time for _, line in told), default=0)
    last = {cause: line for cause, line in told if newest - line.time < AT_ONCE_MS}
    if len(last) > 1:
        last.pop(RAISED, None)
    for cause, line in last.items():
        count = sum(other == cause for other, _ in told)
        times = f"{count} times, at last " if count > 1 else ""
        evidence = f"log of {name}: {times}{line.readable()[:SHOWN]}"
        strength = FRESH if line.time >= since_ms else OLD
        yield Suspicion(BY_NAME[cause], frozenset(routes), (evidence,), strength, alone=False)


def _cause(line: LogLine) -> str | None:
    """Return what a line tells of; None if nothing failed, by the facts that our own functions log."""
    text = line.text
    if line.facts:
        outcomes = (name for name in line.facts if re.search(r"status \d|Error|timeout", name))
        text = " ".join([*(str(line.facts.get(name, "")) for name in ("error", "why")), *outcomes]).strip()
    return next((cause for pattern, cause in LOGGED if text and re.search(pattern, text)), None)
