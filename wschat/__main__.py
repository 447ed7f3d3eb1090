"""The entry of the program: what needs no command line is answered without loading one."""

import gc
import sys
from contextlib import suppress

from wschat import __version__


def main() -> None:
    """Show the version, or run the command line."""
    if sys.argv[1:] == ["--version"]:
        with suppress(OSError):  # the command line tells of it
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
