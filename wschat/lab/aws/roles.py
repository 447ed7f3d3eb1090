"""IAM: roles, and the inline policy of each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Self, cast

from wschat.errors import AccessError
from wschat.lab.attributes.answers import Unknown, document, seconds, sorted_tags
from wschat.lab.aws.tags import Tagged, listed_tags
from wschat.lab.aws.texts.refusals import LAB_ROLE, NO_ROLES
from wschat.lab.model.actual import Observed
from wschat.lab.model.lab import API
from wschat.lab.model.resource import Key, Resource, Task, canonical

if TYPE_CHECKING:
    from wschat.lab.aws.cloud import Cloud

POLICY_NAME = "access"
"""The name of the one inline policy of each role."""


HAS = (
    ("list_role_policies", "PolicyNames[]"),
    ("list_attached_role_policies", "AttachedPolicies[].PolicyArn"),
    ("list_instance_profiles_for_role", "InstanceProfiles[].InstanceProfileName"),
)
"""The lists of what a role has, which IAM wants to be taken away before it deletes it."""


@dataclass(frozen=True, kw_only=True)
class Role(Tagged):
    """A role; `trust` is the document that says who may assume it.

    `attached` are the ARNs of managed policies, `inline` the names of inline ones beside the lab's.
    """

    kind = "role"
    task = Task.FUNCTIONS
    account_wide = True
    refused_most = True
    legal_name = (r"[A-Za-z0-9_+=,.@-]+", 64)
    listed = ("iam", "list_roles", "Roles[].RoleName")
    fixed = frozenset({"path"})
    trust: str
    path: Annotated[str, "Path"] = "/"
    boundary: Annotated[str | None, "PermissionsBoundary.PermissionsBoundaryArn"] = None
    attached: tuple[str, ...] = ()
    inline: tuple[str, ...] = ()

    @property
    def told(self) -> Mapping[str, str]:
        """A boundary that nobody chose for the lab."""
        why = "who set it may mean it so: ask them, or `aws iam delete-role-permissions-boundary`"
        return {} if self.boundary else {"boundary": why}

    @classmethod
    def read(cls, cloud: "Cloud", name: str) -> Iterator[Observed]:
        """Read it, and of one that is managed the policies."""
        chosen = cloud.lab.choices
        tolerant = chosen.role or chosen.path  # of one that is not there, AWS refuses the name without a path
        look: Any = partial(cloud.ask, "the lab's own roles") if tolerant else cloud.find
        found = look(cloud.iam.get_role, RoleName=name)
        if not found:
            return
        role = found["Role"]
        managed = cloud.lab.manages(role.get("Tags"))
        trust, policies = canonical(document(role["AssumeRolePolicyDocument"])), dict[str, Any]()
        if managed:
            attached = "list_attached_role_policies", "AttachedPolicies[].PolicyArn"
            inline = "list_role_policies", f"PolicyNames[?@ != '{POLICY_NAME}']"
            for what, query in (("attached", attached), ("inline", inline)):
                seen = cloud.ask(f"{what} policies of roles", cloud.pages, cloud.iam, *query, RoleName=name)
                policies[what] = tuple(seen or ())
        yield Observed(
            cls(name=name, trust=trust, tags=sorted_tags(role.get("Tags")), **cls.known(role), **policies),
            id=role["RoleId"],
            managed=managed,
            created=seconds(role["CreateDate"]),
        )
        if managed:
            yield from Policy.read(cloud, name)

    def create(self, cloud: "Cloud") -> None:
        """Create it; Lambda may not know it for some seconds.

        Raises:
            AccessError: nobody may in this account, which has a role for everything.
        """
        try:
            with cloud.translated():
                made = cloud.create(
                    cloud.iam.create_role,
                    RoleName=self.name,
                    AssumeRolePolicyDocument=self.trust,
                    Tags=listed_tags(self.all_tags(cloud)),
                    **self.wanted(cloud),
                )
        except AccessError as error:
            ask: Any = replace(cloud, notes={}).ask
            if ask(LAB_ROLE, cloud.iam.get_role, RoleName=LAB_ROLE):
                error.hint = NO_ROLES.format(LAB_ROLE)
            raise
        cloud.ids[self.key] = made["Role"]["RoleId"]

    def settings(self, cloud: "Cloud") -> dict[str, tuple[str, Any]]:
        return super().settings(cloud) | {"boundary": ("PermissionsBoundary", self.boundary)}

    def tag(self, cloud: "Cloud", tags: Mapping[str, str]) -> None:
        cloud.call(cloud.iam.tag_role, RoleName=self.name, Tags=listed_tags(tags))

    def update(self, found: Self, cloud: "Cloud") -> None:
        """Change who may assume it, bound it, and take away the policies that are not the lab's."""
        iam, differs = cloud.iam, self.differences(found)
        if "trust" in differs:
            cloud.call(iam.update_assume_role_policy, RoleName=self.name, PolicyDocument=self.trust)
        for arn in found.attached if "attached" in differs else ():
            cloud.find(iam.detach_role_policy, RoleName=self.name, PolicyArn=arn)
        for name in found.inline if "inline" in differs else ():
            cloud.find(iam.delete_role_policy, RoleName=self.name, PolicyName=name)
        if self.boundary and "boundary" in differs:
            bound = iam.put_role_permissions_boundary
            cloud.call(bound, RoleName=self.name, PermissionsBoundary=self.boundary)
        self.update_tags(found, cloud)

    def delete(self, cloud: "Cloud") -> None:
        """Remove the role's policies, and it from instance profiles, whoever put them there; then the role.

        IAM insists on that order; and since its lists lag behind, it may take more than one round.
        """

        def remove() -> None:
            seen = [ask("what roles have", cloud.pages, iam, *query, RoleName=role) for query in HAS]
            policies, attached, profiles = ([*(found or ())] for found in seen)
            for each in policies:
                cloud.find(iam.delete_role_policy, RoleName=role, PolicyName=each)
            for each in attached:
                cloud.find(iam.detach_role_policy, RoleName=role, PolicyArn=each)
            for each in profiles:
                cloud.find(iam.remove_role_from_instance_profile, RoleName=role, InstanceProfileName=each)
            try:
                iam.delete_role(RoleName=role)
            except iam.exceptions.DeleteConflictException:
                for query, found in zip(HAS, seen, strict=True):
                    if isinstance(found, Unknown):  # what is in the way nobody may see: that is to be told
                        cloud.pages(iam, *query, RoleName=role)
                raise

        iam, role, ask = cloud.iam, self.name, cast("Any", cloud.ask)
        cloud.find(remove)


