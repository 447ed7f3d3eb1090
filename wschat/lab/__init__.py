"""The lab in an AWS account: what it is, what exists, and the steps between the two.

`blueprint` says what should exist, as values of the kinds in `aws`, one file a service, with what a person
chose for it (`chosen`). `inventory` reads what does exist, and adds it up to values of the same kinds.
`plan` compares the two: their difference is the steps, in the order of what depends on what; `permissions`
says what they take. `executor` carries the steps out, as many at a time as they allow; `engine` tells that
story for provision and teardown, and looks again at the end.

Begin with `model`, which says what each kind of resource has to know, and `engine`.
"""
