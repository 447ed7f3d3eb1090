"""The zip of one function: exactly the modules that it imports, and nothing that differs between machines."""

import ast
import io
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent.parent
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can tell


@cache
def bundle(module: str, package: Path = PACKAGE) -> bytes:
    """Return the deployment package of a function: the same source gives the same bytes everywhere.

    Files are stored, not deflated: another version of zlib would give other bytes, and so another hash.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for path, data in sorted(sources(f"{package.name}.functions.{module}", package).items()):
            entry = zipfile.ZipInfo(path, EPOCH)
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # Unix: the default is that of the machine that packs
            archive.writestr(entry, data)
    return packed.getvalue()


def sources(module: str, package: Path) -> dict[str, bytes]:
    """Return the source files of a module and of all that it imports from its package, by their path.

    Their packages' `__init__` files are empty in it: Python needs them, and an edit there redeploys nothing.
    """
    found: dict[str, bytes] = {}
    seen, waiting = set[str](), {module}
    while waiting:
        seen |= waiting
        path = Path(*waiting.pop().split(".")).with_suffix(".py")
        if (source := package.parent / path).is_file():
            found[path.as_posix()] = code = source.read_bytes()
            found |= {(parent / "__init__.py").as_posix(): b"" for parent in path.parents[:-1]}
            imported = {name for name in _imports(code) if name.startswith(f"{package.name}.")}
            waiting |= imported - seen  # libraries stand beside the package, where it is installed
    return found


@cache
def _imports(source: bytes) -> frozenset[str]:
    """Return the names of all that a module imports at run time: modules, and what may be one."""
    return frozenset(_names(ast.parse(source)))


def _names(node: ast.AST) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.expr():  # most of all there is, and no statement is in one
                continue
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(origin), names=names):
                yield from (origin, *(f"{origin}.{alias.name}" for alias in names))
            case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=others):
                yield from _names(ast.Module(others, []))
            case _:
                yield from _names(child)
