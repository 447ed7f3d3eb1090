"""The terminal chat client."""
