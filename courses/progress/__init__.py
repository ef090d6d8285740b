"""Points and standings: pure functions, recomputed from what is graded, never counted up."""

from courses.progress.facts import Check, GroupFacts, PersonFacts, Work
from courses.progress.points import RULES, Award, Points, points
from courses.progress.standings import GroupRow, PersonRow, Standings, standings, to_json_bytes

__all__ = [
    "RULES",
    "Award",
    "Check",
    "GroupFacts",
    "GroupRow",
    "PersonFacts",
    "PersonRow",
    "Points",
    "Standings",
    "Work",
    "points",
    "standings",
    "to_json_bytes",
]
