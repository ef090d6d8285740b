"""The calling half of the judge: one question to a model, at a pace that it bears, within what a day may cost.

``Call`` → ``Client`` (patience) → ``Pace`` (how many at once) → ``Said``; or through the provider's Batch API: ``Batches``.
``Budget`` lets no answer begin that the day can't pay. What can't be asked is a ``Silent`` with its reason, never a
mark. See ``docs/judge-cost.md``.

Importing this package loads no ``openai``: `client`, `faults`, `wire` and `batch` do.
"""

from autograder.asking.batches import Batches
from autograder.asking.book import Book
from autograder.asking.budget import Budget
from autograder.asking.call import Call, Said, Silent
from autograder.asking.direct import Direct
from autograder.asking.pace import Pace
from autograder.asking.terms import Asker, Paid, Talk, Terms, under

__all__ = [
    "Asker",
    "Batches",
    "Book",
    "Budget",
    "Call",
    "Direct",
    "Pace",
    "Paid",
    "Said",
    "Silent",
    "Talk",
    "Terms",
    "under",
]
