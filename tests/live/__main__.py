"""Try these tests themselves, on MiniStack: `python -m tests.live [options of pytest]`."""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support.emulator import emulator
from wschat.local.environment import clean_environment
from wschat.local.join import LocalLab

CONFIG = """[profile live]
region = us-east-1
aws_access_key_id = %s
aws_secret_access_key = %s
"""


def person(lab: LocalLab, place: Path) -> dict[str, str]:
    """Return the environment of somebody who has a profile for a lab, whose settings are kept there."""
    (place / "config").write_text(CONFIG % (lab.root.id, lab.root.secret))
    config = {"AWS_CONFIG_FILE": str(place / "config")}
    return config | {"WSCHAT_LIVE_PROFILE": "live", "WSCHAT_LIVE_ENDPOINT": lab.endpoint}


if __name__ == "__main__":
    for name in {*os.environ} - {*clean_environment()}:
        del os.environ[name]
    with TemporaryDirectory() as place, emulator() as lab:
        os.environ |= clean_environment() | person(lab, Path(place))
        code = pytest.main([str(Path(__file__).parent), "-n0", *sys.argv[1:]])
    sys.exit(code)
