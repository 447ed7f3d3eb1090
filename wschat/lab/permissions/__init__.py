"""What a person needs to be allowed, and whether they are.

Begin with `user_policy`, the policy of one lab or of a class, and the boundary of its roles; `preflight`
looks, before the first write, at what AWS would refuse.
"""
