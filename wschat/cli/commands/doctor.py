"""`wschat doctor`: find the cause of what does not work."""

import asyncio
import json as jsons
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

import typer
from rich.text import Text

from wschat.cli import console
from wschat.cli.aws import NOTHING_CHANGED, connect, on_interrupt, waiting
from wschat.cli.drills import show_secret
from wschat.cli.options import AccountTarget, InAccount, Sign, Spoil, Url
from wschat.cli.report import show_left_alone
from wschat.cli.which_lab import kept_lab, signer
from wschat.doctor import addressed, inside
from wschat.doctor.findings import MOST, Finding, diagnose
from wschat.doctor.metrics import Counts
from wschat.doctor.page import Page, fetch, is_page
from wschat.doctor.routed import is_a_lab, mended
from wschat.doctor.visit import Visit
from wschat.errors import ExitCode, UsageError, WschatError
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.setup.regions import regions
from wschat.learn.drills.work import Running, running
from wschat.protocol.symptoms import Symptom
from wschat.target import Target, host_of, is_here
from wschat.text import safe

LEFT = "It could not take back {}."
OTHER = "the URL is of the API {}, which is not the lab's: what is wrong in any API was looked for"
HERE = AccountTarget(local=True).commands
"""What tells more of a lab on this machine to who has not given its credentials."""
ONLY_ASKED = "each action was asked only for what it refuses, since {}: --deep talks in a room"
NOT_ASKED = "; nobody knows here what its routes do, so none was asked"


