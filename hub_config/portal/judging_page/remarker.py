"""Asks the judge about outdated scores while somebody waits: in the background, one edit of a lesson at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field

from sqlalchemy import Engine

from autograder.judge import Judge
from autograder.near_pass import PassLine
from autograder.remark import Said, ask, plan, unknown_answers
from autograder.remark.asking import Unknown
from courses.lessons.model import Lesson
from courses.school.db import session as open_session
from courses.site import Site

log = logging.getLogger(__name__)

NO_AI = "Chưa có AI nào để hỏi. Bạn thử lại khi AI đã chạy."
BROKEN = "Có lỗi khi hỏi AI; nhật ký của máy có ghi. Những câu đã hỏi được vẫn được giữ."


@dataclass
class Asking:
    """One lesson's questions: how far they are, and what came of them."""

    said: Said = field(default_factory=Said)
    running: bool = True
    fault: str = ""


class Remarker:
    """For one event loop. What the ledger doesn't keep of answers is remembered until the next time.

    Args:
        engine: the database.
        threads: where database work runs.
        make: returns the judge, or None without an AI; may block.
        site: what a day may cost, and where passing begins.
    """

    def __init__(
        self, engine: Engine, threads: Executor, make: Callable[[], Judge | None], site: Site
    ) -> None:
        self._engine, self._threads, self._make, self._site = engine, threads, make, site
        self._known: dict[str, Asking] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def of(self, lesson: Lesson) -> Asking | None:
        """Return what was asked about a lesson as it is today."""
        return self._known.get(lesson.hash)

    def start(self, lesson: Lesson) -> None:
        """Begin to ask, unless that is under way."""
        known = self.of(lesson)
        if known is not None and known.running:
            return
        self._known[lesson.hash] = own = Asking()
        task = asyncio.create_task(self._run(lesson, own))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def aclose(self) -> None:
        """Stop asking; call it in the event loop that asked."""
        for task in (going := list(self._tasks)):
            task.cancel()
        await asyncio.gather(*going, return_exceptions=True)

    async def _run(self, lesson: Lesson, own: Asking) -> None:
        try:
            own.fault = await self._asked(lesson, own.said)
        except Exception:
            log.exception("Could not ask about the edit of %s", lesson.key)
            own.fault = BROKEN
        finally:
            own.running = False

    async def _asked(self, lesson: Lesson, said: Said) -> str:
        loop = asyncio.get_running_loop()
        judge = await loop.run_in_executor(self._threads, self._make)
        if judge is None:
            return NO_AI
        todo = await loop.run_in_executor(self._threads, self._todo, lesson)
        await ask(self._engine, judge, todo, self._site.judge, said)
        return ""

    def _todo(self, lesson: Lesson) -> tuple[Unknown, ...]:
        with open_session(self._engine) as session:
            return unknown_answers(session, lesson, plan(session, lesson, PassLine.of(self._site)))
