"""``/quan-tri/cham``: whether the AI that marks can be believed, exercise by exercise, and what people decide about it."""
