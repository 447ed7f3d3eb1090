"""The chat's state machine, beside a model of the server, in any order of events."""
