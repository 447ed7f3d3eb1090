"""Unicode's table of letters that look alike, as a module: `python -m tests.confusables FILE` writes it.

FILE is the official confusables.txt of the version below, from its address; nothing is fetched here.
"""

import hashlib
import sys
import zlib
from base64 import b64encode
from itertools import pairwise
from pathlib import Path

from wschat.protocol import skeleton

VERSION = "17.0.0"
ADDRESS = f"https://www.unicode.org/Public/{VERSION}/security/confusables.txt"
SHA256 = "091c7f82fc39ef208faf8f94d29c244de99254675e09de163160c810d13ef22a"
MODULE = Path(skeleton.__file__).with_name("confusables.py")
WIDTH = 110


def parse(source: bytes) -> dict[str, str]:
    """Return what each letter of the official file looks like.

    Raises:
        ValueError: it is another file.
    """
    if hashlib.sha256(source).hexdigest() != SHA256:
        raise ValueError(f"not confusables.txt of Unicode {VERSION}: {ADDRESS}")
    rows = (line.partition("#")[0].split(";") for line in source.decode("utf-8-sig").splitlines())
    return {_characters(row[0]): _characters(row[1]) for row in rows if len(row) > 1}


def text(table: dict[str, str]) -> str:
    """Return the table as text: how far each letter is from the one before, then in lines the prototypes."""
    codes = sorted(map(ord, table))
    gaps = (str(code - before) for before, code in pairwise([0, *codes]))
    return "\n".join([" ".join(gaps), *(table[chr(code)] for code in codes)])


def head(table: dict[str, str]) -> str:
    """Return the module's docstring."""
    return f'''"""Letters that look alike: Unicode's confusables.txt, packed by `python -m tests.confusables`.

{ADDRESS}: {len(table):,} entries
SHA-256 {SHA256}
Copyright © 2025 Unicode, Inc. Under the Unicode License v3, which is in LICENSE-UNICODE.
"""
'''


def packed(table: dict[str, str]) -> str:
    """Return the table as printable lines; which ones depends on the machine's zlib."""
    whole = b64encode(zlib.compress(text(table).encode(), 9)).decode()
    return "\n".join(whole[at : at + WIDTH] for at in range(0, len(whole), WIDTH))


def write(file: Path) -> None:
    """Write the module from the official file."""
    table = parse(file.read_bytes())
    MODULE.write_text(f'{head(table)}\nPACKED = """\n{packed(table)}\n"""\n', encoding="utf-8")


def _characters(codes: str) -> str:
    return "".join(chr(int(code, 16)) for code in codes.split())


if __name__ == "__main__":
    write(Path(sys.argv[1]))
