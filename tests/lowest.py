"""Prints the lowest version that is allowed of each direct dependency, as constraints for pip.

`.ci/run` runs the tests once with them: a floor in `pyproject.toml` is a version that was tried. What only
checks (ruff, mypy, stubs) is left as it is, since no test loads it.
"""

import re
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
FLOOR = re.compile(r"([\w-]+)(?:\[[^]]*])?>=([\w.]+)")
CHECKERS = re.compile("mypy|ruff|types-|boto3-stubs")


def constraints() -> Iterator[str]:
    """Yield `name==version` for what the product needs, and its tests."""
    project = tomllib.loads(PROJECT.read_text())["project"]
    extras = project["optional-dependencies"]
    for requirement in chain(project["dependencies"], extras["local"], extras["test"]):
        if (floor := FLOOR.match(requirement)) and not CHECKERS.match(requirement):
            yield "==".join(floor.groups())


if __name__ == "__main__":
    print(*constraints(), sep="\n")
