"""The lab's facts, kept exactly."""

import json
import re
from dataclasses import replace

import botocore.session
import pytest

from wschat.lab.aws import KINDS
from wschat.lab.aws.functions import Function
from wschat.lab.aws.log_groups import LogGroup
from wschat.lab.aws.permissions import Permission
from wschat.lab.aws.roles import Policy, Role
from wschat.lab.aws.routes import Integration, Route
from wschat.lab.aws.stages import Stage
from wschat.lab.aws.tables import Table
from wschat.lab.aws.websocket_api import Api, Deployment
from wschat.lab.blueprint import FUNCTIONS, MOCKS, blueprint, digest, naming_error
from wschat.lab.chosen.choices import Choices
from wschat.lab.model.lab import Lab
from wschat.lab.model.resource import Resource

LAB = Lab(account="123456789012", region="eu-central-1", prefix="anna-")
NAMES = ["Connect", "RegisterUser", "CreateRoom", "JoinRoom", "SendMessage", "LeaveRoom", "Disconnect"]


def of(kind: type[Resource], lab: Lab = LAB) -> list[Resource]:
    return [resource for resource in blueprint(lab) if isinstance(resource, kind)]


def keys() -> list[str]:
    return [route.name for route in of(Route)]


def test_routes() -> None:
    """All but $connect and $disconnect reply; the lab's own page has its routes too."""
    routes = {route.name: route for route in of(Route) if isinstance(route, Route)}
    assert {name for name, route in routes.items() if not route.two_way} == {"$connect", "$disconnect"}
    lab_page = {"new-room": "create", "join-room": "join", "dispatch": "message", "leave-room": "leave"}
    for theirs, ours in lab_page.items():
        assert routes[theirs].integration == routes[ours].integration
    assert {routes["ping"].integration, routes["$default"].integration} == set(MOCKS)
    integrations = {each.name for each in of(Integration)}
    assert {route.integration for route in routes.values()} == integrations


def test_throttles() -> None:
    """What creates and registers is asked seldom, whichever page asks; a function's routes share its rate.

    A class of thirty comes in at once, with what is throttled together, and comes back after a cut.
    """
    (stage,) = of(Stage)
    assert isinstance(stage, Stage)
    own = json.loads(str(stage.route_settings))
    rates = {key: own.get(key, {}).get("ThrottlingRateLimit", stage.rate) for key in keys()}
    assert rates == {
        **dict.fromkeys(("$connect", "$disconnect", "ping", "$default"), 4.0),
        **dict.fromkeys(("message", "dispatch", "leave", "leave-room"), 2.0),
        **dict.fromkeys(("join", "join-room", "register"), 0.1),
        **dict.fromkeys(("create", "new-room"), 0.05),
    }
    bursts: set[float] = {stage.burst or 0, *(each["ThrottlingBurstLimit"] for each in own.values())}
    assert min(bursts) >= 30 * len(("$connect", "$disconnect", "$connect again"))


def test_a_throttle_that_was_chosen() -> None:
    """All follow the one that was chosen; `off` is none at all."""
    (chosen,) = of(Stage, replace(LAB, choices=Choices(throttle="10/500")))
    (none,) = of(Stage, replace(LAB, choices=Choices(throttle="off")))
    assert isinstance(chosen, Stage)
    assert isinstance(none, Stage)
    assert (chosen.rate, chosen.burst) == (10, 500)
    create = {"ThrottlingBurstLimit": 500, "ThrottlingRateLimit": 0.125}
    assert json.loads(str(chosen.route_settings))["new-room"] == create
    assert (none.rate, none.burst, none.route_settings) == (None, None, None)


def test_permissions() -> None:
    """Each route of a function may invoke that function, from this API alone."""
    permissions = [each for each in of(Permission) if isinstance(each, Permission)]
    assert len(permissions) == sum(len(spec.routes) for spec in FUNCTIONS)
    first = permissions[0]
    assert (first.name, first.function) == ("anna-Connect:connect", "anna-Connect")
    assert first.source == "arn:aws:execute-api:eu-central-1:123456789012:{api}/*/$connect"


def test_grants() -> None:
    """WebSocket is granted to the five that post, and nothing is granted on everything."""
    posting = set()
    for policy in of(Policy):
        assert isinstance(policy, Policy)
        for statement in json.loads(policy.document)["Statement"]:
            assert statement["Effect"] == "Allow"
            assert statement["Resource"] not in {"*", ""}
            assert not any("*" in action for action in statement["Action"])
            if statement["Action"] == ["execute-api:ManageConnections"]:
                posting.add(policy.name.removeprefix("anna-").removesuffix("Role"))
                assert statement["Resource"].endswith(":{api}/development/POST/@connections/*")
    assert posting == set(NAMES) - {"Connect", "RegisterUser"}


def test_digest() -> None:
    """Whatever changes what a deployment serves changes its name; what does not, does not."""
    (before,) = of(Deployment)
    assert of(Deployment, replace(LAB, prefix="other-")) != [before]
    routes = [route for route in of(Route) if isinstance(route, Route)]
    assert digest(*routes) == digest(*reversed(routes))
    assert digest(*routes) != digest(replace(routes[0], two_way=True), *routes[1:])


@pytest.mark.parametrize("prefix", ["", "a", "9", "-", "_", "anna-", "Anna_9-", "x" * 48])
def test_prefixes_that_are_legal(prefix: str) -> None:
    """Letters, digits, - and _ are allowed everywhere, and 48 of them."""
    assert naming_error(replace(LAB, prefix=prefix)) is None


@pytest.mark.parametrize(
    "prefix", [*" .,=@+#/:;!$%&*()?'\"\\\n\t\0", "ä", "я", "\u0661", "🙂", "a\nb", " a", "a ", "a-\n"]
)
def test_prefixes_that_are_not(prefix: str) -> None:
    """What one service refuses is refused at once, with the name that it would lead to."""
    error = naming_error(replace(LAB, prefix=prefix))
    assert error
    assert error.where == "--prefix"
    assert repr(prefix)[1:-1] in error.what
    assert error.what.endswith("which AWS does not allow")


@pytest.mark.parametrize("length", [49, 53, 200, 5000])
def test_prefixes_that_are_too_long(length: int) -> None:
    """Of all names the one with the least room is told, so that what the hint says is right."""
    error = naming_error(replace(LAB, prefix="x" * length))
    assert error
    assert re.search(r"'role x+RegisterUserRole'.*the limit is 64", error.what)
    assert error.hint == "use at most 48 characters"


def test_limits() -> None:
    """The limits are those of botocore's models, where these tell them; the others are as documented."""
    session = botocore.session.get_session()

    def told(service: str, operation: str, name: str) -> int:
        shape = session.get_service_model(service).operation_model(operation).input_shape
        assert shape
        return int(shape.members[name].metadata["max"])

    limits = {kind: kind.legal_name[1] for kind in KINDS.values() if kind.legal_name}
    assert limits[Role] == told("iam", "CreateRole", "RoleName") == 64
    assert limits[LogGroup] == told("logs", "CreateLogGroup", "logGroupName") == 512
    assert (limits[Function], limits[Table], limits[Api]) == (64, 255, 128)
