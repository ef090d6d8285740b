"""Where the machine's marks and people's fall: a table, and a picture of it that any browser draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

from autograder.evaluate.figures import Marks
from courses.clock import text_number
from courses.exercises.base import Frozen

MOST_LEVELS = 6
"""Rows and columns. With more different marks, shares of the top mark are put to the nearest fifth."""
CELL, EDGE = 56, 104  # of the picture, in pixels
_LEAF, _INK, _PAPER = "#1B6B45", "#1E2B24", "#FBFAF5"


class Table(Frozen):
    """``counts[i][j]``: answers to which people gave level i and the machine level j."""

    levels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


def confusion(marks: Marks) -> Table:
    """Return the table of marks; levels are the points themselves where they are few, else fifths of the top."""
    points = sorted({*marks.machine, *marks.people})
    if len(points) <= MOST_LEVELS and len(set(marks.top)) <= 1:
        return _table([text_number(one, 2) for one in points], points, marks.people, marks.machine)
    fifths = [fifth / (MOST_LEVELS - 1) for fifth in range(MOST_LEVELS)]
    people, machine = (_shares(own, marks.top) for own in (marks.people, marks.machine))
    return _table([f"{level:.0%}" for level in fifths], fifths, people, machine)


def _shares(points: Sequence[float], top: Sequence[float]) -> list[float]:
    return [own / most for own, most in zip(points, top, strict=True)]


def _table(
    names: Sequence[str], levels: Sequence[float], people: Sequence[float], machine: Sequence[float]
) -> Table:
    def nearest(mark: float) -> int:
        return min(range(len(levels)), key=lambda number: abs(levels[number] - mark))

    found = Counter((nearest(one), nearest(other)) for one, other in zip(people, machine, strict=True))
    size = range(len(levels))
    return Table(levels=tuple(names), counts=tuple(tuple(found[i, j] for j in size) for i in size))


def as_markdown(table: Table) -> str:
    """Return the table as Markdown."""
    head = "| người \\ máy | " + " | ".join(table.levels) + " |"
    rule = "| --- |" + " ---: |" * len(table.levels)
    rows = (
        f"| **{name}** | {' | '.join(map(str, row))} |"
        for name, row in zip(table.levels, table.counts, strict=True)
    )
    return "\n".join((head, rule, *rows))


def as_svg(table: Table, title: str) -> str:
    """Return the table as a picture: the darker a cell, the more of its row; the diagonal is framed."""
    size = EDGE + CELL * len(table.levels)
    cells = (
        _cell(i, j, count, sum(row)) for i, row in enumerate(table.counts) for j, count in enumerate(row)
    )
    names = (_name(number, name) for number, name in enumerate(table.levels))
    return "\n".join(
        (
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{size + 16}" height="{size + 16}" role="img" '
                f'font-family="sans-serif" font-size="13">'
            ),
            f"<title>{escape(title)}</title>",
            f'<rect width="100%" height="100%" fill="{_PAPER}"/>',
            f'<text x="{EDGE}" y="24" fill="{_INK}">Máy chấm →</text>',
            f'<text x="8" y="{EDGE - 12}" fill="{_INK}">Người chấm ↓</text>',
            *names,
            *cells,
            "</svg>\n",
        )
    )


def _name(number: int, name: str) -> str:
    middle = EDGE + CELL * number + CELL / 2
    return (
        f'<text x="{middle}" y="{EDGE - 34}" text-anchor="middle" fill="{_INK}">{name}</text>'
        f'<text x="{EDGE - 10}" y="{middle + 5}" text-anchor="end" fill="{_INK}">{name}</text>'
    )


def _cell(i: int, j: int, count: int, row: int) -> str:
    x, y = EDGE + CELL * j, EDGE + CELL * i
    share = count / row if row else 0
    frame = f' stroke="{_INK}" stroke-width="2"' if i == j else f' stroke="{_INK}" stroke-opacity="0.2"'
    ink = _PAPER if share > 0.5 else _INK  # noqa: PLR2004 - white on dark from the middle on
    return (
        f'<rect x="{x}" y="{y}" width="{CELL}" height="{CELL}" fill="{_LEAF}" fill-opacity="{share:.2f}"{frame}/>'
        f'<text x="{x + CELL / 2}" y="{y + CELL / 2 + 5}" text-anchor="middle" fill="{ink}">{count}</text>'
    )
