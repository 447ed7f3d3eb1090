"""AWS, one file a service: each kind of resource is one class that reads, creates, updates and deletes it.

`KINDS` lists them; a kind of a service that is not here yet needs its client too, in `session` and `cloud`,
and its actions in `wschat/lab/permissions/user_policy`. Beside the kinds: `setup` has the settings and the
credentials; `session` makes the clients, `cloud` calls them with the retry policy, `parser` lets answers be
of any form; `errors` says what errors mean, by the tables in `texts`; `tags` is what kinds with tags
share; `signing` signs handshakes. Begin with `log_groups`, the shortest kind,
`wschat/lab/model/resource`, which says what a kind has to know, and `wschat/lab/attributes/answers`, which
says how it reads.
"""

from wschat.lab.aws.functions import Function
from wschat.lab.aws.log_groups import LogGroup
from wschat.lab.aws.permissions import Permission
from wschat.lab.aws.roles import Policy, Role
from wschat.lab.aws.routes import Integration, Route
from wschat.lab.aws.stages import Stage
from wschat.lab.aws.tables import Table
from wschat.lab.aws.websocket_api import Api, Deployment
from wschat.lab.model.resource import Resource

# fmt: off
_KINDS: tuple[type[Resource], ...] = (
    Table, Role, Policy, LogGroup, Function, Permission, Api, Integration, Deployment, Stage, Route,
)
# fmt: on
KINDS = {kind.kind: kind for kind in _KINDS}
"""All kinds of resources. Routes are last: they take so many calls to read that AWS catches up meanwhile."""
