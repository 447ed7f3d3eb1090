"""`wschat zip`: write the functions' deployment packages, for who uploads them by hand."""

from pathlib import Path
from typing import Annotated

import typer

from wschat.lab.bundle import bundle
from wschat.lab.logs.cloudwatch import select_functions
from wschat.system.files import regular


def zip(  # noqa: A001  the command's name
    function: Annotated[
        list[str] | None, typer.Argument(metavar="[FUNCTION]...", help="Such as Connect. (default: all)")
    ] = None,
    to: Annotated[Path, typer.Option(metavar="FOLDER", help="Where to; made if need be.")] = Path("zips"),
) -> None:
    """Write the functions' zips to a folder. They are what provision uploads, for the console and `aws`."""
    functions = [spec for name in function or (None,) for spec in select_functions(name)]
    to.mkdir(parents=True, exist_ok=True)
    for spec in functions:
        path = regular(to / f"{spec.name}.zip")
        path.write_bytes(bundle(spec.module))
        typer.echo(path)
