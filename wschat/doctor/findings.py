"""Findings: causes with what speaks for them, the likeliest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from wschat.doctor.causes import CAUSES, Cause
from wschat.doctor.visit import Try, Visit
from wschat.protocol.symptoms import Symptom

MOST = 3
"""How many findings are told: who has more mends these first."""
FACT = 0.8
"""From this strength on, what is suspected is a fact, and no trace that a fact has left."""
RANK = {cause.name: number for number, cause in enumerate(CAUSES)}
FITS, HINTS, UNSEEN, UNLIKELY = 0.9, 0.6, 0.4, 0.2
"""How sure a cause is: it explains all that fails there; a part; nothing was tried there; all is well."""


@dataclass(frozen=True)
class Suspicion:
    """Something that was found to be otherwise than it should be, and what it would do.

    Attributes:
        cause: what it is.
        routes: the routes that it would spoil; none is all.
        evidence: what was seen, and where, a line each.
        strength: how much it says by itself, from 0 to 1: an attribute that differs is a fact, an old line of
            a log is a hint.
        alone: whether it is worth telling though nothing that failed shows it.
    """

    cause: Cause
    routes: frozenset[str]
    evidence: tuple[str, ...]
    strength: float = 1.0
    alone: bool = True


@dataclass(frozen=True)
class Finding:
    """A cause, the symptom that it explains, what speaks for it, and how sure it is, from 0 to 1."""

    cause: Cause
    symptom: str
    evidence: tuple[str, ...]
    sure: float

    @property
    def surely(self) -> str:
        """How sure it is, in words."""
        return next(words for least, words in SURE if self.sure >= least)


SURE = ((0.8, "almost certain"), (0.5, "likely"), (0.3, "possible"), (0.0, "nothing suffers from it now"))


def diagnose(visit: Visit, suspicions: Iterable[Suspicion]) -> tuple[Finding, ...]:
    """Return the findings, the likeliest first; at most `MOST` are worth telling.

    What is suspected is weighed by what was seen from outside. What failed there and nothing that is
    suspected explains is told by the causes that show themselves so, as a guess.
    """
    merged = [each for each in _merged(suspicions) if each.alone or _matches(visit, each)]
    known = _with_traces(visit, merged)
    found = [_weighed(visit, each) for each in known]
    explained = {each for suspicion in known for each in _matches(visit, suspicion)}
    for symptom in dict.fromkeys(each.symptom for each in visit.failed if each not in explained):
        found += _guesses(visit, symptom)
    return tuple(sorted(found, key=lambda each: (-each.sure, RANK[each.cause.name])))


def _merged(suspicions: Iterable[Suspicion]) -> Iterable[Suspicion]:
    """Return one suspicion for each cause, with all that speaks for it."""
    merged = dict[str, Suspicion]()
    for each in suspicions:
        other = merged.get(each.cause.name, replace(each, evidence=()))
        routes = other.routes | each.routes if other.routes and each.routes else frozenset[str]()
        evidence = tuple(dict.fromkeys((*other.evidence, *each.evidence)))
        strength, alone = max(other.strength, each.strength), other.alone or each.alone
        merged[each.cause.name] = Suspicion(each.cause, routes, evidence, strength, alone)
    return merged.values()


def _with_traces(visit: Visit, suspicions: Sequence[Suspicion]) -> list[Suspicion]:
    """Let a fact that explains what a trace would explain have that as evidence, in place of a finding."""
    facts = {each.cause.name: each for each in suspicions if each.strength >= FACT}
    rest = list[Suspicion]()
    for trace in (each for each in suspicions if each.strength < FACT):
        seen = _matches(visit, trace)
        fits = (each for each in facts.values() if seen and {*seen} <= {*_matches(visit, each)})
        if fact := next(fits, None):
            facts[fact.cause.name] = replace(fact, evidence=(*fact.evidence, *trace.evidence))
        else:
            rest.append(trace)
    return [*facts.values(), *rest]


def _matches(visit: Visit, suspicion: Suspicion) -> list[Try]:
    routes = suspicion.routes or {each.route for each in visit.tries}
    return visit.of(suspicion.cause.explains, routes)


def _weighed(visit: Visit, suspicion: Suspicion) -> Finding:
    """Weigh what is suspected: by the share of what failed, of all that it would spoil."""
    cause, tried = suspicion.cause, {each.route for each in visit.tries if each.route}
    spoiled = (suspicion.routes or tried) & tried
    matches = _matches(visit, suspicion)
    seen = dict.fromkeys(_seen(each.what, each.seen) for each in matches)
    evidence = (*suspicion.evidence, *[*seen][:MOST])
    if matches:
        share = len({each.route for each in matches}) / max(len(spoiled), 1)
        sure = HINTS + (FITS - HINTS) * min(share, 1.0)
        return Finding(cause, str(matches[0].symptom), evidence, sure * suspicion.strength)
    harmless = cause.explains == (Symptom.NOTHING_YET,)
    answered = spoiled and all(map(visit.went_well, suspicion.routes or tried))
    later = visit.only_asked and Symptom.NOT_HEARD in cause.explains
    well = harmless or (answered and not later)
    sure = (UNLIKELY if well else UNSEEN) - 0.05 * harmless
    symptom = Symptom.NOT_HEARD if answered and later else cause.explains[0]
    return Finding(cause, symptom, evidence, sure * suspicion.strength)


def _guesses(visit: Visit, symptom: Symptom | None) -> Iterable[Finding]:
    """Return what shows itself so, as long as nobody could look closer: the likeliest first."""
    seen = tuple(_seen(each.what, each.seen) for each in visit.failed if each.symptom is symptom)[:MOST]
    causes = [cause for cause in CAUSES if symptom in cause.explains]
    for number, cause in enumerate(causes[:MOST]):
        sure = FITS if len(causes) == 1 else HINTS - 0.05 * (number + 1)
        yield Finding(cause, str(symptom), seen, sure)


def _seen(what: str, seen: str) -> str:
    return f"{what}: {seen}" if seen else what
