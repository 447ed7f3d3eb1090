"""This machine's own network, where a local lab lives: its address, and which hosts are on it."""

import ipaddress

HOST = "127.0.0.1"


def is_here(host: str) -> bool:
    """Tell whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
