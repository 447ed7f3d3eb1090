"""botocore's session, made without what it knows of all other services: that would slow cold starts."""

from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.session import Session, get_session


class OneService(Loader):
    """Reads what botocore knows of DynamoDB, and not of 400 other services."""

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002  botocore's
        """Return the only service that a client is made for."""
        return ["dynamodb"]

    def load_data_with_path(self, name: str) -> tuple[dict[str, Any], str]:
        """Leave out the megabyte that tells where all services are: DynamoDB's own rules tell it, too."""
        if name == "endpoints":
            return {"version": 3, "partitions": []}, self.BUILTIN_DATA_PATH
        return super().load_data_with_path(name)


@cache
def session() -> Session:
    """Return the session: boto3 adds nothing that is used here, and takes its time to load."""
    made = get_session()
    made.register_component("data_loader", OneService())
    return made
