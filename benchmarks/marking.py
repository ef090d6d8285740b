"""Mark 1,000 submissions with ``bdhai daily`` and 20 of the same with stock ``nbgrader autograde``.

    python benchmarks/marking.py

Ours: the whole command, imports included, from submissions in the database to gradebook, autograded notebooks
and standings; once without an AI (rubric answers wait for people), once with a judge that asks a provider over
HTTP. Stock: ``nbgrader autograde`` with its own preprocessors (``Execute`` starts a kernel for each notebook)
on plain assignments of the same lessons: the same text, an answer cell and a test cell for each exercise that
rules mark, a manually graded cell for each other one. Both gradebooks exist and hold no submission before.

Every learner hands in all lessons. CPU seconds are those of the command and of every process it started and waited for. The samples of all
lessons take turns, so that ours and stock mark the same mixture.
"""

from __future__ import annotations

import itertools
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.plain_nbgrader import PlainCourse  # noqa: E402 - the repository is on the path only now
from benchmarks.results import record  # noqa: E402 - as above
from courses.exercises.base import RubricExercise  # noqa: E402 - as above
from courses.lessons.build import build_all  # noqa: E402 - as above
from courses.lessons.model import Lesson, Sample  # noqa: E402 - as above
from courses.school.db import open_engine  # noqa: E402 - as above
from courses.school.db import session as open_session  # noqa: E402 - as above
from courses.school.models import Person, Submission  # noqa: E402 - as above
from courses.site import REPOSITORY, Site, database_url  # noqa: E402 - as above
from hub_config.database import prepare  # noqa: E402 - as above
from tests.fake_openai import FakeOpenAI, by_answer  # noqa: E402 - as above

OURS = 1000
STOCK = 20
DAY = "2026-03-02"
AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
T = TypeVar("T")


@dataclass(frozen=True)
class Cost:
    """What a command took."""

    cpu: float  # seconds, user and system, of it and its children
    wall: float  # seconds


def main() -> None:
    """Measure and write the result down."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        lessons = build_all(REPOSITORY, root / "build")
        stock = _stock(root / "plain", lessons)
        alone = _ours(root / "alone", lessons, {})
        with FakeOpenAI(by_answer(_expected(lessons))) as provider:
            judged = _ours(root / "judged", lessons, {"OPENAI_BASE_URL": provider.base_url})
    rows = [
        _row("bdhai daily, no AI", OURS, alone, stock),
        _row("bdhai daily, judge over HTTP", OURS, judged, stock),
        _row("stock nbgrader autograde", STOCK, stock, stock),
    ]
    record("marking", rows)
    sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")


def _mixture(lessons: tuple[Lesson, ...]) -> Iterator[tuple[Lesson, Sample]]:
    """Yield samples for ever: one of each lesson, then the next one of each."""
    turns = [itertools.cycle(lesson.samples) for lesson in lessons]
    while True:
        for lesson, samples in zip(lessons, turns, strict=True):
            yield lesson, next(samples)


def _expected(lessons: tuple[Lesson, ...]) -> dict[str, dict[str, bool]]:
    """Return what the authors expect of their rubric samples, by the text that a judge reads."""
    return {
        variant.judged_text(variant.parse_answer(own.answer)): own.verdicts
        for lesson in lessons
        for sample in lesson.samples
        for name, own in sample.expect.items()
        if own.verdicts and isinstance(variant := lesson.slot(name).variant(sample.case), RubricExercise)
    }


def _ours(data: Path, lessons: tuple[Lesson, ...], provider: dict[str, str]) -> Cost:
    site = Site(data=data)
    build_all(REPOSITORY, data / "courses")
    prepare(site)
    env = {"PATH": os.environ["PATH"], "BDHAI_DATA": str(data), "BDHAI_AI": "" if provider else "none"}
    command = [sys.executable, "-m", "hub_config", "daily", "--date", DAY, "--json"]

    def run() -> dict[str, object]:
        done = subprocess.run(
            command, env=env | provider, cwd=data, stdout=subprocess.PIPE, text=True, check=True
        )
        return dict(json.loads(done.stdout))

    run()  # makes the gradebook, once in its life
    _hand_in(site, lessons)
    cost, report = measured(run)
    steps = {step["step"]: step["counts"] for step in report["steps"]}
    assert steps["gradebook"]["projected"] == OURS, report
    assert bool(report["judged"]) == bool(provider), report
    return cost


def _hand_in(site: Site, lessons: tuple[Lesson, ...]) -> None:
    """Store submissions that nobody has marked yet."""
    engine = open_engine(database_url(site))
    with open_session(engine) as session:
        people = [_learner(number) for number in range(OURS // len(lessons))]
        session.add_all(people)
        session.flush()
        for number, (lesson, sample) in enumerate(itertools.islice(_mixture(lessons), OURS)):
            session.add(_submission(number, people[number // len(lessons)], lesson, sample))
    engine.dispose()


def _learner(number: int) -> Person:
    name = _username(number)
    return Person(
        external_id=name,
        username=name,
        display_name=name,
        pseudonym=name,
        role="learner",
        target="citizen",
        created_at=AT,
    )


def _username(number: int) -> str:
    return f"hoc-vien-{number:04}"


def _submission(number: int, person: Person, lesson: Lesson, sample: Sample) -> Submission:
    return Submission(
        receipt=f"R{number}",
        person_id=person.id,
        lesson=lesson.key,
        lesson_hash=lesson.hash,
        number=1,
        case=sample.case,
        answers={exercise: own.answer for exercise, own in sample.expect.items()},
        submitted_at=AT,
    )


def _stock(folder: Path, lessons: tuple[Lesson, ...]) -> Cost:
    course = PlainCourse(folder)
    for lesson in lessons:
        course.add(lesson)
    for number, (lesson, sample) in enumerate(itertools.islice(_mixture(lessons), STOCK)):
        course.submit(_username(number // len(lessons)), lesson, sample)
    cost, _ = measured(lambda: course.command("autograde", "*"))
    assert len(list(folder.glob("autograded/*/*/*.ipynb"))) == STOCK
    return cost


def measured(work: Callable[[], T]) -> tuple[Cost, T]:
    """Run commands and return what they and their children cost."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    result = work()
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu, wall), result


def _row(name: str, number: int, cost: Cost, stock: Cost) -> dict[str, object]:
    each, theirs = cost.cpu / number, stock.cpu / STOCK
    return {
        "who": name,
        "submissions": f"{number:,}",
        "CPU, s": f"{cost.cpu:.2f}",
        "CPU each, ms": f"{each * 1000:.2f}",
        "submissions a minute": f"{number / cost.wall * 60:,.0f}",
        "less CPU each": f"{theirs / each:.0f}×",
    }


if __name__ == "__main__":
    main()
