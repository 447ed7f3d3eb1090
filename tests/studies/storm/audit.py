"""What must hold when a storm is over: in the tables, in the messages, and in what the functions logged."""

from collections import Counter
from collections.abc import Iterable
from itertools import chain

from tests.studies.storm.people import Said, Somebody
from tests.support.functions.consistent import all_items, inconsistencies
from wschat.lab.aws.cloud import Cloud
from wschat.lab.blueprint import FUNCTIONS
from wschat.lab.logs.cloudwatch import sources, tail
from wschat.protocol.refusals import ErrorCode

AUDITOR = "auditor"


def tables(cloud: Cloud, everybody: Iterable[Somebody], last: str) -> list[str]:
    """Return what is wrong: names are those of who is connected, rooms and members are who is there.

    The auditor is in the `last` room.
    """
    found = all_items(cloud)
    wrong = inconsistencies(found)
    members = {last: {AUDITOR}}
    for one in everybody:
        if one.line and one.stays and one.stays[-1].room:
            members.setdefault(one.stays[-1].room, set()).add(one.name)
    seats = {
        item["name"]["S"]: {name["S"] for name in item["users"]["M"].values()}
        for item in found.values()
        if "users" in item
    }
    wrong += [
        f"{room} has {seats.get(room)}, and should have {members.get(room)}"
        for room in seats | members
        if seats.get(room) != members.get(room)
    ]
    there = Counter([AUDITOR, *(one.name for one in everybody if one.line)])
    named = Counter(item["name"]["S"] for item in found.values() if {"connected", "name"} <= item.keys())
    return wrong + [
        f"connections of {name!r}: {named[name]}" for name in named | there if named[name] != there[name]
    ]


def messages(everybody: Iterable[Somebody]) -> tuple[Counter[str], list[str]]:
    """Count what was lost, doubled or out of order, as clients have it; and say which messages these are."""
    said = list(chain.from_iterable(one.said for one in everybody))
    stays = [(one, stay) for one in everybody for stay in one.stays]
    due = [
        (one, stay, each)
        for one, stay in stays
        for each in said
        if each.room == stay.room and stay.start < each.start and each.end < stay.end
    ]
    lost = [f"{one.name} lacks {each}" for one, stay, each in due if stay.has.get(each.seq) != each.text]
    doubled = [
        f"{one.name} has {times} times: {text}"
        for one, stay in stays
        for text, times in Counter(stay.has.values()).items()
        if times > 1
    ]
    disordered = [f"said later, and has a lower seq: {each}" for each in _disordered(said)]
    counts = {"messages acked": len(said), "deliveries due": len(due)}
    counts |= {"lost": len(lost), "doubled": len(doubled), "out of order": len(disordered)}
    return Counter(counts), lost + doubled + disordered


def _disordered(said: list[Said]) -> Iterable[Said]:
    """Find messages that were sent after the ack of another one in that room, and have a lower seq."""
    for each in said:
        acked = (other for other in said if other.room == each.room and other.end < each.start)
        if any(other.seq >= each.seq for other in acked):
            yield each


def log(cloud: Cloud) -> tuple[Counter[str], list[str]]:
    """Count what the functions logged; what they raised is wrong."""
    counts, wrong = Counter[str](), list[str]()
    for line in tail(cloud, sources(cloud, FUNCTIONS), since=0):
        if line.facts.get("error", "busy") not in set(ErrorCode) or not line.facts:
            wrong.append(line.readable())
        counts["calls of functions"] += 1
        counts["$disconnect ran"] += line.facts.get("route") == "$disconnect"
        counts["posts"] += line.facts.get("posted", 0)
        counts["posts that met a ghost"] += line.facts.get("gone", 0)
        for what in ("slow", "timeout", "late", "not forgotten", "not cleared"):
            counts[what] += line.facts.get(what, 0)
    return counts, wrong
