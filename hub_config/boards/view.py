"""The sections of the board as HTML; the notebook shows one a cell."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hub_config.boards import chart
from hub_config.boards.board import Board

CHART_ROWS = 10
FIRST_PEOPLE = 20


def heading(board: Board) -> str:
    """Return the title, the day, and the banner of sample data."""
    return _section("heading", board)


def groups(board: Board) -> str:
    """Return the groups' chart and table, and the groups that have no rank yet."""
    best = board.groups[:CHART_ROWS]
    drawn = tuple(zip(best, chart.bars([line.value for line in best]), strict=True))
    return _section("groups", board, bars=drawn, chart=chart, height=chart.height(len(best)))


def people(board: Board) -> str:
    """Return the learners who chose to be shown; a long list is folded after its head."""
    return _section("people", board, first=board.people[:FIRST_PEOPLE], rest=board.people[FIRST_PEOPLE:])


def summary(board: Board) -> str:
    """Return the ward's figures."""
    return _section("summary", board)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "sections"),
        autoescape=True,  # every name on the board was typed by somebody
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _section(name: str, board: Board, **values: object) -> str:
    return _environment().get_template(f"{name}.html").render(board=board, **values)
