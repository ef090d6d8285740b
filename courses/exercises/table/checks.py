"""The checks of a table: each is declared, has a name that learners see and a share of the points.

A check looks at the rows that hold something; an empty row is nobody's mistake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pydantic import Field, model_validator

from courses.exercises.base import Frozen
from courses.exercises.figures import Figure, Tolerance, allowed
from courses.exercises.table.cells import Cell, Column, Value, same, value_of

Rows = Sequence[Sequence[str]]


class Total(Frozen):
    """What a number column adds up to."""

    column: str
    answer: Figure
    tolerance: Tolerance = "0"


class Held(Frozen):
    """What a column holds, in any order and nothing else."""

    column: str
    values: tuple[Cell, ...] = Field(min_length=1)


class Check(Frozen):
    """One check: exactly one of the fields below ``share``. ``share`` is its part of the points.

    Attributes:
        types: columns whose filled cells must fit their type.
        required: columns in which each cell is filled and fits its type.
        unique: columns whose cells, taken together, are different in each row.
        count: how many rows.
        total: what a column adds up to.
        holds: what a column holds.
        match: rows that must be there; of each only the named cells count.
        tolerance: for numbers of ``match``.
    """

    name: str = Field(min_length=1)
    share: int = Field(default=1, ge=1)
    types: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    count: int | None = Field(default=None, ge=1)
    total: Total | None = None
    holds: Held | None = None
    match: tuple[dict[str, Cell], ...] = ()
    tolerance: Tolerance = "0"

    @model_validator(mode="after")
    def _one_thing(self) -> Check:
        if len(self.asks()) != 1:
            raise ValueError(f"mỗi mục kiểm tra dùng đúng một trong: {', '.join(ASKS)}")
        return self

    def asks(self) -> list[str]:
        """Return which fields are set."""
        return [name for name in ASKS if getattr(self, name) not in (None, ())]

    def columns(self) -> list[str]:
        """Return the columns that are named."""
        named = [*self.types, *self.required, *self.unique, *(name for row in self.match for name in row)]
        return [*named, *(one.column for one in (self.total, self.holds) if one is not None)]


ASKS = ("types", "required", "unique", "count", "total", "holds", "match")


class Sheet:
    """Rows with their columns: what the checks ask."""

    def __init__(self, columns: Sequence[Column], rows: Rows) -> None:
        """Keep the rows that hold something."""
        self._place = {column.id: n for n, column in enumerate(columns)}
        self._columns = {column.id: column for column in columns}
        self.rows = [row for row in rows if any(cell.strip() for cell in row)]

    def texts(self, column: str) -> list[str]:
        """Return a column's cells."""
        return [row[self._place[column]].strip() for row in self.rows]

    def values(self, column: str) -> list[Value | None]:
        """Return what a column's cells say."""
        return [value_of(text, self._columns[column]) for text in self.texts(column)]

    def understood(self, text: str, column: str) -> Value | None:
        """Return what a text would say in a column."""
        return value_of(text, self._columns[column])


def passes(check: Check, sheet: Sheet) -> bool:
    """Tell whether the sheet passes; no row, no pass."""
    return bool(sheet.rows) and all(_TESTS[name](check, sheet) for name in check.asks())


def _types(check: Check, sheet: Sheet) -> bool:
    cells = [(text, column) for column in check.types for text in sheet.texts(column)]
    filled = [(text, column) for text, column in cells if text]
    return bool(filled) and all(sheet.understood(text, column) is not None for text, column in filled)


def _required(check: Check, sheet: Sheet) -> bool:
    return all(value is not None for column in check.required for value in sheet.values(column))


def _unique(check: Check, sheet: Sheet) -> bool:
    keys = list(zip(*(_comparable(sheet, column) for column in check.unique), strict=True))
    filled = [key for key in keys if any(part != "" for part in key)]
    return bool(filled) and len(set(filled)) == len(filled)


def _comparable(sheet: Sheet, column: str) -> list[Value]:
    """Return what a column's cells say, or their text where that fits no type."""
    pairs = zip(sheet.texts(column), sheet.values(column), strict=True)
    return [text.casefold() if value is None else value for text, value in pairs]


def _count(check: Check, sheet: Sheet) -> bool:
    return len(sheet.rows) == check.count


def _total(check: Check, sheet: Sheet) -> bool:
    assert check.total is not None  # noqa: S101 - this is the test of checks that have one
    numbers = [value for value in sheet.values(check.total.column) if isinstance(value, Decimal)]
    off = allowed(check.total.tolerance, check.total.answer)
    return bool(numbers) and abs(sum(numbers, Decimal(0)) - check.total.answer) <= off


def _holds(check: Check, sheet: Sheet) -> bool:
    assert check.holds is not None  # noqa: S101 - this is the test of checks that have one
    column = check.holds.column
    wanted = {sheet.understood(text, column) for text in check.holds.values}
    given = {value for value, text in zip(sheet.values(column), sheet.texts(column), strict=True) if text}
    return given == wanted


def _match(check: Check, sheet: Sheet) -> bool:
    return all(_is_there(row, check.tolerance, sheet) for row in check.match)


def _is_there(wanted: Mapping[str, str], tolerance: str, sheet: Sheet) -> bool:
    columns = {name: (sheet.understood(text, name), sheet.values(name)) for name, text in wanted.items()}
    return any(
        all(same(given[n], value, _off(tolerance, value)) for value, given in columns.values())
        for n in range(len(sheet.rows))
    )


def _off(tolerance: str, value: Value | None) -> Decimal:
    return allowed(tolerance, value) if isinstance(value, Decimal) else Decimal(0)


_TESTS: dict[str, Any] = {
    "types": _types,
    "required": _required,
    "unique": _unique,
    "count": _count,
    "total": _total,
    "holds": _holds,
    "match": _match,
}
