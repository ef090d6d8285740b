"""A catalogue file: a YAML list of entries that others name by id, read with line-exact errors."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from courses.exercises.text import nfc
from courses.yaml_errors import YamlError, fault_text, line_of


class Entry(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str:
        """Unique in its file."""


E = TypeVar("E", bound=Entry)


def load_entries(path: Path, shape: type[E]) -> Mapping[str, E]:
    """Return the entries by id; a file is read again only after it changed.

    Args:
        path: the YAML file, a list.
        shape: a pydantic model with a field ``id``.

    Raises:
        YamlError: ``NAME:LINE: …`` in Vietnamese, one line per fault.
    """
    loaded: Mapping[str, E] = _load(path, shape, path.stat().st_mtime_ns)
    return loaded


@lru_cache(maxsize=8)
def _load(path: Path, shape: type[E], _changed: int) -> Mapping[str, E]:
    document = _document(path)
    try:
        entries: tuple[E, ...] = TypeAdapter(tuple[shape, ...]).validate_python(document)  # type: ignore[valid-type]  # a model
    except ValidationError as error:
        faults = [
            f"{path.name}:{line_of(document, fault['loc'])}: {_name(fault['loc'])}: {fault_text(fault)}"
            for fault in error.errors()
        ]
        raise YamlError("\n".join(faults)) from error
    _refuse_twins([entry.id for entry in entries], document, path.name)
    return {entry.id: entry for entry in entries}


def _document(path: Path) -> object:
    try:
        return YAML(typ="rt").load(nfc(path.read_text(encoding="utf-8"))) or []
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise YamlError(f"{path.name}:{line}: không đọc được YAML: {error.problem}") from error


def _refuse_twins(ids: list[str], document: object, name: str) -> None:
    twins = [n for n, one in enumerate(ids) if one in ids[:n]]
    if twins:
        raise YamlError(
            "\n".join(f"{name}:{line_of(document, (n,))}: id “{ids[n]}” có hai lần" for n in twins)
        )


def _name(where: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in where[1:]) or "mục"