@dataclass(frozen=True, kw_only=True)
class Policy(Resource):
    """The inline policy of the role of that name; one that names the API belongs to the API's task."""

    kind = "policy"
    parent = Role.kind
    names_api = "document"
    document: str

    @property
    def task(self) -> Task:
        """The API's id may be in it."""
        return Task.API if API in self.document else Task.FUNCTIONS

    @property
    def read_key(self) -> Key:
        """The role's, in which it is read and changed."""
        return (Role.kind, self.name)

    @classmethod
    def read(cls, cloud: "Cloud", name: str) -> Iterator[Observed]:
        ask = cloud.iam.get_role_policy
        inline = cloud.ask("the policies of roles", ask, RoleName=name, PolicyName=POLICY_NAME)
        if inline is not None:
            said = inline and canonical(document(inline["PolicyDocument"]))
            yield Observed(cls(name=name, document=said))

    def create(self, cloud: "Cloud") -> None:
        document = self.document.replace(API, cloud.api_id) if API in self.document else self.document
        write = cloud.iam.put_role_policy
        cloud.call(write, RoleName=self.name, PolicyName=POLICY_NAME, PolicyDocument=document)

    def delete(self, cloud: "Cloud") -> None:
        """Delete it: IAM deletes no role that has one."""
        cloud.find(cloud.iam.delete_role_policy, RoleName=self.name, PolicyName=POLICY_NAME)
