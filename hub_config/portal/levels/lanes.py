"""The drawing beside the map's list: from each lesson a lane runs down to those that need it.

Lanes are counted from the dots outward. A lane begins at a lesson, passes others, and ends at the last lesson that needs
the first; where a lesson needs it, a branch leads from the lane to the lesson's dot. Lanes are used again when free.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from courses.exercises.base import Frozen

Piece = Literal["starts", "passes", "joins", "ends"]
"""``joins``: a branch leads to the dot and the lane goes on; ``ends``: the branch is its last."""


class Lane(Frozen):
    """A lane beside one lesson. ``place`` 1 is next to the dots."""

    place: int
    piece: Piece


def shortest(needs: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Return the needs without those that another need has anyway, and without lessons that are not on the map."""
    behind = {number: _behind(number, needs) for number in needs}
    return {
        number: tuple(
            one
            for one in own
            if one in needs and not any(one in behind[other] for other in own if other in behind)
        )
        for number, own in needs.items()
    }


def _behind(number: str, needs: Mapping[str, Sequence[str]]) -> set[str]:
    found: set[str] = set()
    for need in needs.get(number, ()):
        found |= {need, *_behind(need, needs)}
    return found


def lanes(needs: Mapping[str, Sequence[str]]) -> dict[str, tuple[Lane, ...]]:
    """Return what is drawn beside each lesson.

    Args:
        needs: lessons in the map's order, each with the earlier ones that it needs.
    """
    order = list(needs)
    last = {need: row for row, number in enumerate(order) for need in needs[number]}
    places: dict[str, int] = {}  # of the lanes that run at this row, by the lesson that they come from
    drawn: dict[str, tuple[Lane, ...]] = {}
    for row, number in enumerate(order):
        found = [_beside(row, source, place, needs[number], last) for source, place in places.items()]
        places = {source: place for source, place in places.items() if last[source] > row}
        if number in last:
            places[number] = next(
                place for place in range(1, len(order) + 1) if _is_free(place, places, found)
            )
            found.append(Lane(place=places[number], piece="starts"))
        drawn[number] = tuple(sorted(found, key=lambda lane: lane.place))
    return drawn


def _beside(row: int, source: str, place: int, needs: Sequence[str], last: Mapping[str, int]) -> Lane:
    if source not in needs:
        return Lane(place=place, piece="passes")
    return Lane(place=place, piece="ends" if last[source] == row else "joins")


def _is_free(place: int, places: Mapping[str, int], found: Sequence[Lane]) -> bool:
    """Tell whether a lane may begin here: a lane that ends at this very row still takes its place."""
    return place not in places.values() and place not in {lane.place for lane in found}
