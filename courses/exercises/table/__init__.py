"""Fill a small table; it is checked as data."""
