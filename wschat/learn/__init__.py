"""The lab as lessons: what each makes, how far one has come by what exists, and one done alone.

`lesson` reads one file of `steps`, `course` all of them, in order, with a teacher's; `resources` says what
they call the lab's resources, `observe` shows what can be seen on the way, `line_notes` what `notes` say of
a function's lines. Begin with `lesson`, and `steps`, which can be read without the program.
"""
