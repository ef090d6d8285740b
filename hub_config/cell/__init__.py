"""The cell of one learner's processes: whose account, which files, how much of the machine.

Nothing here imports more than the standard library: the code also runs between a fork and a learner's program.
"""
