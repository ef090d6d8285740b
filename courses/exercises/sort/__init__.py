"""Classify items into groups."""