def doctor(
    target: InAccount,
    url: Url = None,
    *,
    sign: Sign = None,
    deep: Annotated[
        bool,
        typer.Option(
            "--deep", help="Make a room and talk in it, too, though others are connected, who hear of it."
        ),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Write the findings as JSON.")] = False,
    spoil: Spoil = False,
) -> None:
    """Find the cause of what does not work. It changes nothing. Exit with 3 if it finds one."""
    from wschat.doctor.outside import visit  # what connects takes as long to load as all the rest

    notes, given = list[str](), target
    with on_interrupt(NOTHING_CHANGED):
        page, url = _page(url, notes)
        target = replace(target, region=target.region or addressed.region_in(url or ""))
        cloud, account = _inside(target, url or "", notes)
        if cloud:
            target = replace(target, prefix=cloud.lab.prefix)
        if not spoil and account and (drill := running(account.actual)):
            raise typer.Exit(_show_drill(drill, target, notes, json=json))
        at = _lab(target, url, account, notes, sign=sign) if url or not page else target
        asks = account is None or account.graph is None or is_a_lab(account.graph)
        others = account.others if account else None
        talk = deep or others == 0
        seen, counts = Visit(tuple(page.tries() if page else ())), Counts()
        if at.url:
            with console.waiting("Trying it from outside") as show:
                trying = visit(at.url, signer(at), asks=asks, talk=talk, on_try=lambda what: show(what, 0))
                visited = asyncio.run(trying)
                seen = replace(visited, tries=seen.tries + visited.tries)
        seen = addressed.with_region(seen, at.url, regions())
        suspected = [*addressed.suspicions(seen, at.url)]
        if cloud and account:
            with console.waiting("Looking inside") as show:
                cloud = replace(cloud, on_wait=show)
                counts = inside.counted(cloud, account, time.time())
                suspected += inside.suspicions(cloud, account, seen, counts, time.time())
            notes += cloud.notes
    findings = diagnose(seen, suspected)[:MOST]
    if account and account.graph:
        findings = tuple(map(mended, findings))
    notes += seen.untried
    if counts.told:
        notes.append(
            f"in the last hour: {', '.join(f'{what} {count}' for what, count in counts.told.items())}"
        )
    if account and account.graph:
        notes.append(OTHER.format(account.graph.id) + ("" if asks else NOT_ASKED))
    elif seen.only_asked and seen.went_well("$connect"):
        notes.append(ONLY_ASKED.format(connected(others)))
    if json:
        told = _as_json(findings, seen, notes) | {"last_hour": counts.told}
        console.stdout().out(jsons.dumps(told, indent=2))
    else:
        here = account is None and is_here(host_of(at.url))
        _show(findings, seen, notes, _commands(target, given, seen) | (HERE if here else {}))
    raise typer.Exit(ExitCode.DIFFERENT if findings else ExitCode.OK)


def _commands(target: Target, given: Target, seen: Visit) -> dict[str, str]:
    """Return what to type for the commands that findings name; a region that is not known stands in none."""
    if any(each.symptom is Symptom.NO_REGION for each in seen.failed):
        return replace(target, region=given.region).commands
    return target.commands


def connected(others: int | None) -> str:
    """Say how many are connected, if that can be seen."""
    if not others:
        return "who is connected can't be seen"
    return f"{others} {'is' if others == 1 else 'are'} connected"


def _page(url: str | None, notes: list[str]) -> tuple[Page | None, str | None]:
    """Return the page that a URL is of, and the URL that the page opens; of any other URL, that."""
    if not url or not is_page(url):
        return None, url
    with console.waiting("Looking at the page"):
        page = fetch(url)
    if not page.lab and not page.why:
        notes.append("no WebSocket URL stands in that page: give it by --url")
    return page, page.lab or None


def _inside(target: Target, url: str, notes: list[str]) -> tuple[Cloud | None, inside.Account | None]:
    """Look at the account, and there at the lab whose URL it is; where that is not allowed, note it."""
    try:
        cloud = connect(target)
        if url and not target.prefix:
            cloud = inside.meant(cloud, url)
        return cloud, waiting(cloud, "Looking at what exists", lambda cloud: inside.look(cloud, url))
    except UsageError:
        raise
    except WschatError as error:
        notes.append(f"could not look inside: {error.where}: {error.what}")
        return None, None


def _show_drill(drill: Running, target: Target, notes: Iterable[str], *, json: bool) -> ExitCode:
    """Say that the lab is in a drill, and nothing that gives it away."""
    if json:
        told = {"drill": drill.drill.name, "complaint": drill.drill.complaint}
        console.stdout().out(jsons.dumps(told | _as_json([], Visit(), notes), indent=2))
    else:
        show_secret(drill, target.commands)
    return ExitCode.DIFFERENT


def _lab(
    target: Target,
    url: str | None,
    account: inside.Account | None,
    notes: Iterable[str],
    *,
    sign: bool | None,
) -> Target:
    """Return what to try from outside: the URL that was given, else that of the account, else the last kept.

    Raises:
        UsageError: there is none, and nothing inside either.
    """
    if url:
        return replace(target, url=url, sign=bool(sign))
    if account:
        return replace(target, url=account.url, sign=account.signed if sign is None else sign)
    try:
        lab = kept_lab(target, "doctor")
    except UsageError:
        show_left_alone((), notes)
        raise
    return replace(lab, sign=lab.sign if sign is None else sign)


def _show(
    findings: Sequence[Finding], seen: Visit, notes: Iterable[str], commands: Mapping[str, str]
) -> None:
    out, err = console.stdout(), console.stderr()
    if seen.tries:
        slowest = max(seen.tries, key=lambda each: each.seconds)
        spent = sum(each.seconds for each in seen.tries)
        things = ", ".join(dict.fromkeys(each.what for each in seen.tries))
        told = f"{things}; all went well, in {spent:.1f} s."
        if seen.failed:
            things = console.counted(len(seen.tries), "thing")
            told = (
                f"{things} in {spent:.1f} s, the slowest {slowest.what} ({slowest.seconds:.1f} s)."
                f" {len(seen.failed)} did not go well:"
            )
        out.print(f"Tried from outside: {told}")
    for each in seen.failed:
        out.print(Text(safe(f"  {each.what}: {each.seen} (after {each.seconds * 1000:.0f} ms)"), "red"))
    for left in seen.left:
        out.print(Text(safe(LEFT.format(left)), "yellow"))
    show_left_alone((), notes)
    for number, finding in enumerate(findings, 1):
        out.print(Text(safe(f"{number}. {finding.symptom}: {finding.cause.what}"), "bold"))
        out.print(Text(f"   {finding.surely} ({finding.sure:.0%})"))
        for line in finding.evidence:
            out.print(Text(safe(f"   seen: {line}")))
        out.print(Text(safe(f"   mend: {_completed(finding.cause.mend, commands)}")))
    if not findings:
        err.print("Nothing is wrong with what was tried.")


def _completed(text: str, commands: Mapping[str, str]) -> str:
    for name, command in commands.items():
        text = text.replace(f"`wschat {name}", f"`{command}")
    return text


def _as_json(findings: Iterable[Finding], seen: Visit, notes: Iterable[str]) -> dict[str, Any]:
    return {
        "findings": [
            {
                "cause": finding.cause.name,
                "symptom": finding.symptom,
                "what": finding.cause.what,
                "mend": finding.cause.mend,
                "evidence": [*finding.evidence],
                "sure": round(finding.sure, 2),
            }
            for finding in findings
        ],
        "tried": [
            {
                "what": each.what,
                "route": each.route or None,
                "seconds": round(each.seconds, 3),
                "seen": each.seen,
            }
            for each in seen.tries
        ],
        "left": [*seen.left],
        "notes": [*notes],
    }
