"""Compare a recording with what is here: `python -m tests.replay DIR`; exits with 1 if something differs."""

import argparse
import asyncio
import logging
import sys
from pathlib import Path

from tests.replay.gateway import Replay
from tests.replay.readers import errors, read
from tests.replay.recorded import Line, Unreadable, load
from wschat.local.gateway.gateway import Gateway


def replay(lines: list[Line], kind: type[Gateway] = Gateway) -> tuple[list[str], list[str]]:
    """Return what was compared, and what differs; `kind` is the gateway to compare with."""
    gateway = Replay(lines, kind)
    asyncio.run(gateway.run())
    read_, unlike = read(lines)
    classed, unknown = errors(lines)
    told = [f"read: {each}" for each in read_] + [f"error: {each}" for each in classed]
    told += [f"gateway: {number} times compared: {what}" for what, number in sorted(gateway.compared.items())]
    told += [f"gateway: not compared: {number} {what}" for what, number in gateway.left_out.items()]
    differs = [f"read: {each}" for each in unlike] + [f"an error without a class: {each}" for each in unknown]
    return told, differs + [f"gateway: {each}" for each in gateway.differs]


def main(arguments: list[str]) -> int:
    """Print both; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.replay", description=__doc__)
    parser.add_argument("DIR", type=Path, help="the directory that WSCHAT_RECORD named")
    folder: Path = parser.parse_args(arguments).DIR
    logging.getLogger("wschat.gateway").setLevel(
        logging.ERROR
    )  # why a function failed is not what is compared
    try:
        told, differs = replay(load(folder))
    except Unreadable as error:
        print(error, file=sys.stderr)
        return 2
    print(*told, *(f"DIFFERS: {each}" for each in differs), sep="\n")
    print(f"{len(differs)} differences" if differs else "No difference.")
    return 1 if differs else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
