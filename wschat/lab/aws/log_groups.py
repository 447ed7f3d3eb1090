"""CloudWatch Logs: log groups."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Self

from wschat.lab.attributes.answers import Unknown, seconds, sorted_tags
from wschat.lab.aws.tags import Tagged
from wschat.lab.model.actual import Observed
from wschat.lab.model.resource import Key, Task

if TYPE_CHECKING:
    from wschat.lab.aws.cloud import Cloud


@dataclass(frozen=True, kw_only=True)
class LogGroup(Tagged):
    """A log group. Lambda would make it by itself, without an end to what it keeps."""

    kind = "log group"
    task = Task.FUNCTIONS
    legal_name = (r"[A-Za-z0-9_/.#-]+", 512)
    listed = ("logs", "describe_log_groups", "logGroups[].logGroupName")
    fixed = frozenset({"log_class"})
    retention_days: Annotated[int | None, "retentionInDays"]
    deletion_protection: Annotated[bool, "deletionProtectionEnabled"] = False
    log_class: Annotated[str, "logGroupClass"] = "STANDARD"
    kms_key: Annotated[str | None, "kmsKeyId"] = None

    @property
    def uses(self) -> tuple[Key, ...]:
        """The tables, whose tags keep the lab's choices as long as there is anything of it."""
        return (("table", ""),)

    @property
    def told(self) -> Mapping[str, str]:
        return {"kms_key": "it takes the key to read it: `aws logs disassociate-kms-key` ends that"}

    @classmethod
    def read(cls, cloud: "Cloud", name: str) -> Iterator[Observed]:
        """Read it; there is no call for one, but a list by the beginning of names."""
        groups = cloud.pages(cloud.logs, "describe_log_groups", "logGroups[]", logGroupNamePrefix=name)
        for group in groups:
            if group["logGroupName"] != name and not isinstance(group["logGroupName"], Unknown):
                continue
            arn = group["arn"].removesuffix(":*")
            what, ask = f"the tags of log group {name}", cloud.logs.list_tags_for_resource
            tags = cloud.ask(what, ask, resourceArn=arn)
            made = seconds(group["creationTime"])
            if tags is not None:
                yield Observed(
                    cls(name=name, tags=sorted_tags(tags.get("tags")), **cls.known(group)),
                    managed=cloud.lab.manages(tags.get("tags")),
                    created=made and made / 1000,
                )

    def create(self, cloud: "Cloud") -> None:
        cloud.create(cloud.logs.create_log_group, logGroupName=self.name, tags=self.all_tags(cloud))
        self._keep(cloud)

    def update(self, found: Self, cloud: "Cloud") -> None:
        differs = self.differences(found)
        if "retention_days" in differs:
            self._keep(cloud)
        if "deletion_protection" in differs:
            self._protect(cloud, on=self.deletion_protection)
        self.update_tags(found, cloud)

    def tag(self, cloud: "Cloud", tags: Mapping[str, str]) -> None:
        arn = cloud.lab.arn("logs", f"log-group:{self.name}")
        cloud.call(cloud.logs.tag_resource, resourceArn=arn, tags=tags)

    def _keep(self, cloud: "Cloud") -> None:
        days, keep = self.retention_days or 0, cloud.logs.put_retention_policy
        cloud.call(keep, logGroupName=self.name, retentionInDays=days)

    def _protect(self, cloud: "Cloud", *, on: bool) -> None:
        protect = cloud.logs.put_log_group_deletion_protection
        cloud.call(protect, logGroupIdentifier=self.name, deletionProtectionEnabled=on)

    def delete(self, cloud: "Cloud") -> None:
        """Delete it, though somebody may have protected it from that."""
        if self.deletion_protection:
            self._protect(cloud, on=False)
        cloud.find(cloud.logs.delete_log_group, logGroupName=self.name)


def log_group_of(function: str) -> str:
    """Return the name of a function's log group, which Lambda prescribes."""
    return f"/aws/lambda/{function}"
