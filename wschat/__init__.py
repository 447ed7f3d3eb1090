"""A terminal chat client and lab driver for the AWS WebSocket API."""

__version__ = "0.1.0"
