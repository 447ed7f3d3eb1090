"""CloudWatch Logs: log groups."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from wschat.lab.model import Observed, Resource, Task

if TYPE_CHECKING:
    from wschat.lab.aws.cloud import Cloud
    from wschat.lab.aws.run import Run


@dataclass(frozen=True, kw_only=True)
class LogGroup(Resource):
    """A log group. Lambda would make it by itself, without an end to what it keeps."""

    kind = "log group"
    task = Task.FUNCTIONS
    legal_name = (r"[A-Za-z0-9_/.#-]+", 512)
    retention_days: int | None

    @classmethod
    def names(cls, cloud: "Cloud") -> Iterable[str]:
        """Yield the names of all log groups."""
        groups = cloud.pages(cloud.logs, "describe_log_groups", "logGroups")
        return (group["logGroupName"] for group in groups)

    @classmethod
    def read(cls, cloud: "Cloud", name: str) -> Iterator[Observed]:
        """Read it; there is no call for one, but a list by the beginning of names."""
        groups = cloud.pages(cloud.logs, "describe_log_groups", "logGroups", logGroupNamePrefix=name)
        for group in (group for group in groups if group["logGroupName"] == name):
            arn = group["arn"].removesuffix(":*")
            tags = cloud.find(cloud.logs.list_tags_for_resource, resourceArn=arn)
            if tags is not None:
                yield Observed(
                    cls(name=name, retention_days=group.get("retentionInDays")),
                    managed=cloud.lab.manages(tags.get("tags")),
                    created=group["creationTime"] / 1000,
                )

    def create(self, run: "Run") -> None:
        """Create it, and say for how long it keeps what is written."""
        cloud = run.cloud
        cloud.create(cloud.logs.create_log_group, logGroupName=self.name, tags=cloud.lab.tags)
        self._keep(run)

    def update(self, _found: Self, run: "Run") -> None:
        """Say for how long it keeps what is written."""
        self._keep(run)

    def _keep(self, run: "Run") -> None:
        days, keep = self.retention_days or 0, run.cloud.logs.put_retention_policy
        run.cloud.call(keep, logGroupName=self.name, retentionInDays=days)

    def delete(self, run: "Run") -> None:
        """Delete it, with all that was written."""
        run.cloud.find(run.cloud.logs.delete_log_group, logGroupName=self.name)
