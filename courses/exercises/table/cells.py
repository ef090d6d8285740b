"""Columns of a table and what their cells may hold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from courses.exercises.base import Frozen
from courses.exercises.numerals import day_of, readings, split_unit
from courses.exercises.text import clean, nfc

LONGEST = 300  # characters of a cell
Value = str | Decimal | date
"""What a cell says once it is understood."""


def _written(value: object) -> object:
    """Return a cell as authors write it: YAML turns ``12`` into a number and ``2026-11-02`` into a day."""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float):
        return str(value).replace(".", ",")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return "" if value is None else value


Cell = Annotated[str, BeforeValidator(_written)]
"""A cell in an author's YAML."""


def tidy(text: str) -> str:
    """Return a cell as it is stored: one line, normalised, short."""
    return " ".join(clean(text).split())[:LONGEST].strip()


class Column(Frozen):
    """A column as the learner sees it. ``fixed``: its cells are given and cannot be changed."""

    id: str = Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
    name: str = Field(min_length=1)
    type: Literal["text", "number", "date", "choice"] = "text"
    unit: str = ""
    choices: tuple[str, ...] = ()
    fixed: bool = False


def value_of(text: str, column: Column) -> Value | None:
    """Return what a cell says, or None when it does not fit the column's type; empty cells fit none."""
    given = " ".join(nfc(text).split())
    if column.type == "number":
        return _number(given, column)
    if column.type == "date":
        return day_of(given)
    if column.type == "choice":
        return next((one.casefold() for one in column.choices if one.casefold() == given.casefold()), None)
    return given.casefold() or None


def _number(given: str, column: Column) -> Decimal | None:
    """A unit may follow the number when it is the column's own."""
    number, unit = split_unit(given)
    if unit and "".join(unit.split()).casefold() != "".join(column.unit.split()).casefold():
        return None
    values = readings(number)
    return values[0] if values else None


def same(one: Value | None, other: Value | None, tolerance: Decimal = Decimal(0)) -> bool:
    """Tell whether two understood cells say the same; numbers within a tolerance."""
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return abs(one - other) <= tolerance
    return one is not None and one == other
