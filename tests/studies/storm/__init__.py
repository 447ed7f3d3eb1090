"""A storm: many people who act at random, at the same time, until somebody counts what is left."""
