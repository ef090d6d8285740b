"""One daily run from collect to boards."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

from sqlalchemy import Engine, delete, func, select

from autograder.daily.audit import refit_gate
from autograder.daily.collect import collect
from autograder.daily.context import Context, DailyError
from autograder.daily.draw import draw_audit
from autograder.daily.gradebook import project
from autograder.daily.judge import Asked, ask
from autograder.daily.lock import alone
from autograder.daily.mark import mark
from autograder.daily.project_ledger import count_waiting, project_ledger
from autograder.daily.pupils import project_pupils
from autograder.daily.report import Event, Progress, Report, StepReport
from autograder.daily.standings import write_standings
from autograder.judge import Judge
from autograder.models import DayStep
from courses.clock import now, text_date
from courses.lessons import load_lessons
from courses.school.db import open_engine
from courses.school.db import session as open_session
from courses.site import Site, database_url, layout

STEPS = ("collect", "mark", "judge", "ledger", "gradebook", "progress", "boards")
Renderer = Callable[[Site], None]
"""Renders the boards' pages from ``data/boards/standings.json``."""


def run(  # noqa: PLR0913 - one named option each
    site: Site,
    day: date,
    *,
    judge: Judge | None = None,
    progress: Progress | None = None,
    render: Renderer | None = None,
    whole: bool = False,
) -> Report:
    """Mark everything that was handed in until the end of a programme's day.

    A run may be killed at any moment and started again; two runs wait for each other.

    Args:
        site: the site; its database must be migrated and its lessons built.
        day: the programme's day (it ends at 04:00 in Vietnam).
        judge: marks rubric answers; without one they wait for a person.
        progress: is told how far each step is.
        render: renders the boards after the standings were written.
        whole: look at everything once more, not only at what changed since the last run.

    Raises:
        DailyError: a Vietnamese sentence, when the run can't work at all.
        LessonError: when a lesson can't be read.
    """
    started = time.perf_counter()
    tell = progress or _silent
    with alone(layout(site).data, tell):
        engine = open_engine(database_url(site))
        try:
            context = Context(site, day, engine, load_lessons(site.lessons), tell, judge, whole=whole)
            return _Run(context, render).report(started)
        finally:
            engine.dispose()


def _silent(event: Event) -> None:
    """Tell nobody."""
    del event


class _Run:
    """The steps, and what they found."""

    def __init__(self, context: Context, render: Renderer | None) -> None:
        self._context = context
        self._render = render
        self._asked = Asked()
        self._recalled = 0

    def report(self, started: float) -> Report:
        """Do all steps."""
        resumed = _begin(self._context.engine, self._context.day)
        steps = tuple(self._step(name) for name in STEPS)
        asked, waiting = self._asked, count_waiting(self._context)  # after nbgrader's marks came in
        return Report(
            day=self._context.day,
            resumed=resumed,
            steps=steps,
            judged=asked.judged,
            ledger_hits=asked.hits + self._recalled,
            identical=asked.identical,
            **asked.used.model_dump(exclude={"replayed"}),
            currency=self._context.site.ai.currency,
            abstained={reason: number for reason, number in waiting.items() if reason},
            waiting=sum(waiting.values()),
            seconds=round(time.perf_counter() - started, 3),
        )

    def _step(self, name: str) -> StepReport:
        start = time.perf_counter()
        self._context.tell(Event(step=name))
        counts = self._steps()[name]()
        seconds = round(time.perf_counter() - start, 3)
        with open_session(self._context.engine) as session:
            session.merge(DayStep(day=self._context.day, step=name, finished_at=now(), counts=dict(counts)))
        self._context.tell(Event(step=name, finished=True))
        return StepReport(step=name, seconds=seconds, counts=counts)

    def _steps(self) -> dict[str, Callable[[], dict[str, int]]]:
        return {
            "collect": lambda: collect(self._context),
            "mark": self._mark,
            "judge": self._ask,
            "ledger": self._ledger,
            "gradebook": lambda: project(self._context),
            "progress": lambda: write_standings(self._context),
            "boards": self._boards,
        }

    def _mark(self) -> dict[str, int]:
        counts = mark(self._context)
        self._recalled = counts["recalled"]
        return counts

    def _ask(self) -> dict[str, int]:
        self._asked = ask(self._context, self._context.judge)
        return {name: getattr(self._asked, name) for name in ("asked", "judged", "hits", "identical")}

    def _ledger(self) -> dict[str, int]:
        marked = project_ledger(self._context, self._asked)
        pupils = project_pupils(self._context, self._asked)
        drawn = draw_audit(self._context)
        context = self._context
        refit_gate(context.engine, context.lessons, context.site.judge, context.judge)
        return {"marked": marked, "pupils": pupils, "drawn": drawn}

    def _boards(self) -> dict[str, int]:
        if self._render is None:
            return {"rendered": 0}
        self._render(self._context.site)
        return {"rendered": 1}


def _begin(engine: Engine, day: date) -> bool:
    """Start a day's record; tell whether an earlier run of the day was killed.

    Raises:
        DailyError: for a day before one that was marked: it would put old submissions back.
    """
    with open_session(engine) as session:
        newest = session.scalar(select(func.max(DayStep.day)))
        if newest is not None and day < newest:
            message = f"Đã chấm đến ngày {text_date(newest)}, không chấm lùi về ngày {text_date(day)}."
            raise DailyError(message)
        finished = set(session.scalars(select(DayStep.step).where(DayStep.day == day)))
        if finished >= set(STEPS):
            session.execute(delete(DayStep).where(DayStep.day == day))
    return bool(finished) and not finished >= set(STEPS)
