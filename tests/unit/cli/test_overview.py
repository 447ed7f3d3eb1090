"""What is shown of several labs, to people and to programs, and how ages are told and read."""

import json
from dataclasses import replace

import pytest

from wschat.cli import overview
from wschat.errors import AccessError, UsageError
from wschat.lab import engine
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.functions import Function
from wschat.lab.aws.websocket_api import Api
from wschat.lab.labs import Overview
from wschat.lab.model.actual import Actual
from wschat.lab.plan import Step, Verb

NOW = 1_000_000_000.0


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (59, "a moment"),
        (60, "1 minute"),
        (2 * 3600 + 1, "2 hours"),
        (40 * 86_400, "40 days"),
        (None, "unknown"),
    ],
)
def test_age(seconds: float | None, told: str) -> None:
    """An age is told in its largest whole unit, up to days."""
    assert overview.age(seconds) == told


def test_ages_that_are_read() -> None:
    """Each unit is taken, and anything else is refused with an example."""
    ages = {"90s": 90, "5m": 300, "12h": 43_200, "2d": 172_800, "1w": 604_800, "0.5d": 43_200}
    assert {text: overview.parse_age(text) for text in ages} == ages
    for text in ("", "2", "d", "-1d", "2 d", "2D", "2y", "infd", "1e3s", "\u0662d"):
        with pytest.raises(UsageError) as refused:
            overview.parse_age(text)
        assert (refused.value.where, "such as 2d" in refused.value.hint) == ("--older-than", True)


def lab_of(cloud: Cloud, actual: Actual, used: float | None) -> Overview:
    return Overview(cloud, actual, engine.desired(cloud.lab, actual), engine.drift(cloud, actual), used)


def test_labs(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """A row tells how far a lab has come, since when, its last use, who may connect; lines, what differs."""
    desired = engine.desired(cloud.lab, Actual())
    there = {each.key: each for each in desired}
    changed = next(each for each in desired if isinstance(each, Function))
    there[changed.key] = replace(changed, memory=128)
    api = {each.key: "a1b2" for each in desired if each.kind == "API"}
    stranger = replace(changed, name="Stranger\x1b[31m")
    full = Actual(there, api, unmanaged=(stranger,), created=NOW - 90_000)
    signing = replace(cloud, lab=replace(cloud.lab, prefix="", authorization="AWS_IAM"))
    tables = engine.desired(signing.lab, Actual())[:2]
    begun = Actual({each.key: each for each in tables}, created=NOW - 60)
    labs = [lab_of(cloud, full, NOW - 7_200), lab_of(signing, begun, None)]
    overview.show(labs, NOW)
    told = capsys.readouterr().out.splitlines()
    rows = [" ".join(line.split()) for line in told[1:3]]
    prefix, total = cloud.lab.prefix, len(desired)
    assert rows[0] == f"{prefix} all there {total}/{total} 1 day 2 hours ago anyone"
    assert rows[1].startswith("(none) 04 role 2/")
    assert rows[1].endswith("1 minute none seen nobody yet")
    url = engine.url(cloud, full)
    assert told[3] == f"{prefix}: {url}"
    assert told[4] == f"    differs: function {changed.name}: memory: is 128 MB, should be 256 MB"
    assert told[5].startswith("    unmanaged: function Stranger")
    assert "\x1b" not in told[5]
    overview.show_json(cloud.lab, labs, [AccessError("no", where="prefix c-, looking")], ["no roles"])
    shown = json.loads(capsys.readouterr().out)
    assert (shown["refused"], shown["notes"]) == (["prefix c-, looking: no"], ["no roles"])
    one, two = shown["labs"]
    assert (one["prefix"], one["url"], one["task"], one["step"]) == (prefix, url, None, None)
    assert (one["made"], one["of"]) == (total, total)
    assert (one["created"], one["last_connect"]) == (full.created, NOW - 7_200)
    assert [each["action"] for each in one["changes"]] == ["update"]
    assert (one["lesson"], two["lesson"]) == (None, "role")
    assert (two["step"], two["authorization"], one["authorization"]) == ("role", None, "NONE")


def test_a_lab_in_a_drill(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """It is said which, and how many hints were given, but how it differs only to spoil it."""
    desired = engine.desired(cloud.lab, Actual())
    there = {each.key: each for each in desired if each.kind != "permission"}
    (api,) = (each for each in desired if isinstance(each, Api))
    there[api.key] = replace(api, labels=(("wschat:drill", "5 2"), ("wschat:drills", "7 1")))
    lab = lab_of(cloud, Actual(there), None)
    (extra,) = (each for each in desired if each.key == ("route", "join"))
    lab = replace(lab, steps=(*lab.steps, Step(Verb.DELETE, extra)))
    overview.show([lab], NOW)
    told = capsys.readouterr().out
    assert ("drill closed-door, hint 2" in told, "extra" in told) == (True, False)
    overview.show([lab], NOW, spoil=True)
    assert "extra: route join" in capsys.readouterr().out
    for spoil in (False, True):
        overview.show_json(cloud.lab, [lab], [], [], spoil=spoil)
        (shown,) = json.loads(capsys.readouterr().out)["labs"]
        assert (shown["drill"], shown["drills_done"]) == (
            {"number": 5, "name": "closed-door", "hints": 2},
            [1, 7],
        )
        assert (shown["changes"] is not None, bool(shown["changes"])) == (spoil, spoil)


def test_a_class(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Drills that were found are counted; a row fits on 80 columns, and is one line for programs."""
    desired = engine.desired(cloud.lab, Actual())
    there = {each.key: each for each in desired}
    (api,) = (each for each in desired if isinstance(each, Api))
    there[api.key] = replace(api, labels=(("wschat:drills", "7 1"),))
    overview.show([lab_of(cloud, Actual(there, created=NOW), NOW)], NOW)
    prefix, total = cloud.lab.prefix, len(desired)
    row = f"{prefix} all there, 2 of 20 drills {total}/{total} a moment a moment ago nobody yet"
    assert " ".join(capsys.readouterr().out.splitlines()[1].split()) == row
    some = [replace(cloud, lab=replace(cloud.lab, prefix=prefix)) for prefix in ("a-", "b" * 32)]
    halves = [Actual({each.key: each for each in engine.desired(lab.lab, Actual())[:2]}) for lab in some]
    labs = [lab_of(lab, half, None) for lab, half in zip(some, halves, strict=True)]
    overview.show(labs, NOW)
    assert len(capsys.readouterr().out.splitlines()) == 3
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    overview.show(labs[:1], NOW)
    assert len(capsys.readouterr().out.splitlines()) == 2
