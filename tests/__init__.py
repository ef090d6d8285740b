"""Ours: without this file, a package of the same name that some dependency installs would be taken for it."""
