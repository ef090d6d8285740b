"""Counting what is used: added up in memory, written in the background, so that no question waits for a disk."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Engine, delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from courses.clock import now, programme_day
from courses.exercises.base import Frozen
from courses.school.db import session as open_session
from courses.school.people import find_person
from courses.site import Ai
from hub_config.ai.consent import hold_consent
from hub_config.ai.models import AiExchange, AiUsage
from hub_config.ai.tokens import Tokens, read_reply, tokens_of

log = logging.getLogger(__name__)

EVERY = 2.0  # seconds between two writes: what a kill may lose
KEPT_WAITING = 500  # conversations in memory while the database does not answer; numbers all stay
MILLION = 1_000_000


class Caller(Frozen):
    """Who asks: a person, or a service of the hub."""

    name: str
    is_service: bool


Key = tuple[date, str, bool, str]  # day, caller, service, model


@dataclass
class Sum:
    """What was added to one row since the last write."""

    questions: int = 0
    prompt: int = 0
    completion: int = 0
    estimated: int = 0
    cost: float = 0.0
    refused: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)

    def take(self, tokens: Tokens, cost: float) -> None:
        """Add one answer."""
        self.prompt += tokens.prompt
        self.completion += tokens.completion
        self.estimated += tokens.estimated
        self.cost += cost

    def add(self, other: Sum) -> None:
        """Take another sum in."""
        self.questions += other.questions
        self.prompt += other.prompt
        self.completion += other.completion
        self.estimated += other.estimated
        self.cost += other.cost
        self.refused += other.refused
        self.errors += other.errors


class Answer(Frozen):
    """What came back for one question, as bytes; it is read in the background."""

    caller: Caller
    model: str
    at: datetime
    messages: tuple[dict[str, str], ...]
    raw: bytes


class Usage:
    """Everybody's use. All methods but ``flush`` return at once.

    Args:
        engine: the database; None counts in memory only.
        settings: prices, and how long conversations are kept.
        present: the present, for the day.
        every: seconds between two writes.
    """

    def __init__(
        self,
        engine: Engine | None = None,
        settings: Ai | None = None,
        present: Callable[[], datetime] = now,
        every: float = EVERY,
    ) -> None:
        self._engine, self._settings = engine, settings or Ai()
        self._present, self._every = present, every
        self._sums: dict[Key, Sum] = {}
        self._answers: list[Answer] = []
        self._thread = ThreadPoolExecutor(1, "ai-usage")  # one writer: rows are read, added to, written
        self._said: list[tuple[Answer, str]] = []  # waits for a database that did not answer
        self._task: asyncio.Task[None] | None = None
        self._swept: date | None = None

    def asked(self, caller: Caller, model: str) -> None:
        """Count a question that goes to the provider."""
        self._sum(caller, model).questions += 1

    def refused(self, caller: Caller, model: str, code: str) -> None:
        """Count a question that we did not let through."""
        self._sum(caller, model).refused[code] += 1

    def failed(self, caller: Caller, model: str, code: str) -> None:
        """Count a question that the provider did not answer."""
        self._sum(caller, model).errors[code] += 1

    def answered(self, answer: Answer) -> None:
        """Count what an answer took, and keep it for those who agreed to that."""
        if self._engine is not None:
            self._answers.append(answer)

    def cost(self, model: str, tokens: Tokens) -> float:
        """Return the price of an answer; a model without a price costs nothing (a local one, say)."""
        price = self._settings.prices.get(model)
        if price is None:
            return 0.0
        return (tokens.prompt * price.prompt + tokens.completion * price.completion) / MILLION

    def _sum(self, caller: Caller, model: str) -> Sum:
        return self._sums.setdefault(_key(self._present(), caller, model), Sum())

    def start(self) -> None:
        """Begin to write in the background."""
        if self._engine is not None:
            self._task = asyncio.get_running_loop().create_task(self._keep_writing())

    async def close(self) -> None:
        """Write what is left."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.flush()
        self._thread.shutdown(wait=False)

    async def _keep_writing(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            await asyncio.shield(self.flush())

    async def flush(self) -> None:
        """Write what was counted; what could not be written is kept for the next time."""
        if self._engine is None:
            return
        batch = Batch(self._sums, self._answers)
        self._sums, self._answers = {}, []
        written = await asyncio.get_running_loop().run_in_executor(
            self._thread, self._write, self._engine, batch
        )
        if not written:
            for key, row in batch.sums.items():
                self._sums.setdefault(key, Sum()).add(row)
            self._said = batch.said[-KEPT_WAITING:]

    def _write(self, engine: Engine, batch: Batch) -> bool:
        today = programme_day(self._present())
        batch.said = [*self._said, *self._digest(batch)]
        self._said = []
        try:
            with open_session(engine) as session:
                for key, row in batch.sums.items():
                    _add(session, key, row)
                keep_agreed(session, batch.said)
                if self._swept != today:
                    forget_old(session, self._present() - timedelta(days=self._settings.keep_days))
        except SQLAlchemyError:
            log.exception("usage could not be written; it is kept in memory")
            return False
        self._swept = today
        return True

    def _digest(self, batch: Batch) -> Iterator[tuple[Answer, str]]:
        """Read the answers: their tokens go into the sums; give people's conversations."""
        for answer in batch.answers:
            reply, usage = read_reply(answer.raw)
            question = "\n".join(message["content"] for message in answer.messages)
            tokens = tokens_of(usage, question, reply)
            batch.sum(answer).take(tokens, self.cost(answer.model, tokens))
            if not answer.caller.is_service:
                yield answer, reply
        batch.answers = []


@dataclass
class Batch:
    """What one write takes along."""

    sums: dict[Key, Sum]
    answers: list[Answer]
    said: list[tuple[Answer, str]] = field(default_factory=list)

    def sum(self, answer: Answer) -> Sum:
        """Return the row of an answer."""
        return self.sums.setdefault(_key(answer.at, answer.caller, answer.model), Sum())


def _key(at: datetime, caller: Caller, model: str) -> Key:
    return programme_day(at), caller.name[:64], caller.is_service, model[:200]


def _add(session: Session, key: Key, more: Sum) -> None:
    day, caller, service, model = key
    row = session.get(AiUsage, key)
    if row is None:
        row = AiUsage(day=day, caller=caller, service=service, model=model, refused={}, errors={})
        row.questions = row.prompt_tokens = row.completion_tokens = row.estimated = 0
        row.cost = 0.0
        session.add(row)
    row.questions += more.questions
    row.prompt_tokens += more.prompt
    row.completion_tokens += more.completion
    row.estimated += more.estimated
    row.cost += more.cost
    row.refused = dict(Counter(row.refused) + more.refused)
    row.errors = dict(Counter(row.errors) + more.errors)
    session.flush()


def keep_agreed(session: Session, said: Iterable[tuple[Answer, str]]) -> None:
    """Store the conversations of those who agree at this very moment; the others vanish here."""
    for answer, reply in said:
        person = find_person(session, answer.caller.name)
        if person is not None and hold_consent(session, person.id):
            kept = AiExchange(
                person_id=person.id, at=answer.at, model=answer.model[:200], messages=list(answer.messages)
            )
            kept.reply = reply
            session.add(kept)


def forget_old(session: Session, before: datetime) -> None:
    """Delete conversations from before a moment."""
    session.execute(delete(AiExchange).where(AiExchange.at < before))


def asked_today(engine: Engine, day: date) -> dict[str, int]:
    """Return how many answered questions each person has had on a day, for a gateway that starts again."""
    query = select(AiUsage).where(AiUsage.day == day, AiUsage.service.is_(False))
    counts: Counter[str] = Counter()
    with open_session(engine) as session:
        for row in session.scalars(query):
            counts[row.caller] += max(0, row.questions - sum(row.errors.values()))
    return dict(counts)
