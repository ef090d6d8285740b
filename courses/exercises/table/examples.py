"""Answers of every sort to any ``table``, for the tests."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING

from courses.exercises.authoring import Example, malformed
from courses.exercises.base import Exercise

if TYPE_CHECKING:
    from courses.exercises.table.kind import Table


def examples(exercise: Exercise, random: Random) -> Iterator[Example]:
    """See ``courses.exercises.authoring.Examples``.

    Right rows are found from ``match``: a table whose examples are wanted names its rows there.
    """
    own: Table = exercise  # type: ignore[assignment] # the registry gives this kind only its own exercises
    right = _right(own)
    if own.grow:
        random.shuffle(right)
    yield Example({"rows": right}, "right")
    start = [list(row) for row in own.rows]
    blanks: tuple[dict[str, object], ...] = ({}, {"rows": []}, {"rows": start})
    yield from (Example(raw, "blank") for raw in blanks)
    odd = [
        [cell if column.fixed else "?" for cell, column in zip(row, own.columns, strict=True)]
        for row in right
    ]
    yield Example({"rows": odd}, "wrong")
    half = [list(row) for row in right]
    last = max(n for n, column in enumerate(own.columns) if not column.fixed)
    half[0][last] = ""
    yield Example({"rows": half}, "wrong" if own.credit == "all" else "partly")
    wide = [[*row, "x"] for row in right]
    many = right * (own.most_rows + 1)
    yield from malformed({"rows": wide}, {"rows": many}, {"rows": [[1] * len(own.columns)]})
    yield from malformed({"rows": "x"}, {"cells": []}, [], None, {"rows": [right[0], "x"]})


def _right(own: Table) -> list[list[str]]:
    """Return the rows that the checks expect."""
    wanted = [row for check in own.checks for row in check.match]
    ids = [column.id for column in own.columns]
    if own.grow:
        return [[row.get(name, "") for name in ids] for row in wanted]
    given = [dict(zip(ids, row, strict=True)) for row in own.rows]
    fixed = [column.id for column in own.columns if column.fixed]
    for start in given:
        start.update(next(row for row in wanted if all(row.get(name) == start[name] for name in fixed)))
    return [[row[name] for name in ids] for row in given]
