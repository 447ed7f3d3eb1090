"""Faults, each broken on purpose, and what doctor says of them first."""
