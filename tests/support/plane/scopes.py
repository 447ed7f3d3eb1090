"""What a read looks at and what a write changes, as paths; one that ends with / is all beneath."""

from tests.support.plane.wire import Call

ATTACHED = {"AttachRolePolicy", "DetachRolePolicy"}


def seen_by(call: Call) -> str | None:
    """Return the path that a read looks at; None if it never lags."""
    name, operation = call.resource, call.operation
    match call.service:
        case "apigateway":
            parts = name.split("/")
            return name if len(parts) % 2 or parts[0] == "tags" else name.rpartition("/")[0]
        case "dynamodb":
            if operation == "ListTables":
                return "tables"
            ends = {"DescribeTimeToLive": "/ttl", "ListTagsOfResource": "/tags"}
            return f"table/{name}{ends.get(operation, '')}" if name else None
        case "iam":
            return _seen_of_role(call) if "RoleName" in call.params or operation == "ListRoles" else None
        case "lambda":
            if operation == "ListFunctions":
                return "functions"
            ends = {"GetPolicy": "/policy", "ListTags": "/tags"}
            return f"function/{name}{ends.get(operation, '')}" if name else None
        case "logs":
            return f"groups:{name}:" if operation == "DescribeLogGroups" else f"group/{name}"
    return None


def _seen_of_role(call: Call) -> str:
    role = f"role/{call.resource}"
    match call.operation:
        case "ListRoles":
            return "roles"
        case "GetRolePolicy":
            return f"{role}/policies/{call.params['PolicyName']}"
        case "ListRolePolicies":
            return f"{role}/policies"
        case "ListAttachedRolePolicies":
            return f"{role}/attached"
    return role


def touched_by(call: Call) -> list[str]:
    """Return the paths that a write changes."""
    name, operation = call.resource, call.operation
    match call.service:
        case "apigateway":
            return _touched_of_api(call)
        case "dynamodb":
            table = f"table/{name}"
            ends = {"UpdateTimeToLive": "/ttl", "TagResource": "/tags", "UntagResource": "/tags"}
            if operation in {"CreateTable", "DeleteTable"}:
                return [table, f"{table}/", "tables"]
            return [table + ends.get(operation, "")]
        case "iam":
            role = f"role/{name}"
            if operation in {"PutRolePolicy", "DeleteRolePolicy"}:
                return [f"{role}/policies", f"{role}/policies/{call.params['PolicyName']}"]
            if operation in ATTACHED:
                return [f"{role}/attached"]
            return [role, "roles", *([f"{role}/"] if operation in {"CreateRole", "DeleteRole"} else [])]
        case "lambda":
            function = f"function/{name}"
            if operation.endswith("Permission"):
                return [f"{function}/policy"]
            return [function, "functions", *_beneath(function, operation)]
        case "logs":
            return [f"group/{name}", *(f"groups:{name[:length]}:" for length in range(len(name) + 1))]
    return []


def born_by(call: Call) -> str | None:
    """Return the path of what a call made, if its caller chose the name."""
    kinds = {
        "CreateFunction": "function",
        "CreateLogGroup": "group",
        "CreateRole": "role",
        "CreateTable": "table",
    }
    kind = kinds.get(call.operation)
    return f"{kind}/{call.resource}" if kind else None


def _beneath(function: str, operation: str) -> list[str]:
    if operation in {"CreateFunction", "DeleteFunction"}:
        return [f"{function}/"]
    return [f"{function}/tags"] if operation.endswith("agResource") else []


def _touched_of_api(call: Call) -> list[str]:
    path, parts = call.resource, call.resource.split("/")
    if parts[0] == "tags":
        tagged = path.partition("::/")[2]
        return [path, "apis", *([tagged.rpartition("/")[0]] if "/stages/" in tagged else [])]
    if call.operation.startswith("Create"):
        return [path]
    if parts[2:3] == ["stages"]:
        return [f"apis/{call.api}/stages"]
    beneath = [f"{path}/"] if call.operation.startswith("Delete") else []
    return [path.rpartition("/")[0], *beneath]
