"""Lambda: the permissions to invoke functions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from wschat.lab.attributes.answers import UNSEEN, Unknown, document, listed
from wschat.lab.model.actual import Observed
from wschat.lab.model.lab import API
from wschat.lab.model.resource import Key, Resource, canonical

if TYPE_CHECKING:
    from wschat.lab.aws.cloud import Cloud


@dataclass(frozen=True, kw_only=True)
class Permission(Resource):
    """The statement in a function's policy that lets one route of the API invoke it.

    `statement` is its id, unique in the policy of that function alone.
    """

    kind = "permission"
    parent = "function"
    cascades = True
    read_with = ("API",)
    names_api = "source"
    function: str
    statement: str
    source: str
    principal: str = "apigateway.amazonaws.com"
    action: str = "lambda:InvokeFunction"

    @classmethod
    def of(cls, function: str, statement: str, **others: str) -> Self:
        """Return one of a function, under a name that is unique in the lab."""
        return cls(name=f"{function}:{statement}", function=function, statement=statement, **others)

    @property
    def read_key(self) -> Key:
        """The function's, in which it is read and changed: it refuses parallel changes of its policy."""
        return (str(self.parent), self.function)

    @classmethod
    def read(cls, cloud: "Cloud", name: str) -> Iterator[Observed]:
        """Read the statements in a function's policy; what says more than an API's ARN is kept as JSON.

        One stands for all of a policy that nobody may look at.
        """
        policy = cloud.ask("permissions of functions", cloud.functions.get_policy, FunctionName=name)
        if policy is UNSEEN:
            yield Observed(cls.of(name, UNSEEN, source=UNSEEN))
            return
        for statement in listed(document(policy["Policy"])["Statement"]) if policy else ():
            which = statement["Sid"]
            yield Observed(
                cls.of(
                    name,
                    str(which),
                    source=_inner(statement.get("Condition"), "ArnLike", "AWS:SourceArn"),
                    principal=_inner(statement.get("Principal"), "Service"),
                    action=str(statement.get("Action")),
                ),
                managed=None if isinstance(which, Unknown) else True,
            )

    def identified(self, desired: Iterable[Resource]) -> list[Self]:
        """Return it; of a policy that was not seen all that is desired of that function."""
        if self.statement is not UNSEEN:
            return super().identified(desired)
        return [each for each in desired if isinstance(each, type(self)) and each.function == self.function]

    def create(self, cloud: "Cloud") -> None:
        """Add the statement."""
        cloud.create(
            cloud.functions.add_permission,
            FunctionName=self.function,
            StatementId=self.statement,
            Action=self.action,
            Principal=self.principal,
            SourceArn=self.source.replace(API, cloud.api_id),
        )

    def update(self, _found: Self, cloud: "Cloud") -> None:
        """Replace the statement: there is no call that changes one."""
        self.delete(cloud)
        self.create(cloud)

    def delete(self, cloud: "Cloud") -> None:
        """Remove the statement."""
        remove = cloud.functions.remove_permission
        cloud.find(remove, FunctionName=self.function, StatementId=self.statement)


def _inner(value: Any, *keys: str) -> str:  # noqa: ANN401  as in JSON
    """Return the text under keys, one inside the other; JSON of a value that has others, too."""
    inner = value
    for key in keys:
        inner = inner[key] if isinstance(inner, dict) and inner.keys() == {key} else None
    return inner if isinstance(inner, str) else canonical(value)
