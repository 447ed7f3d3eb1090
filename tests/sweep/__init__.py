"""Every failure, everywhere: `python -m tests.sweep` lets each call of a provision and a teardown fail."""
