"""How judges ask, seen from a judge; and the terms under which a run lets them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from autograder.asking.batches import Batches
from autograder.asking.budget import Budget
from autograder.asking.call import Call, Said
from autograder.asking.direct import Direct
from autograder.judge import Judge

if TYPE_CHECKING:
    from autograder.asking.client import Client


class Talk(Protocol):
    """One answer's calls."""

    async def ask(self, call: Call) -> Said:
        """Return the reply to one of the answer's calls. Raises Silent."""


class Asker(Protocol):
    """Asks a model: at once, or in batches."""

    def answer(self, calls: Sequence[Call]) -> AbstractAsyncContextManager[Talk]:
        """Begin an answer that needs these calls at most.

        Raises:
            Silent: it can't be asked now: the day is spent, the batch is under way.
        """


@dataclass(frozen=True)
class Terms:
    """What a run may spend, and whether it asks in batches. Judges of one run share one."""

    budget: Budget = field(default_factory=Budget)
    batches: Batches | None = None

    @property
    def at_once(self) -> Terms:
        """The same budget, without batches: for questions that can't wait."""
        return Terms(self.budget)

    def asker(self, client: Client) -> Asker:
        """Return what asks a client's model under these terms."""
        return Direct(client, self.budget) if self.batches is None else self.batches.desk(client)


@runtime_checkable
class Paid(Protocol):
    """A judge whose calls cost something. A judge made of others hands the terms on to them."""

    @property
    def at_once(self) -> int:
        """Calls under way at most."""

    def under(self, terms: Terms) -> Judge:
        """Return the judge that asks under these terms; connections and pace stay shared."""


def under(judge: Judge, terms: Terms) -> Judge:
    """Return a judge under a run's terms; one that costs nothing is returned as it is."""
    return judge.under(terms) if isinstance(judge, Paid) else judge
