"""Mark the wrong passages in a text."""
