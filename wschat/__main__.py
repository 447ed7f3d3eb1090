"""The entry and the end of the program: what needs no command line is answered without loading one."""

import gc
import os
import sys
from contextlib import suppress

from wschat import __version__
from wschat.system.streams import outlive_readers


def main() -> None:
    """Run the program; nothing that still runs in it, such as a call in flight, keeps it from ending."""
    try:
        run()
    except SystemExit as end:
        leave(end.code if isinstance(end.code, int) else 0)


def leave(code: int) -> None:
    """End this process at once: wait for no thread, and tidy nothing up that ends with it anyway."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # nobody reads it, it is closed, there is none
            stream.flush()
    os._exit(code)


def run() -> None:
    """Show the version, or run the command line."""
    outlive_readers()
    if sys.argv[1:] == ["--version"]:
        with suppress(OSError):  # the command line shows that error
            print(f"wschat {__version__}", flush=True)  # noqa: T201  there may be no stdout
            return
    gc.set_threshold(200_000)  # loading a command makes many objects, and no garbage
    try:
        from wschat.cli.app import main

        main()
    except (KeyboardInterrupt, RuntimeError) as error:  # while it is loaded
        if not isinstance(error.__cause__ or error, KeyboardInterrupt):  # Python 3.11 wraps it in classes
            raise
        from wschat.errors import ExitCode

        sys.exit(ExitCode.INTERRUPTED)


if __name__ == "__main__":
    main()
