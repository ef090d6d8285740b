"""Asking in batches: what is missing is queued and submitted together, what came back is replayed.

A judge asks as ever. Where a reply has come, it is replayed; else the judge is told ``batch``, and the question goes
with the next batch. All calls of an answer go together, the second one though the first might make it needless: a
batch takes hours, and costs half.

Nothing is paid twice: a batch is written down (`Book`) before it is sent and bears our id at the provider, so a run
after a kill finds it there. What came is written down before it is used, in the transaction that counts its cost.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from autograder.asking.book import Book, Entry
from autograder.asking.budget import Budget
from autograder.asking.call import Call, Said, Silent, usage_of
from autograder.asking.client import Client
from autograder.asking.wire import Refused, Remote, Wire
from autograder.judge import Reason, Usage

MOST_CALLS = 10_000  # in one batch; the protocol allows 50,000 and 200 MB


class Desk:
    """One model's questions. See `autograder.asking.Asker`.

    Args:
        client: its connections.
        book: where everything is written down.
        budget: of the run's day.
        share: what a batch costs of the price list.
        grace: seconds in which a provider must have listed a batch that reached it.
    """

    def __init__(self, client: Client, book: Book, budget: Budget, share: float, grace: float) -> None:
        self._client, self._wire, self._book, self._budget = client, Wire(client), book, budget
        self._share, self._grace = share, grace
        self._queue: dict[str, Call] = {}
        self._submitted: set[str] = set()  # batches of this run
        self._failed: dict[str, Reason] = {}  # questions that a batch of this run did not answer
        self.closed: Reason | None = None  # why nothing more can be submitted
        self.used = Usage()

    @asynccontextmanager
    async def answer(self, calls: Sequence[Call]) -> AsyncIterator[_Replay]:
        """See `Asker.answer`; raises Silent ``batch`` until all replies have come."""
        keyed = {call.key: call for call in calls}
        known = self._book.known(keyed)
        await self._want({key: call for key, call in keyed.items() if key not in known})
        if any(known.get(key) is None for key in keyed):
            raise Silent("batch")
        yield _Replay(self._client, known)

    async def _want(self, missing: Mapping[str, Call]) -> None:
        """Queue questions, if the day can pay them."""
        for key in missing:
            if key in self._failed:
                raise Silent(self._failed[key])
        fresh = {key: call for key, call in missing.items() if key not in self._queue}
        if not fresh:
            return
        if self.closed is not None:
            raise Silent(self.closed)
        async with self._budget.room(self._most(fresh.values())):
            self._queue |= fresh

    def _most(self, calls: Iterable[Call]) -> Usage:
        return sum((self._client.priced(call.expected, self._share) for call in calls), Usage())

    async def submit(self) -> None:
        """Send what was queued."""
        queued, self._queue = list(self._queue.items()), {}
        for start in range(0, len(queued), MOST_CALLS):
            if self.closed is None:
                await self._submit(queued[start : start + MOST_CALLS])

    async def _submit(self, part: Sequence[tuple[str, Call]]) -> None:
        keys, most = [key for key, _ in part], self._most([call for _, call in part])
        ours = self._book.begin(self._client.model, keys, most)
        try:
            file = await self._wire.upload(part)
        except Silent as silent:
            self._refuse(ours, silent)
            return
        self._submitted.add(ours)
        try:
            made = await self._wire.create(file, ours)
        except Refused as refused:
            self._refuse(ours, refused)
        except Silent:
            return  # it may have been made: the next look finds out
        else:
            self._book.sent(ours, made.id)

    def _refuse(self, ours: str, silent: Silent) -> None:
        self._book.drop(ours)
        self.closed = silent.reason

    async def collect(self) -> bool:
        """Look at everything that is under way and keep what came; tell whether anything did."""
        came = False
        for entry in self._book.open(self._client.model):
            with suppress(Silent):  # the provider can't be asked now: it stays under way
                came |= await self._look(entry)
        return came

    async def _look(self, entry: Entry) -> bool:
        if not entry.remote_id:
            return await self._recover(entry)
        remote = await self._wire.look(entry.remote_id)
        if remote is None:
            self._keep(entry, {}, {})
            return True
        if not remote.has_ended:
            return False
        replies, faults = await self._fetch(remote)
        self._keep(entry, replies, faults)
        await self._wire.forget((*remote.files, *([remote.input_file] if remote.input_file else [])))
        return True

    async def _recover(self, entry: Entry) -> bool:
        """Find out whether a batch reached the provider before we could write that down."""
        await asyncio.sleep(max(0.0, self._grace - entry.age))
        found = await self._wire.find(entry.id)
        if found is None:
            self._book.drop(entry.id)
            if entry.id in self._submitted:
                self.closed = "provider_error"
            return True
        self._book.sent(entry.id, found.id)
        return await self._look(entry.model_copy(update={"remote_id": found.id}))

    async def _fetch(self, remote: Remote) -> tuple[dict[str, dict[str, Any]], dict[str, Reason]]:
        replies: dict[str, dict[str, Any]] = {}
        faults: dict[str, Reason] = {}
        for file in remote.files:
            for key, said in await self._wire.fetch(file):
                if isinstance(said, dict):
                    replies.setdefault(key, said)
                else:
                    faults.setdefault(key, said)
        return replies, faults

    def _keep(
        self, entry: Entry, replies: Mapping[str, dict[str, Any]], faults: Mapping[str, Reason]
    ) -> None:
        """Write down what came; what a batch of this run left open is not asked again before the next one."""
        each = entry.expected.prompt_tokens // max(1, entry.expected.calls)
        used = sum((usage_of(body, each) for body in replies.values()), Usage())
        priced = self._client.priced(used, self._share)
        unanswered = self._book.keep(entry.id, replies, priced)
        self.used += priced
        if entry.id in self._submitted:
            self._failed |= {key: faults.get(key, "provider_error") for key in unanswered}

    @property
    def is_waiting(self) -> bool:
        """Tell whether anything is under way."""
        return bool(self._book.open(self._client.model))


class _Replay:
    """An answer's replies. See `autograder.asking.Talk`."""

    def __init__(self, client: Client, replies: Mapping[str, dict[str, Any] | None]) -> None:
        self._client, self._replies = client, replies

    async def ask(self, call: Call) -> Said:
        """Return the reply as if it came now; it was paid when it came."""
        paid = Usage(replayed=1)
        try:
            said = self._client.read(call, self._replies[call.key])
        except Silent as silent:
            raise Silent(silent.reason, paid) from silent
        return Said(said.text, paid)
