"""What AWS does in a service where MiniStack doesn't: the seam between the plane and each of them."""

from tests.support.plane.wire import Answer, Call


class Service:
    """Here nothing is done: the answers are MiniStack's."""

    def refuse(self, _call: Call, _now: float) -> Answer | None:
        """Return what AWS would answer now and MiniStack can't: an error, as a rule; else None."""
        return None

    def done(self, _call: Call, answer: Answer, _now: float) -> Answer:
        """Take note of a write that took effect, and return its answer as AWS would give it."""
        return answer

    def mend(self, _call: Call, answer: Answer) -> Answer:
        """Return a read's answer without what MiniStack gets wrong at any time."""
        return answer

    def show(self, _call: Call, answer: Answer, _now: float) -> Answer:
        """Return a read's answer with the states of this moment."""
        return answer

    def serve(self, _call: Call, answer: Answer, _now: float) -> Answer:
        """Return the answer to a call that is no matter of the control plane."""
        return answer
