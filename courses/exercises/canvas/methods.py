"""How methods are drawn: one JSON file a method under ``layouts/``. A new method is a new file, nothing else.

``areas`` are rows of a CSS grid on a wide screen; on a phone the fields stand below each other in the order of
``fields``, which is the order of reading and of the keyboard. ``drawn``: ``chain`` and ``ring`` show arrows.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from courses.exercises.base import Frozen

ID = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
Drawn = Literal["grid", "chain", "ring"]
_FOLDER = Path(__file__).with_name("layouts")


class Field_(Frozen):  # noqa: N801 - pydantic has the name without the underscore
    """One field of a method: its name and the question that guides the writer."""

    id: str = Field(pattern=ID)
    label: str = Field(min_length=1)
    ask: str = ""


class Layout(Frozen):
    """One method."""

    name: str
    areas: tuple[str, ...]
    drawn: Drawn = "grid"
    fields: tuple[Field_, ...]


@lru_cache(maxsize=1)
def layouts() -> dict[str, Layout]:
    """Return the methods by file name."""
    files = sorted(_FOLDER.glob("*.json"))
    return {file.stem: Layout.model_validate(json.loads(file.read_text(encoding="utf-8"))) for file in files}


def area_fault(areas: tuple[str, ...], ids: list[str]) -> str:
    """Return what is wrong with a grid: every field a rectangle, every row as wide, nothing else in it."""
    rows = [row.split() for row in areas]
    if len({len(row) for row in rows}) != 1:
        return "các dòng của areas phải có số ô bằng nhau"
    if {cell for row in rows for cell in row} != set(ids):
        return "areas phải có đủ và chỉ có id của các ô trong fields"
    odd = next((id_ for id_ in ids if not _is_rectangle(rows, id_)), None)
    return f"ô “{odd}” trong areas không thành hình chữ nhật" if odd else ""


def _is_rectangle(rows: list[list[str]], id_: str) -> bool:
    places = [(r, c) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell == id_]
    height = len({r for r, _ in places})
    width = len({c for _, c in places})
    (top, left), (bottom, right) = min(places), max(places)
    return len(places) == height * width == (bottom - top + 1) * (right - left + 1)
