"""DynamoDB: tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Self

from wschat.errors import AwsError
from wschat.lab.attributes.answers import seconds, sorted_tags
from wschat.lab.aws.tags import Tagged, listed_tags
from wschat.lab.model.actual import Observed
from wschat.lab.model.resource import Resource, Task

if TYPE_CHECKING:
    from wschat.lab.aws.cloud import Cloud

CHANGING = {"CREATING", "DELETING", "UPDATING"}
TTL_COOLS_DOWN = "modified multiple times within a fixed interval"
TTL_IS_SO = "is already"


@dataclass(frozen=True, kw_only=True)
class Table(Tagged):
    """A table, on demand, with one string key; `ttl` is the attribute of its time to live.

    Its tags keep the lab's choices, too.
    """

    kind = "table"
    task = Task.TABLES
    fixed = frozenset({"partition_key"})
    legal_name = (r"[A-Za-z0-9_.-]{3,}", 255)
    listed = ("dynamodb", "list_tables", "TableNames[]")
    partition_key: str
    ttl: str | None = None
    billing: str = "PAY_PER_REQUEST"
    deletion_protection: Annotated[bool, "DeletionProtectionEnabled"] = False
    most_reads: Annotated[int, "OnDemandThroughput.MaxReadRequestUnits"] = -1
    most_writes: Annotated[int, "OnDemandThroughput.MaxWriteRequestUnits"] = -1
    status: Annotated[str, "TableStatus"] = "ACTIVE"
    kms_key: Annotated[str | None, "SSEDescription.KMSMasterKeyArn"] = None
    replicas: Annotated[tuple[str, ...], "Replicas[].RegionName"] = ()

    @property
    def told(self) -> Mapping[str, str]:
        return {
            "status": "AWS says that nobody can use it: look at its key, in the console",
            "kms_key": "the functions may not use that key: `aws dynamodb update-table` can end it",
            "replicas": "teardown leaves those: delete them in their regions",
        }

    def keeps_choices(self, found: Resource | None) -> bool:
        """Tell whether its tags are to be others."""
        return self.tags != (found.tags if isinstance(found, Table) else ())

    @classmethod
    def read(cls, cloud: "Cloud", name: str) -> Iterator[Observed]:
        """Read it, when it is no longer being made, changed or deleted."""
        described = cloud.poll(
            lambda found: found is None or found["Table"].get("TableStatus") not in CHANGING,
            f"table {name} is still made or deleted",
            cloud.dynamodb.describe_table,
            TableName=name,
        )
        if described is None:
            return
        table = described["Table"]
        expiry = cloud.ask("times to live of tables", cloud.dynamodb.describe_time_to_live, TableName=name)
        listed = cloud.dynamodb, "list_tags_of_resource", "Tags[]"
        tags = cloud.ask(f"the tags of table {name}", cloud.listing, *listed, ResourceArn=table["TableArn"])
        if expiry is None or tags is None:
            return
        types = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
        keys = [(each["AttributeName"], types.get(each["AttributeName"])) for each in table["KeySchema"]]
        yield Observed(
            cls(
                name=name,
                partition_key=",".join(key if kind == "S" else f"{key}:{kind}" for key, kind in keys),
                ttl=expiry and _ttl(expiry),
                billing=table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
                tags=sorted_tags(tags),
                **cls.known(table),
            ),
            managed=cloud.lab.manages(tags),
            created=seconds(table["CreationDateTime"]),
        )

    def create(self, cloud: "Cloud") -> None:
        """Create it, and wait until it is active; only then it takes a time to live."""
        cloud.create(
            cloud.dynamodb.create_table,
            TableName=self.name,
            AttributeDefinitions=[{"AttributeName": self.partition_key, "AttributeType": "S"}],
            KeySchema=[{"AttributeName": self.partition_key, "KeyType": "HASH"}],
            BillingMode=self.billing,  # type: ignore[arg-type]
            Tags=listed_tags(self.all_tags(cloud)),
        )
        self._wait_active(cloud)
        if self.ttl:
            self._set_ttl(self.ttl, cloud)

    def update(self, found: Self, cloud: "Cloud") -> None:
        """Change settings, and its time to live: one must be off before another can be on."""
        if changed := self.wanted(cloud, found):
            cloud.call(cloud.dynamodb.update_table, TableName=self.name, **changed)
            self._wait_active(cloud)
        if found.ttl and self.ttl != found.ttl:
            self._set_ttl(found.ttl, cloud, enabled=False)
        if self.ttl and self.ttl != found.ttl:
            self._set_ttl(self.ttl, cloud)
        self.update_tags(found, cloud)

    def tag(self, cloud: "Cloud", tags: Mapping[str, str]) -> None:
        arn = cloud.lab.arn("dynamodb", f"table/{self.name}")
        cloud.call(cloud.dynamodb.tag_resource, ResourceArn=arn, Tags=listed_tags(tags))

    def settings(self, cloud: "Cloud") -> dict[str, tuple[str, Any]]:
        return super().settings(cloud) | {"billing": ("BillingMode", self.billing)}

    def delete(self, cloud: "Cloud") -> None:
        """Delete it, though somebody may have protected it from that."""
        dynamodb = cloud.dynamodb
        if self.deletion_protection:
            cloud.find(dynamodb.update_table, TableName=self.name, DeletionProtectionEnabled=False)
        cloud.find(dynamodb.delete_table, TableName=self.name)
        gone = "the table is not gone yet"
        cloud.poll(lambda found: found is None, gone, dynamodb.describe_table, TableName=self.name)

    def _wait_active(self, cloud: "Cloud") -> None:
        cloud.poll(
            lambda found: found is not None and found["Table"].get("TableStatus") == "ACTIVE",
            "the table is not active yet",
            cloud.dynamodb.describe_table,
            TableName=self.name,
        )

    def _set_ttl(self, attribute: str, cloud: "Cloud", *, enabled: bool = True) -> None:
        """Switch the time to live.

        AWS takes one change of it an hour, and refuses one that changes nothing.
        """
        specification: Any = {"Enabled": enabled, "AttributeName": attribute}
        change = cloud.dynamodb.update_time_to_live
        try:
            cloud.call(change, TableName=self.name, TimeToLiveSpecification=specification)
        except Exception as error:
            if TTL_IS_SO in str(error):
                return
            if TTL_COOLS_DOWN not in str(error):
                raise
            for _ in cloud.looks("AWS may not show the table's time to live yet", cloud.pacing.read_lag):
                found = cloud.ask(
                    "times to live of tables", cloud.dynamodb.describe_time_to_live, TableName=self.name
                )
                if found and _ttl(found) == attribute:
                    return
            raise AwsError(
                "AWS takes one change of a table's time to live an hour, and there was one",
                where=f"table {self.name}",
                hint="run the same command again in an hour",
            ) from error


def _ttl(answer: Any) -> str | None:  # noqa: ANN401  as in JSON
    """Return the attribute of a time to live that is on."""
    found = answer["TimeToLiveDescription"]
    return found.get("AttributeName") if "ENABL" in found.get("TimeToLiveStatus", "") else None
