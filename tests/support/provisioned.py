"""Labs that were provisioned from here one after another."""

import os

from wschat.cli.provisioned import LABS, Provisioned
from wschat.system import paths


def keep(*labs: Provisioned) -> None:
    """Keep labs, each a second after that before it."""
    for second, lab in enumerate(labs):
        lab.keep()
        for file in (paths.state_dir() / LABS).iterdir():
            if f'"{lab.url}"' in file.read_text():
                os.utime(file, (second, second))
