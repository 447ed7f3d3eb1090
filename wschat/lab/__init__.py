"""The provisioning engine: what the lab is, what exists, and the steps between the two."""
