"""Rubric edits: what an author changed outdates judged scores; a person reads what would move, then applies it.

1. The daily run notices that today's lesson would mark a judged answer otherwise. The old mark stays and is flagged
   ``outdated`` (``autograder.marking``). New answers are marked by the new rubric.
2. ``plan`` computes the new marks from the ledger, where verdicts on unchanged criteria still hold, and lists every
   score that would move. What the ledger doesn't know is asked (``asking``): changed criteria only.
3. ``apply`` writes them in one transaction a lesson, all or nothing, with a note that learners read beside their score.

People's marks are never moved, only listed. Rules' marks are no judgement: the daily run recomputes them as ever.
"""

from autograder.remark.apply import ApplyError, apply, check_reason
from autograder.remark.asking import Said, ask, unknown_answers
from autograder.remark.plan import Plan, Row, plan

__all__ = ["ApplyError", "Plan", "Row", "Said", "apply", "ask", "check_reason", "plan", "unknown_answers"]
