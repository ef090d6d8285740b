"""Explain something to the AI pupil."""
