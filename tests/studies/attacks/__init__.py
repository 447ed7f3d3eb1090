"""Attacks among strangers, on a local lab: each is tried, and what people saw of it is told."""
