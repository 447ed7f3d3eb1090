"""What lessons call the lab's resources."""

from wschat.lab.blueprint import blueprint
from wschat.lab.model.lab import Lab
from wschat.learn.resources import KINDS, LABELS, keys


def test_keys() -> None:
    """Each resource of a lab has one name among lessons, which has no prefix, path or digest in it."""
    lab = Lab(account="1" * 12, region="eu-west-1", prefix="a-")
    named = keys(lab)
    assert [*named.values()] == [each.key for each in blueprint(lab)]
    assert tuple(named) == LABELS
    assert {
        "table client-records": ("table", "a-client-records"),
        "policy ConnectRole": ("policy", "a-ConnectRole"),
        "log group Connect": ("log group", "/aws/lambda/a-Connect"),
        "permission Connect $connect": ("permission", "a-Connect:connect"),
        "API": ("API", "a-chatroom-websocket"),
        "route $connect": ("route", "$connect"),
        "stage": ("stage", "development"),
    }.items() <= named.items()
    assert KINDS[:3] == ("table", "role", "policy")
