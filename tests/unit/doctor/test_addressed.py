"""What the URL, the clock and the age of a stage tell: only where something failed that they explain."""

import pytest

from wschat.doctor.addressed import is_elsewhere, of_a_lab, region_in, suspicions, with_region
from wschat.doctor.findings import diagnose
from wschat.doctor.visit import Try, Visit
from wschat.lab.aws.setup.regions import regions
from wschat.protocol.symptoms import Symptom

OURS = "wss://ours.execute-api.us-east-1.amazonaws.com/development"


def refused(symptom: Symptom, clock_ahead: float | None = None) -> Visit:
    return Visit((Try("handshake", 0.1, "refused", symptom, "$connect"),), clock_ahead)


def first(visit: Visit, url: str = OURS, age: float | None = None, *, signed: bool = False) -> str:
    found = [*suspicions(visit, url), *of_a_lab(url, OURS, age, signed=signed)]
    return diagnose(visit, found)[0].cause.name


@pytest.mark.parametrize(
    ("url", "symptom", "cause"),
    [
        (OURS.replace("ours", "theirs"), Symptom.REFUSED, "other-api"),
        (OURS.replace("development", "production"), Symptom.REFUSED, "no-stage"),
        (OURS.replace("ours", "theirs"), Symptom.NO_HOST, "other-api"),
        ("ws://127.0.0.1:4566/x", Symptom.NOTHING_LISTENS, "ended-locally"),
        (OURS.replace("wss", "ws"), Symptom.NO_ANSWER, "wrong-scheme"),
        (OURS, Symptom.NOTHING_LISTENS, "nothing-listens"),
        (OURS.replace("development", "mine"), Symptom.NOT_HEARD, "other-stage"),
    ],
)
def test_the_url(url: str, symptom: Symptom, cause: str) -> None:
    """A URL of another API or stage than the lab's, or of a lab on this machine that has ended."""
    assert first(refused(symptom), url) == cause


def test_the_rest() -> None:
    """AWS_IAM that was chosen, a clock that is wrong, and an update that is not served everywhere yet."""
    assert first(refused(Symptom.UNSIGNED), signed=True) == "wants-signature"
    assert first(refused(Symptom.SIGNATURE, clock_ahead=-400.0)) == "clock"
    assert first(refused(Symptom.REFUSED), age=20.0) == "still-updating"
    assert first(refused(Symptom.REFUSED), age=200.0) != "still-updating"


def test_where_all_is_well() -> None:
    """Where nothing failed, none of it is worth a word."""
    well = Visit((Try("handshake", 0.1, route="$connect"),), clock_ahead=1.0)
    found = [*suspicions(well, OURS), *of_a_lab(OURS, OURS + "x", 20.0, signed=True)]
    assert diagnose(well, found) == ()


def test_the_region() -> None:
    """A URL of AWS names its region; another names none."""
    assert region_in(OURS) == "us-east-1"
    assert region_in("wss://chat.example.com/x") is None
    assert region_in("") is None


@pytest.mark.parametrize(
    ("region", "meant"),
    [
        ("us-esat-1", "; did you mean us-east-1?"),
        ("eu-centrl-1", "; did you mean eu-central-1?"),
        ("atlantis", ""),
    ],
)
def test_a_region_that_does_not_exist(region: str, meant: str) -> None:
    """It is the one finding, with what may be meant; of a new one, where there is a host, nothing is said."""
    url = OURS.replace("us-east-1", region)
    visit = with_region(refused(Symptom.NO_HOST), url, regions())
    found = diagnose(visit, [*suspicions(visit, url), *of_a_lab(url, OURS, None, signed=False)])
    assert [each.cause.name for each in found] == ["no-region"]
    assert found[0].evidence == (f"handshake: no region {region} is known{meant}",)
    assert found[0].surely == "almost certain"
    assert with_region(refused(Symptom.REFUSED), url, regions()) == refused(Symptom.REFUSED)


@pytest.mark.parametrize(
    "url", [OURS, OURS.replace("us-east-1", "cn-north-1") + ".cn", "wss://chat.example/x", "wss://[x"]
)
def test_a_region_that_exists(url: str) -> None:
    """Nothing is said of it, nor of a URL that names none."""
    assert with_region(refused(Symptom.NO_HOST), url, regions()) == refused(Symptom.NO_HOST)


def test_elsewhere() -> None:
    """Another API of AWS's or of this machine is elsewhere; another stage is not, nor may be a domain."""
    assert is_elsewhere(OURS.replace("ours", "theirs"), OURS)
    assert is_elsewhere("ws://127.0.0.1:1234/_aws/execute-api/x/development", OURS)
    assert not is_elsewhere(OURS.replace("development", "mine"), OURS)
    assert not is_elsewhere("wss://chat.example.com/x", OURS)
    assert not is_elsewhere(OURS, "")
