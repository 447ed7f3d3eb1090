"""Which lab is meant, by a URL or of those provisioned from here; what is told of one that is gone."""

from pathlib import Path

import pytest

from tests.support.provisioned import keep
from tests.support.terminal import wschat
from wschat.cli.provisioned import Provisioned
from wschat.cli.which_lab import telling_which
from wschat.errors import ConnectError
from wschat.protocol.symptoms import Symptom

HERE = "ws://127.0.0.1:9/"


@pytest.mark.parametrize(
    ("meant", "flags"), [("last", []), ("file", []), ("environment", []), ("flag", ["--url", HERE + "flag"])]
)
def test_which_lab(home: Path, meant: str, flags: list[str]) -> None:
    """For chat and web alike, a flag goes over the environment, that over the file, that over the last."""
    Provisioned(url=f"{HERE}last").keep()
    text = "" if meant == "last" else f'url = "{HERE}file"'
    (home / "config.toml").write_text(text, encoding="utf-8-sig")  # as editors on Windows do
    env = {"WSCHAT_URL": f"{HERE}environment"} if meant in {"environment", "flag"} else {}
    assert f"{HERE}{meant}:" in wschat("chat", *flags, **env).stderr
    assert wschat("web", "--export", str(home / "site"), *flags, **env).returncode == 0
    assert f'content="{HERE}{meant}"' in (home / "site" / "index.html").read_text()


@pytest.mark.parametrize(
    ("flags", "meant"),
    [
        ([], "newest"),
        (["--region", "eu-west-1"], "newest"),
        (["--profile", "class"], "class"),
        (["--profile", "for-signing"], "newest"),
        (["--prefix", "anna-"], "anna"),
        (["--prefix", ""], "newest"),
        (["--prefix", "anna-", "--region", "us-east-1"], None),
        (["--prefix", "bert-"], None),
    ],
)
def test_which_of_several(flags: list[str], meant: str | None) -> None:
    """Prefix, region and profile choose among those that were provisioned from here, which are named."""
    labs = {
        "class": Provisioned(url=f"{HERE}class", account="2" * 12, region="eu-west-1", profile="class"),
        "anna": Provisioned("anna-", url=f"{HERE}anna", account="1" * 12, region="eu-west-1"),
        "newest": Provisioned(url=f"{HERE}newest", account="1" * 12, region="eu-west-1"),
    }
    keep(*labs.values())
    done = wschat("chat", *flags)
    if meant:
        assert (done.returncode, f"{labs[meant]}, {HERE}{meant}:" in done.stderr) == (5, True), done.stderr
        assert "it has ended" in done.stderr
    else:
        assert (done.returncode, "without a prefix" in done.stderr) == (2, True)
        assert all(str(lab) in done.stderr for lab in labs.values())


@pytest.mark.parametrize(
    ("symptom", "hint"),
    [
        (Symptom.NOTHING_LISTENS, "`wschat chat --local` starts another"),
        (Symptom.CONNECT_FAILED, "as told; `wschat doctor` finds the cause"),
    ],
)
def test_a_lab_of_this_machine_that_can_not_be_reached(symptom: Symptom, hint: str) -> None:
    """Where nothing answers, it has ended; where its function fails, it has not, and the advice stays."""
    error = ConnectError("no", where=HERE, hint="as told", symptom=symptom)
    with pytest.raises(ConnectError) as told, telling_which(Provisioned(url=HERE)):
        raise error
    assert told.value.hint.endswith(hint)
