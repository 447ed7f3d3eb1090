"""Lambda: functions."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any, Self

from wschat.errors import AwsError
from wschat.lab.attributes.answers import seconds, sorted_tags
from wschat.lab.attributes.attributes import value_at
from wschat.lab.aws.log_groups import LogGroup, log_group_of
from wschat.lab.aws.permissions import Permission
from wschat.lab.aws.roles import Policy, Role
from wschat.lab.aws.tables import Table
from wschat.lab.aws.tags import Tagged
from wschat.lab.model.actual import Observed
from wschat.lab.model.resource import Key, Task

if TYPE_CHECKING:
    from wschat.lab.aws.cloud import Cloud
    from wschat.lab.inventory import Snapshot

ROLE_DELETED = ", which was deleted"
"""Stands behind the name of a function's role, where what the function is bound to is not there any more."""
OTHERS_S = 20.0
"""Seconds in which the lab's other roles are made, too, if they are."""
READY = {"Active", "Inactive"}
"""States in which a function can be called; the latter is what weeks without a call lead to."""


@dataclass(frozen=True, kw_only=True)
class Function(Tagged):
    """A function; `code` is its zip's SHA-256 in base64. Memory in MB, timeout in seconds.

    `state` and `last_update` are as they should be, or AWS's reason: a function that could not be made has
    to be made anew, while a change that failed can be sent again. `package` is the zip, of what is desired.
    `reserved_concurrency` is how many of it may run at once, of 0 none: what the console's Throttle sets.
    `event_sources` are the ARNs of queues and streams that call it. `role` is its role's name, with the path.
    """

    kind = "function"
    task = Task.FUNCTIONS
    fixed = frozenset({"state"})
    units = {"memory": "MB", "storage": "MB", "timeout": "s"}  # noqa: RUF012
    legal_name = (r"[A-Za-z0-9_-]+", 64)
    listed = ("functions", "list_functions", "Functions[].FunctionName")
    package: bytes = field(default=b"", compare=False, repr=False)
    role: str
    handler: Annotated[str, "Handler"]
    code: str
    runtime: Annotated[str, "Runtime"]
    architecture: str
    memory: Annotated[int, "MemorySize"]
    timeout: Annotated[int, "Timeout"]
    environment: tuple[tuple[str, str], ...]
    log_group: Annotated[str | None, "LoggingConfig.LogGroup"]
    log_format: Annotated[str, "LoggingConfig.LogFormat"] = "Text"
    description: Annotated[str, "Description"] = ""
    layers: Annotated[tuple[str, ...], "Layers[].Arn"] = ()
    vpc_subnets: Annotated[tuple[str, ...], "VpcConfig.SubnetIds"] = ()
    vpc_security_groups: Annotated[tuple[str, ...], "VpcConfig.SecurityGroupIds"] = ()
    file_systems: Annotated[tuple[str, ...], "FileSystemConfigs[].Arn"] = ()
    dead_letters: Annotated[str, "DeadLetterConfig.TargetArn"] = ""
    kms_key: Annotated[str, "KMSKeyArn"] = ""
    tracing: Annotated[str, "TracingConfig.Mode"] = "PassThrough"
    storage: Annotated[int, "EphemeralStorage.Size"] = 512
    snap_start: Annotated[str, "SnapStart.ApplyOn"] = "None"
    reserved_concurrency: int | None = None
    urls: tuple[str, ...] = ()
    event_sources: tuple[str, ...] = ()
    state: str = "Active"
    last_update: str = "Successful"

    @property
    def told(self) -> Mapping[str, str]:
        why = "who made it may need it: ask them, or delete it (Lambda → the function → Triggers)"
        return {"event_sources": why}

    @property
    def role_key(self) -> Key:
        """Its role's, of the lab's or one that was given."""
        return (Role.kind, self.role.rpartition("/")[2])

    @property
    def depends_on(self) -> tuple[Key, ...]:
        return (self.role_key,)

    @property
    def uses(self) -> tuple[Key, ...]:
        """The tables, its role with what that allows, and its log group, which Lambda would make again."""
        log_group = (LogGroup.kind, log_group_of(self.name))
        return ((Table.kind, ""), log_group, (Policy.kind, self.role_key[1]), self.role_key)

    def resolved(self, snapshot: "Snapshot", changed: float | None) -> Self:
        """Say so if its role is gone, or was made anew: it is bound to the old one, not to the name.

        AWS keeps the time of a role in whole seconds.
        """
        role = snapshot.get(self.role_key)
        if role is None:  # it was not read
            return self
        made = max((each.created or 0 for each in role), default=None)
        lost = made is None or (changed is not None and int(made) > int(changed))
        return replace(self, role=self.role + ROLE_DELETED) if lost else self

    @classmethod
    def read(cls, cloud: "Cloud", name: str) -> Iterator[Observed]:
        """Read it when it is no longer being made or changed; if it is managed, who may invoke it, too."""
        found = cloud.poll(
            lambda found: found is None or not _is_busy(found["Configuration"]),
            f"function {name} is still made or changed",
            cloud.functions.get_function,
            FunctionName=name,
        )
        if found is None:
            return
        tags: object = found.get("Tags")
        now = found["Configuration"]
        if found.get("TagsError"):  # it is answered all the same, without its tags
            tags = cloud.unseen(f"the tags of function {name}", "not allowed to lambda:ListTags")
        managed, failed = cloud.lab.manages(tags), now.get("LastUpdateStatus") == "Failed"
        called_by = dict[str, Any]()
        if managed and not cloud.brief:
            urls = "list_function_url_configs", "FunctionUrlConfigs[].FunctionUrl"
            sources = "list_event_source_mappings", "EventSourceMappings[].EventSourceArn"
            for attribute, query in (("urls", urls), ("event_sources", sources)):
                what = f"{attribute} of functions"
                seen = cloud.ask(what, cloud.pages, cloud.functions, *query, FunctionName=name)
                called_by[attribute] = tuple(seen or ())
        function = cls(
            name=name,
            role=now["Role"].partition(":role/")[2],
            tags=sorted_tags(tags),
            code=now["CodeSha256"],
            architecture=",".join(now.get("Architectures", ())),
            environment=tuple(sorted(now.get("Environment", {}).get("Variables", {}).items())),
            state="Active" if now.get("State") in READY else _with_reason(now, "State"),
            last_update=_with_reason(now, "LastUpdateStatus") if failed else "Successful",
            reserved_concurrency=value_at(found, "Concurrency.ReservedConcurrentExecutions"),
            **cls.known(now),
            **called_by,
        )
        changed = seconds(now["LastModified"])
        if changed is None:
            cloud.unseen(
                "when functions were changed, as against their roles", f"AWS says {now['LastModified']}"
            )
        yield Observed(function, managed=managed, created=changed)
        if managed:
            yield from Permission.read(cloud, name)

    def settings(self, cloud: "Cloud") -> dict[str, tuple[str, Any]]:
        return super().settings(cloud) | {
            "role": ("Role", cloud.lab.arn("iam", f"role/{self.role}")),
            "environment": ("Environment", {"Variables": dict(self.environment)}),
        }

    def create(self, cloud: "Cloud") -> None:
        """Create it; Lambda refuses its role as long as it does not know that, and is asked again."""
        cloud.create(
            cloud.functions.create_function,
            FunctionName=self.name,
            Architectures=[self.architecture],  # type: ignore[list-item]
            Code={"ZipFile": self.package},
            Tags=self.all_tags(cloud),
            **self.wanted(cloud),
        )

    def update(self, found: Self, cloud: "Cloud") -> None:
        """Send what differs; after a change that failed all of it, since AWS does not tell which one it was.

        Lambda takes no change before the last one has ended, and is asked again until then.
        """
        if found.role == self.role + ROLE_DELETED:
            self._take_another_role(cloud)
        failed = self.last_update != found.last_update
        if failed or {"code", "architecture"} & self.differences(found).keys():  # sent with the package
            cloud.call(
                cloud.functions.update_function_code,
                FunctionName=self.name,
                ZipFile=self.package,
                Architectures=[self.architecture],  # type: ignore[list-item]
            )
        if changed := self.wanted(cloud, found) | (self.wanted(cloud) if failed else {}):
            change = cloud.functions.update_function_configuration
            cloud.call(change, FunctionName=self.name, **changed)
        self._update_callers(self.differences(found), cloud)
        self.update_tags(found, cloud)

    def tag(self, cloud: "Cloud", tags: Mapping[str, str]) -> None:
        arn = cloud.lab.arn("lambda", f"function:{self.name}")
        cloud.call(cloud.functions.tag_resource, Resource=arn, Tags=tags)

    def _update_callers(self, differs: Collection[str], cloud: "Cloud") -> None:
        """Set how many may run at once, and take away the URLs that somebody gave it."""
        functions, reserved = cloud.functions, self.reserved_concurrency
        if "reserved_concurrency" in differs and reserved is None:
            cloud.find(functions.delete_function_concurrency, FunctionName=self.name)
        elif "reserved_concurrency" in differs and reserved is not None:
            put = functions.put_function_concurrency
            cloud.call(put, FunctionName=self.name, ReservedConcurrentExecutions=reserved)
        if "urls" in differs:
            arns = "list_function_url_configs", "FunctionUrlConfigs[].FunctionArn"
            for arn in cloud.pages(functions, *arns, FunctionName=self.name):
                cloud.find(functions.delete_function_url_config, FunctionName=arn)

    def _take_another_role(self, cloud: "Cloud") -> None:
        """Let it have another of the lab's roles for a moment: then its own is a change again.

        Its environment is encrypted, and Lambda gave the role that was deleted, not its name, the grant to
        decrypt it. It renews that only when the role changes: to set the same name is in vain, and each call
        ends in KMSAccessDeniedException (AWS re:Post, "Lambda KMSAccessDeniedException errors"; the note on
        it in Terraform's aws_lambda_function). This comes before all other changes: they would make the
        function younger than its role, and nobody would see any more that it lost it.
        """
        path, _, own = self.role.rpartition("/")
        for _ in cloud.looks("no other role of the lab is there yet", OTHERS_S):  # all may be made anew
            roles = [name for kind, name in [*cloud.ids] if kind == Role.kind]
            if other := next((name for name in roles if name != own), None):
                break
        else:  # as where not all of the lab has been made
            raise AwsError(
                "it is bound to a role that was deleted, and there is no other to take meanwhile",
                hint="delete the function, and run the same command again",
            )
        cloud.call(
            cloud.functions.update_function_configuration,
            FunctionName=self.name,
            Role=cloud.lab.arn("iam", f"role/{path}/{other}" if path else f"role/{other}"),
        )

    def delete(self, cloud: "Cloud") -> None:
        """Delete it, and before it what would go on calling its name."""
        functions = cloud.functions
        if self.event_sources:
            mappings = "list_event_source_mappings", "EventSourceMappings[].UUID"
            for which in cloud.pages(functions, *mappings, FunctionName=self.name):
                cloud.find(functions.delete_event_source_mapping, UUID=which)
        cloud.find(functions.delete_function, FunctionName=self.name)
        gone = "the function is not gone yet"
        cloud.poll(lambda found: found is None, gone, functions.get_function, FunctionName=self.name)


def _is_busy(now: Mapping[str, Any]) -> bool:
    return now.get("State") in {"Pending", "Deleting"} or now.get("LastUpdateStatus") == "InProgress"


def _with_reason(now: Mapping[str, Any], what: str) -> str:
    return f"{now.get(what)}: {now.get(f'{what}Reason') or 'AWS gives no reason'}"
