"""AWS, one file a service: each kind of resource is one class that reads, creates, updates and deletes it.

`KINDS` lists them. `wschat.lab.model.Resource` says what a kind has to know; begin with `log_groups`,
which is the shortest.
"""

from wschat.lab.aws.functions import Function, Permission
from wschat.lab.aws.log_groups import LogGroup
from wschat.lab.aws.roles import Policy, Role
from wschat.lab.aws.routes import Integration, Route
from wschat.lab.aws.tables import Table
from wschat.lab.aws.websocket_api import Api, Deployment, Stage
from wschat.lab.model import Resource

KINDS: tuple[type[Resource], ...] = (
    Table,
    Role,
    Policy,
    LogGroup,
    Function,
    Permission,
    Api,
    Integration,
    Deployment,
    Stage,
    Route,
)
"""All kinds of resources. Routes are last: they take so many calls to read that AWS catches up meanwhile."""
