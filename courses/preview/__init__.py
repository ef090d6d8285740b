"""``bdhai preview``: a lesson as its learners see it, beside the marking of its samples, while its author writes.

No hub, no kernel, no account: one small server on this computer only. What is typed into the lesson stays in memory.
"""
