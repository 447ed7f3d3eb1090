"""The program that is the local lab's process: it starts the provisioner, and then loads the lab.

To load either takes a third of a second of one core, and here both are loaded at the same time.
"""

import gc
import os
import socket
import sys

from wschat.local.process.children import start_provisioner, start_watchdog


def main(state_dir: str, provision: str, options: str, users: str, gateway: str) -> None:
    """Run a lab; `users` and `gateway` are the file descriptors of sockets that listen.

    It forks first: whoever started this need not wait for the lab, and the lab does not lead its process
    group, so that it can leave it in the end.
    """
    if os.fork():
        return
    gc.disable()  # until the lab is ready: to load it makes many objects, and no garbage
    # asyncio turns off Nagle's algorithm for sockets that name TCP alone
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, int(gateway))
    endpoint = "http://{}:{}".format(*listener.getsockname())
    provisioner = start_provisioner(provision, endpoint, state_dir) if provision else None
    watchdog = start_watchdog(state_dir)
    from wschat.local.process.lab import run

    run(state_dir, endpoint, options, listener, socket.socket(fileno=int(users)), watchdog, provisioner)


if __name__ == "__main__":
    main(*sys.argv[1:])
