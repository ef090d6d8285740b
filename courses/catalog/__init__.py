"""Dated facts of law and numbers, courses per audience, the programme: data, and their loaders."""
