"""Asking at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from autograder.asking.budget import Budget
from autograder.asking.call import Call, Said, Silent
from autograder.judge import Usage

if TYPE_CHECKING:
    from autograder.asking.client import Client


class Direct:
    """See `Asker`."""

    def __init__(self, client: Client, budget: Budget | None = None) -> None:
        self._client, self._budget = client, budget or Budget()

    @asynccontextmanager
    async def answer(self, calls: Sequence[Call]) -> AsyncIterator[_Talk]:
        """See `Asker.answer`: room is held for all calls, so that no answer is left half paid."""
        most = sum((self._client.priced(call.expected) for call in calls), Usage())
        async with self._budget.room(most) as bill:
            talk = _Talk(self._client)
            try:
                yield talk
            finally:
                bill.pay(talk.used)


class _Talk:
    def __init__(self, client: Client) -> None:
        self._client, self.used = client, Usage()

    async def ask(self, call: Call) -> Said:
        try:
            said = await self._client.ask(call)
        except Silent as silent:
            self.used += silent.usage
            raise
        self.used += said.usage
        return said
