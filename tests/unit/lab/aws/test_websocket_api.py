"""The API, and the labs that there may be by its names."""

from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.websocket_api import API_NAME, Api
from wschat.lab.model import TAG


def test_names_for_all_labs(empty: Cloud) -> None:
    """An API counts under its name and under what it should be called by its tag in this region."""
    tags = {"renamed": "us-east-1/a-", "mine": "us-east-1/", "b-theirs": "eu-central-1/c-", "strange": ""}
    for name, tag in tags.items():
        empty.api.create_api(
            Name=name, ProtocolType="WEBSOCKET", RouteSelectionExpression="$x", Tags={TAG: tag}
        )
    assert set(Api.names(empty)) == {*tags, f"a-{API_NAME}", API_NAME}
