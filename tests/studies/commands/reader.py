"""Reads commands as the `aws` program does, in whose environment it runs: JSON in, JSON out.

Each command is a list of words; of each it tells the service, the operation and the parameters.
"""

import json
import sys
from typing import Any

from awscli.clidriver import CLIOperationCaller, create_clidriver

read: list[Any] = []


def note(_caller: object, service: str, operation: str, parameters: object, options: Any) -> int:  # noqa: ANN401
    """Note a call in place of making it."""
    read.append((service, operation, parameters, options.region, options.profile, options.endpoint_url))
    return 0


CLIOperationCaller.invoke = note
driver = create_clidriver()
for words in json.load(sys.stdin):
    if driver.main(words):
        sys.exit(f"`aws` does not take {words}")
json.dump(read, sys.stdout, default=lambda data: data.hex())
