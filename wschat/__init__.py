"""A terminal chat client and lab driver for the AWS WebSocket API.

From top to bottom: `cli` calls `chat`, `lab`, `local` and `web`, which never import each other; all stand on
the facts, of which `protocol` is the wire and `errors` what people read. `functions` is what runs in Lambda.
Begin with `protocol`, then read what you came for: `lab/engine` provisions, `chat/machine/update` chats,
`local/gateway/gateway` is API Gateway on this machine.
"""

__version__ = "0.1.0"
