"""``fill``: short texts, numbers and dates in blanks."""
