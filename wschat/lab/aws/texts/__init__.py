"""What people are told of AWS's errors, as tables; the package above finds in them what fits.

Begin with `explanations`: by an error's names and words, which of our errors it is, in which words, and what
to do. `refusals` has what those mean who may not, and the ways out of it.
"""
