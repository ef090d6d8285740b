"""All exercise kinds, discovered by folder: a new kind needs no edit here or elsewhere."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache

import courses.exercises
from courses.exercises.authoring import Kind


@lru_cache(maxsize=1)
def _found() -> tuple[Kind, ...]:
    folders = (entry.name for entry in pkgutil.iter_modules(courses.exercises.__path__) if entry.ispkg)
    modules = (importlib.import_module(f"courses.exercises.{name}.kind") for name in sorted(folders))
    return tuple(_checked(module.KIND) for module in modules)


def _checked(kind: object) -> Kind:
    if not isinstance(kind, Kind):
        raise TypeError(f"KIND must be a courses.exercises.authoring.Kind, not {type(kind).__name__}")
    return kind


def kinds() -> dict[str, Kind]:
    """Return the kinds by name, sorted."""
    return {kind.name: kind for kind in _found()}
