"""Let the storm rage, and count: `python -m tests.storm --seconds 60 --people 60`."""

import argparse
import sys
import threading
import time
from collections import Counter
from contextlib import nullcontext, redirect_stdout
from io import StringIO

from tests.functions.consistent import inconsistencies
from tests.storm.lines import Lab, There, here
from tests.storm.people import Somebody


def storm(lab: Lab, people: int, seconds: float) -> tuple[Counter[str], list[str]]:
    """Let people act for some seconds; return what they did, and what is wrong in the end."""
    everybody = [Somebody(lab, f"p{number}") for number in range(people)]
    until, failures = time.monotonic() + seconds, list[str]()

    def live(one: Somebody) -> None:
        try:
            while time.monotonic() < until:
                one.act()
            if one.line is None:
                one.come_back()
            if one.line:
                one.finish(one.line)
        except BaseException as error:  # noqa: BLE001
            failures.append(f"{one.name}: {error!r}")

    threads = [threading.Thread(target=live, args=(one,)) for one in everybody]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = sum((Counter(one.counts) for one in everybody), Counter[str]())
    messages = [said for one in everybody for said in one.said]
    done["acked"] = len(messages)
    time.sleep(1.0)  # the last $disconnect is on its way
    auditor = lab.open()
    auditor.ask("register", "auditor")
    auditor.ask("create", "the end")  # tells everybody, and so finds every ghost
    failures += inconsistencies(lab.items())
    failures += _who_is_there(lab, everybody)
    expected = 0
    for one in everybody:
        for stay in one.stays:
            due = {
                said.seq
                for said in messages
                if said.room == stay.room and stay.start < said.start and said.end < stay.end
            }
            expected += len(due)
            failures += [f"{one.name} lacks {seq} of {stay.room}" for seq in due - stay.has]
    done["deliveries that were due"] = expected
    return done, failures


def _who_is_there(lab: Lab, everybody: list[Somebody]) -> list[str]:
    items, wrong = lab.items(), []
    names = {item["name"]["S"] for item in items.values() if "connected" in item and "name" in item}
    if names != {one.name for one in everybody} | {"auditor"}:
        wrong.append(f"names that are not the people's: {names ^ {one.name for one in everybody}}")
    wanted: dict[str, set[str]] = {"the end": {"auditor"}}
    for one in everybody:
        if one.stays and one.stays[-1].room:
            wanted.setdefault(one.stays[-1].room, set()).add(one.name)
    found = {
        item["name"]["S"]: {name["S"] for name in item["users"]["M"].values()}
        for item in items.values()
        if "users" in item
    }
    return wrong + [
        f"{room}: {found.get(room)} for {wanted.get(room)}"
        for room in found | wanted
        if found.get(room) != wanted.get(room)
    ]


def main() -> int:
    """Read the command line, storm, and show what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.storm", description=__doc__)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--url", help="a gateway's; without one, the functions run in this process")
    parser.add_argument("--endpoint-url", help="where that gateway's tables are")
    parser.add_argument("--prefix", default="", help="that its tables' names begin with")
    wanted = parser.parse_args()
    lab = here() if wanted.url is None else nullcontext(There(wanted.url, wanted.endpoint_url, wanted.prefix))
    with lab as place, redirect_stdout(StringIO()):  # the functions' logs
        done, wrong = storm(place, wanted.people, wanted.seconds)
    for what, number in sorted(done.items()):
        sys.stdout.write(f"{number:8} {what}\n")
    sys.stdout.writelines(f"{each}\n" for each in wrong or ["nothing is wrong"])
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
