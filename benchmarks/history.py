"""Mark 1,000 new submissions with ``bdhai daily`` in a ward without a past, and in one with 100,000 stored ones.

    python benchmarks/history.py [--stored 100000] [--new 1000] [--turns 3]

The run is the whole command with a judge that asks a provider over HTTP; the new submissions are the same in both
wards, of new learners. The past is made by `benchmarks.past`; one run over it without anything new comes first, as
the evening before would have. Both wards are kept as they are then, and each turn marks a fresh copy of either.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from autograder.models import LedgerEntry  # noqa: E402 - the repository is on the path only now
from benchmarks.marking import Cost, _expected, _mixture, _submission, measured  # noqa: E402 - see marking.py
from benchmarks.past import AT, Past, learner, with_words  # noqa: E402 - as above
from benchmarks.results import record  # noqa: E402 - as above
from courses.lessons.build import build_all  # noqa: E402 - as above
from courses.lessons.model import Lesson  # noqa: E402 - as above
from courses.school.db import open_engine  # noqa: E402 - as above
from courses.school.db import session as open_session  # noqa: E402 - as above
from courses.school.models import Person  # noqa: E402 - as above
from courses.site import REPOSITORY, Site, database_url  # noqa: E402 - as above
from hub_config.database import prepare  # noqa: E402 - as above
from tests.fake_openai import FakeOpenAI, by_answer  # noqa: E402 - as above

PROMPT = select(LedgerEntry.prompt_hash).distinct()
EVENING = "2026-03-01"
DAY = "2026-03-02"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stored", type=int, default=100_000)
    parser.add_argument("--new", type=int, default=1000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--steps", action="store_true", help="print the seconds of each step")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        rows = compare(Path(folder), options)
    if not options.steps:
        record("history", rows)
    print(json.dumps(rows, ensure_ascii=False, indent=1))


def compare(root: Path, options: argparse.Namespace) -> list[dict[str, object]]:
    lessons = build_all(REPOSITORY, root / "build")
    with FakeOpenAI(by_answer(_expected(lessons))) as provider:
        wards = {name: root / name for name in ("empty", "full")}
        for name, data in wards.items():
            _ward(data, lessons, provider, options.stored if name == "full" else 0)
        costs: dict[str, list[Cost]] = {name: [] for name in wards}
        for turn in range(options.turns):
            for name, data in wards.items():
                copy = root / f"{name}-{turn}"
                subprocess.run(["cp", "-al", data, copy], check=True)  # files are replaced, never changed
                for database in (*data.glob("*.sqlite"), *data.glob("courses/*/gradebook.db")):
                    shutil.copyfile(database, _unlinked(copy / database.relative_to(data)))
                costs[name].append(_mark(copy, lessons, provider, options))
                shutil.rmtree(copy)
    return _rows(options, costs)


def _unlinked(path: Path) -> Path:
    path.unlink()
    return path


def _ward(data: Path, lessons: tuple[Lesson, ...], provider: FakeOpenAI, stored: int) -> None:
    site = Site(data=data)
    build_all(REPOSITORY, data / "courses")
    prepare(site)
    engine = open_engine(database_url(site))
    with open_session(engine) as session:
        for lesson, sample in ((each, one) for each in lessons for one in each.samples):
            person = Person(**learner(f"{lesson.slug}-{sample.name}"))
            session.add(person)
            session.flush()
            own = _submission(10**6 + person.id, person, lesson, sample)
            own.submitted_at = AT
            session.add(own)
    daily(data, provider.base_url, "2026-02-28")
    if stored:
        with open_session(engine) as session:
            (prompt_hash,) = session.execute(PROMPT).scalars()
        Past(site, engine, {lesson.key: lesson for lesson in lessons}, prompt_hash).write(stored)
        daily(data, provider.base_url, EVENING)
    engine.dispose()


def daily(data: Path, url: str, day: str) -> dict[str, Any]:
    """Run the whole command with the AI at an address; return its report."""
    env = {
        "PATH": os.environ["PATH"],
        "BDHAI_DATA": str(data),
        "BDHAI_SITE": str(data / "site.yaml"),
        "OPENAI_BASE_URL": url,
        "OPENAI_MODEL": "fake",
    }
    command = [sys.executable, "-m", "hub_config", "daily", "--date", day, "--json"]
    done = subprocess.run(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout))


def _mark(data: Path, lessons: tuple[Lesson, ...], provider: FakeOpenAI, options: argparse.Namespace) -> Cost:
    engine = open_engine(database_url(Site(data=data)))
    with open_session(engine) as session:
        people = [Person(**learner(f"moi-{n:05}")) for n in range(-(-options.new // len(lessons)))]
        session.add_all(people)
        session.flush()
        for number, (lesson, sample) in enumerate(itertools.islice(_mixture(lessons), options.new)):
            own = _submission(number, people[number // len(lessons)], lesson, sample)
            own.answers = {
                name: with_words(answer, f"Bài mới số {number}.") for name, answer in own.answers.items()
            }
            session.add(own)
    engine.dispose()
    cost, report = measured(lambda: daily(data, provider.base_url, DAY))
    if options.steps:
        print({step["step"]: (step["seconds"], step["counts"]) for step in report["steps"]}, cost)
        print({name: value for name, value in report.items() if name != "steps"})
    return cost


def _rows(options: argparse.Namespace, costs: dict[str, list[Cost]]) -> list[dict[str, object]]:
    middle = {
        name: Cost(statistics.median(one.cpu for one in own), statistics.median(one.wall for one in own))
        for name, own in costs.items()
    }
    rows: list[dict[str, object]] = [
        {
            "stored before": f"{0 if name == 'empty' else options.stored:,}",
            "new": f"{options.new:,}",
            "CPU, s": f"{middle[name].cpu:.2f}",
            "seconds": f"{middle[name].wall:.2f}",
        }
        for name in costs
    ]
    ratio = {
        "stored before": "ratio",
        "new": "",
        "CPU, s": f"{middle['full'].cpu / middle['empty'].cpu:.2f}×",
        "seconds": f"{middle['full'].wall / middle['empty'].wall:.2f}×",
    }
    return [*rows, ratio]


if __name__ == "__main__":
    main()
