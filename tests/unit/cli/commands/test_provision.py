"""`wschat provision`: what it says before, and while it tries the lab."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import typer
from websockets.http11 import Request

from tests.studies.account import Account
from tests.support.late_lab import UNKNOWN, LateLab, late_lab
from tests.support.plane.clock import VirtualClock
from tests.support.plane.embedded import Embedded
from tests.support.terminal import wschat
from tests.support.updates import updated_api
from wschat.cli.commands.provision import try_it
from wschat.cli.report import warn_of_quota
from wschat.lab.aws.cloud import EMULATOR_PACING, Cloud
from wschat.lab.blueprint import STAGE, blueprint
from wschat.lab.model.actual import Actual
from wschat.target import Target


@pytest.mark.parametrize(("functions", "noted"), [(10, True), (11, False)])
def test_a_new_account(capsys: pytest.CaptureFixture[str], functions: int, *, noted: bool) -> None:
    """An account that runs ten functions at once, as new ones do, is told so before anything is made."""
    warn_of_quota(functions)
    assert ("Service Quotas" in capsys.readouterr().err) is noted


class Updated:
    """A lab behind AWS's nodes on virtual time: on its stage `join` and AWS_IAM are new as of now.

    `handshakes` are whether each was signed, and let in.
    """

    def __init__(self, account: Account, lab: LateLab, *, sign: bool = False) -> None:
        self.cloud, self.server, self.handshakes = account.lab(), lab.server, list[tuple[bool, bool]]()
        self._api, self._target = updated_api(self.cloud, STAGE), Target(url=lab.url, sign=sign)
        stage = self.cloud.api.get_stage(ApiId=self._api, StageName=STAGE)
        self._actual = Actual(ids={("API", "x"): self._api, ("deployment", "x"): stage["DeploymentId"]})
        self.updated = account.clock.now()

        def answer(request: dict[str, Any]) -> str | None:
            served = request["action"] != "join" or "join" in account.plane.served(self._api, STAGE)
            return None if served else json.dumps({**json.loads(UNKNOWN), "id": request["id"]})

        def lets_in(request: Request) -> bool:
            signed = "X-Amz-Signature" in request.path
            let_in = signed or "$connect" not in account.plane.served(self._api, STAGE)
            self.handshakes.append((signed, let_in))
            return let_in

        if sign:
            lab.server.lets_in = lets_in

        lab.server.tamper = answer

    def try_it(self, *known: float, **changed: Any) -> float:  # noqa: ANN401  as the cloud's fields are
        """Try it, and return how many seconds after its update that ends."""
        cloud = replace(self.cloud, **changed)
        try_it(cloud, self._actual, self._target, *known)
        return self.cloud.clock.now() - self.updated

    def asked(self) -> int:
        """Return how many rooms were asked for so far."""
        return sum(request["action"] == "create" for request in self.server.requests)


@pytest.fixture
def updated(embedded: Embedded) -> Iterator[Updated]:
    with late_lab() as lab:
        yield Updated(Account(embedded), lab)


WHY = "The stage was updated 0 s ago. AWS serves an update everywhere only after some 80 s"
HELD = [f"  {number} of 5 connections in a row hold" for number in range(5)]


def test_an_update(updated: Updated, capsys: pytest.CaptureFixture[str]) -> None:
    """An update is waited for until AWS serves nothing else, also by who comes later, and says why."""
    assert 90 <= updated.try_it() < 110
    why, *lines = capsys.readouterr().err.splitlines()
    assert (why.startswith(WHY), lines) == (True, ["Trying it", *HELD, "Tried it: it works."])
    for later, rooms in ((100, 10), (100, 1)):  # five connections, each asked twice; after 300 s as any other
        before = updated.asked()
        updated.cloud.clock.sleep(later)
        updated.try_it()
        assert updated.asked() - before == rooms


def test_an_update_of_a_throttle(updated: Updated) -> None:
    """Of a stage that AWS dates as updated just now, and that serves what it did for long, one holds."""
    updated.cloud.clock.sleep(80)
    assert updated.try_it(400.0) < 90
    assert updated.asked() == 1


def test_an_update_in_a_terminal(
    updated: Updated, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a terminal it stands in place how many connections hold, and for how long it has been tried."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    updated.try_it()
    shown = capsys.readouterr().err
    assert WHY in " ".join(shown.split())
    assert re.search(r"Trying it \(\d+ s\): 4 of 5 connections in a row hold", shown)


@pytest.mark.usefixtures("account")
def test_an_update_of_who_may_connect(embedded: Embedded) -> None:
    """With AWS_IAM, who does not sign must be refused as often as who does must be let in."""
    with late_lab() as lab:
        updated = Updated(Account(embedded), lab, sign=True)
        assert 90 <= updated.try_it() < 110
    assert updated.handshakes[0] == (False, True), "as it was before"
    assert updated.handshakes[-15:] == [(False, False), (True, True), (True, True)] * 5


def test_in_an_emulator(updated: Updated, capsys: pytest.CaptureFixture[str]) -> None:
    """What serves an update at once is asked once."""
    updated.cloud.clock.sleep(80)
    updated.try_it(pacing=EMULATOR_PACING)
    assert updated.asked() == 1
    assert WHY not in capsys.readouterr().err


class CtrlC(VirtualClock):
    """A time in which somebody presses Ctrl-C when a pause is long."""

    def sleep(self, seconds: float) -> None:
        if seconds > 60:
            raise KeyboardInterrupt
        super().sleep(seconds)


def test_stopped_while_it_waits(embedded: Embedded, capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C ends the wait, and says that the lab is all there, what may still be served, and what to do."""
    with late_lab() as lab, pytest.raises(typer.Exit) as ended:
        Updated(Account(embedded, clock=CtrlC()), lab).try_it()
    assert ended.value.exit_code == 130
    *_, there, still = capsys.readouterr().err.splitlines()
    assert there == f"Stopped trying it. The lab is all there: {lab.url}"
    assert still.startswith("Until 90 s after the update AWS may serve what was there before")
    assert still.endswith("`wschat provision` goes on.")


@pytest.mark.usefixtures("account")
def test_commands(cloud: Cloud) -> None:
    """`--commands` writes the whole lab as a script, `--plan --commands` what it lacks; as --plan ends."""
    table, _ = blueprint(cloud.lab)[:2]
    table.create(cloud)
    options = ("provision", "--prefix", cloud.lab.prefix, "--commands", "--tag", "a=b c")
    whole, left = wschat(*options), wschat(*options, "--plan")
    assert (whole.returncode, left.returncode) == (0, 3)
    assert whole.stdout.startswith("#!/usr/bin/env bash\n")
    assert ("create-table --table-name" in whole.stdout, whole.stdout.count("create-table")) == (True, 2)
    assert left.stdout.count("create-table") == 1
    assert f"--resource-arn {cloud.lab.arn('dynamodb', f'table/{table.name}')}" in left.stdout
    assert f"status --prefix {cloud.lab.prefix}" in whole.stdout.splitlines()[-1]
    cloud.dynamodb.delete_table(TableName=table.name)
