"""``/bac/1`` … ``/bac/5``: what a level is for, and the map of its lessons in the order of the learner's course."""
