"""Which cause is told first: by what failed, and by how much of it a cause explains."""

from dataclasses import replace

from wschat.doctor.causes import BY_NAME
from wschat.doctor.findings import Suspicion, diagnose
from wschat.doctor.visit import Try, Visit
from wschat.protocol.symptoms import Symptom

JOIN_FAILS = Visit(
    (
        Try("handshake", 0.1, route="$connect"),
        Try("register", 0.1, route="register"),
        Try("join", 0.1, "Internal server error", Symptom.FAILED, "join"),
        Try("message", 0.1, route="message"),
    )
)


def suspect(name: str, *routes: str, strength: float = 1.0) -> Suspicion:
    return Suspicion(BY_NAME[name], frozenset(routes), (f"{name} of {' '.join(routes)}",), strength)


def names(visit: Visit, *suspicions: Suspicion) -> list[str]:
    return [each.cause.name for each in diagnose(visit, suspicions)]


def test_what_explains_it() -> None:
    """What explains what failed comes before what lies elsewhere, whatever is suspected first."""
    elsewhere, here = suspect("no-permission", "message"), suspect("wrong-handler", "join")
    found = diagnose(JOIN_FAILS, [elsewhere, here])
    assert [each.cause.name for each in found] == ["wrong-handler", "no-permission"]
    assert found[0].evidence == ("wrong-handler of join", "join: Internal server error")
    assert [each.surely for each in found] == ["almost certain", "nothing suffers from it now"]
    assert found[0].symptom == Symptom.FAILED


def test_what_was_only_asked() -> None:
    """A route that refuses, as it should, does not show whether a post would be heard: that may be."""
    well = Visit((Try("handshake", 0.1, route="$connect"), Try("message", 0.1, route="message")))
    for visit, told in ((well, "nothing suffers from it now"), (replace(well, only_asked=True), "possible")):
        (denied,) = diagnose(visit, [suspect("denied", "message")])
        assert denied.surely == told
    assert denied.symptom == Symptom.NOT_HEARD
    (deployed,) = diagnose(replace(well, only_asked=True), [suspect("no-route-response", "message")])
    assert deployed.surely == "nothing suffers from it now", "it was answered"
    (elsewhere,) = diagnose(well, [suspect("raised", "message", "say")])
    assert elsewhere.surely == "possible", "not all of its routes were tried"


def test_the_narrower_cause() -> None:
    """Of two that explain it, the one is likelier that would not spoil what went well."""
    assert names(JOIN_FAILS, suspect("no-table"), suspect("no-permission", "join")) == [
        "no-permission",
        "no-table",
    ]


def test_two_faults() -> None:
    """Two faults at once are two findings, each with its own evidence; of one kind, they are one."""
    failing = Visit((*JOIN_FAILS.tries, Try("leave", 0.1, "nothing within 5 s", Symptom.SILENT, "leave")))
    found = diagnose(failing, [suspect("no-permission", "join"), suspect("no-route-response", "leave")])
    assert {each.cause.name: len(each.evidence) for each in found} == {
        "no-permission": 2,
        "no-route-response": 2,
    }
    alike = names(JOIN_FAILS, suspect("no-permission", "join"), suspect("no-permission", "leave"))
    assert alike == ["no-permission"]


def test_a_trace_of_a_fact() -> None:
    """A line of a log is evidence of the fact that explains the same; without one, it is a finding."""
    fact, trace = (
        suspect("wrong-environment", "join"),
        suspect("lacks-permission", "join", strength=0.75),
    )
    (found,) = diagnose(JOIN_FAILS, [trace, fact])
    assert found.cause.name == "wrong-environment"
    assert "lacks-permission of join" in found.evidence
    assert names(JOIN_FAILS, trace) == ["lacks-permission"]


def test_a_guess() -> None:
    """What nothing that is known explains is told by its likeliest causes, as guesses."""
    found = diagnose(JOIN_FAILS, [])
    assert found[0].cause.explains
    assert all(Symptom.FAILED in each.cause.explains for each in found)
    assert found[0].sure < 0.6
    assert found[0].evidence == ("join: Internal server error",)
    assert diagnose(Visit(JOIN_FAILS.tries[:2]), []) == ()
