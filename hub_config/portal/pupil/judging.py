"""Ask the judge what the pupil has understood, while somebody waits: soon, once, and never twice for nothing.

A judgement that takes too long goes on without its asker and lies in the ledger when they ask again. Calibrating an
exercise takes minutes with a slow model: until it is done nobody knows anything, and the pupil follows its script.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Engine

from autograder import ledger
from autograder.audit import silence
from autograder.calibration import Calibrated
from autograder.judge import Judge, Judgement
from autograder.pupil import samples_of_pupil, understanding
from autograder.remember import is_lasting, remember
from courses.exercises.base import RubricExercise
from courses.exercises.teach.kind import Teach
from courses.exercises.teach.pupil import Understood
from courses.lessons.model import Lesson
from courses.school.db import session as open_session

log = logging.getLogger(__name__)

AT_ONCE = 4  # judgements under way together
PATIENCE = 45.0  # seconds that a learner waits: the local model needs up to 15 for each of its two calls
LOOK_AGAIN = 60.0  # seconds until an AI that was not there is looked for again


@dataclass(frozen=True)
class Asked:
    """One question to the judge. ``who``: only their newest question about an exercise is still of use."""

    who: str
    lesson: Lesson
    teach: Teach
    case: str
    text: str

    @property
    def topic(self) -> tuple[str, str, str]:
        """What a newer question makes useless."""
        return (self.who, self.lesson.key, self.teach.id)


class PupilJudge:
    """Asks a judge in the background. For one event loop.

    Args:
        engine: the database with the ledger.
        threads: where database work runs.
        make: returns the judge, calibrated or silent, or None without an AI; may block.
        patience: seconds after which an asker is sent away.
    """

    def __init__(
        self, engine: Engine, threads: Executor, make: Callable[[], Judge | None], patience: float = PATIENCE
    ) -> None:
        self._engine, self._threads, self._make, self._patience = engine, threads, make, patience
        self._judge: Judge | None = None
        self._looked = float("-inf")
        self._tasks: dict[ledger.Question, asyncio.Task[Understood | None]] = {}
        self._newest: dict[tuple[str, str, str], str] = {}
        self._free = asyncio.Semaphore(AT_ONCE)

    async def understood(self, asked: Asked) -> tuple[Understood | None, bool]:
        """Return what is understood, or None when nobody knows; and whether somebody is still thinking."""
        judge = await self._find()
        if judge is None:
            return None, False
        key = ledger.question(understanding(asked.teach), asked.text)
        self._newest[asked.topic] = asked.text
        if key not in self._tasks:
            task = self._tasks[key] = asyncio.create_task(self._ask(judge, asked))
            task.add_done_callback(lambda _: self._tasks.pop(key, None))
        done, waiting = await asyncio.wait({self._tasks[key]}, timeout=self._patience)
        return (None, True) if waiting else (done.pop().result(), False)

    async def aclose(self) -> None:
        """Stop thinking and let the judge's connections go; call it in the event loop that asked."""
        for task in (going := list(self._tasks.values())):
            task.cancel()
        await asyncio.gather(*going, return_exceptions=True)
        if self._judge is not None:
            await self._judge.aclose()

    async def _find(self) -> Judge | None:
        """Return the judge; one that was not there is looked for once a minute."""
        if self._judge is None and time.monotonic() - self._looked >= LOOK_AGAIN:
            self._looked = time.monotonic()
            self._judge = await asyncio.get_running_loop().run_in_executor(self._threads, self._make)
        return self._judge

    async def _ask(self, judge: Judge, asked: Asked) -> Understood | None:
        """Judge and remember; a judge that breaks knows nothing."""
        try:
            return await self._judged(judge, asked)
        except Exception:
            log.exception("The judge broke on the pupil of %s", asked.lesson.key)
            return None

    async def _judged(self, judge: Judge, asked: Asked) -> Understood | None:
        exercise = understanding(asked.teach)
        if await asyncio.get_running_loop().run_in_executor(self._threads, self._is_silent, asked):
            return None
        samples = samples_of_pupil(asked.lesson, asked.teach.id, asked.case)
        if isinstance(judge, Calibrated) and await judge.fault(exercise, samples) is not None:
            return None
        async with self._free:
            if self._newest.get(asked.topic) != asked.text:
                return None  # more was said meanwhile
            judgement = await judge.judge(exercise, asked.text, samples)
        if is_lasting(judgement):
            keep = partial(self._remember, exercise, asked.text, judge, judgement)
            await asyncio.get_running_loop().run_in_executor(self._threads, keep)
        if judgement.outcome != "judged":
            return None
        return {verdict.criterion: verdict.met for verdict in judgement.verdicts}

    def _is_silent(self, asked: Asked) -> bool:
        with open_session(self._engine) as session:
            return asked.teach.id in silence.reasons_of(session, asked.lesson.key)

    def _remember(self, exercise: RubricExercise, text: str, judge: Judge, judgement: Judgement) -> None:
        with open_session(self._engine) as session:
            remember(session, exercise, text, judge, judgement)
