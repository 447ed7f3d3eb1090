"""Cuts of real sockets in the middle of a chat: what the person saw, how long until back, what was lost."""
