"""How many calls a second ``bdhai daily`` gets out of an AI server of fixed latency, as a share of the server's own limit.

    python benchmarks/throughput.py [--answers 600]

The server (`tests.fake_openai`, a process of its own) works on so many requests at a time and takes half a second for
each; further ones wait. Its limit is measured with a bare load generator: as many workers as it has slots, each
posting one and the same request again and again. Then the real command judges answers that are all different, two
calls each, with ``judge.at_once`` at the number of slots; its seconds are those of its step “judge”: hard checks, calls,
checks of quotes, ledger. The exercises were calibrated by a run before.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.history import daily  # noqa: E402 - the repository is on the path only now
from benchmarks.marking import _expected  # noqa: E402 - as above
from benchmarks.past import learner  # noqa: E402 - as above
from benchmarks.results import record  # noqa: E402 - as above
from courses.lessons.build import build_all  # noqa: E402 - as above
from courses.lessons.model import Lesson  # noqa: E402 - as above
from courses.school.db import open_engine  # noqa: E402 - as above
from courses.school.db import session as open_session  # noqa: E402 - as above
from courses.school.models import Person, Submission  # noqa: E402 - as above
from courses.site import REPOSITORY, Site, database_url  # noqa: E402 - as above
from hub_config.database import prepare  # noqa: E402 - as above
from tests.autograder.daily.ward import MORNING  # noqa: E402 - as above
from tests.fake_openai import Asked, Claims, FakeOpenAI, Rule, fold  # noqa: E402 - as above

LATENCY = 0.5  # seconds
SLOTS = (8, 32)
SLUG = "02-lenh-bon-phan"
BARE_ROUNDS = 20  # of all workers
DAYS = ("2026-03-02", "2026-03-03")


def by_beginning(expected: dict[str, dict[str, bool]]) -> Rule:
    """Claim what a table says of the text with which an answer begins: as `by_answer`, but quickly."""
    table = sorted(
        ((fold(text), verdicts) for text, verdicts in expected.items()), key=lambda one: -len(one[0])
    )

    def rule(asked: Asked) -> Claims:
        given = fold(asked.answer)
        verdicts = next((own for text, own in table if given.startswith(text[:60])), {})
        quote = " ".join(asked.answer.split()[:8])
        return {
            id_: (verdicts.get(id_, False), quote if verdicts.get(id_, False) == (polarity == "must") else "")
            for id_, (polarity, _) in asked.criteria.items()
        }

    return rule


def serve(pipe: Connection, expected: dict[str, dict[str, bool]], slots: int) -> None:
    """Serve until told to stop; tell the address first."""
    with FakeOpenAI(by_beginning(expected), latency=LATENCY, slots=slots) as server:
        pipe.send(server.base_url)
        pipe.recv()


@contextmanager
def serving(expected: dict[str, dict[str, bool]], slots: int) -> Iterator[str]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, expected, slots))
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send("stop")
        process.join()


async def bare(url: str, workers: int, body: dict[str, object]) -> float:
    """Return the calls a second that the server answers at most."""
    limits = httpx2.Limits(max_connections=workers)
    async with httpx2.AsyncClient(trust_env=False, timeout=60, limits=limits) as client:

        async def work(rounds: int) -> None:
            for _ in range(rounds):
                (await client.post(f"{url}/chat/completions", json=body)).raise_for_status()

        await asyncio.gather(*(work(1) for _ in range(workers)))  # opens the connections
        began = time.perf_counter()
        await asyncio.gather(*(work(BARE_ROUNDS) for _ in range(workers)))
        return workers * BARE_ROUNDS / (time.perf_counter() - began)


def hand_in(data: Path, lesson: Lesson, number: int, start: int, day: int) -> None:
    """Store submissions with one written answer each that deserves full marks and differs from all others."""
    full = next(sample for sample in lesson.samples if sample.role == "full")
    text = full.expect["lenh"].answer["text"]
    engine = open_engine(database_url(Site(data=data)))
    with open_session(engine) as session:
        for n in range(start, start + number):
            person = Person(**learner(f"hoc-vien-{n:05}"))
            session.add(person)
            session.flush()
            session.add(
                Submission(
                    receipt=f"R{n}", person_id=person.id, lesson=lesson.key, lesson_hash=lesson.hash, number=1,
                    case=full.case, answers={"lenh": {"text": f"{text} Đây là lần thứ {n}."}},
                    submitted_at=MORNING.replace(day=MORNING.day + day),
                )
            )  # fmt: skip
    engine.dispose()


def request_of(data: Path, lesson: Lesson) -> dict[str, object]:
    """Return the body of a real call, as the command sends it."""
    with FakeOpenAI(by_beginning(_expected((lesson,)))) as server:
        daily(data, server.base_url, DAYS[0])
        return server.asked[-1].body


def measure(
    root: Path, lesson: Lesson, expected: dict[str, dict[str, bool]], slots: int, answers: int
) -> dict[str, object]:
    data = root / f"data-{slots}"
    data.mkdir()
    (data / "site.yaml").write_text(f"judge: {{at_once: {slots}}}\n", encoding="utf-8")
    build_all(REPOSITORY, data / "courses")
    prepare(Site(data=data))
    hand_in(data, lesson, 2, 0, 0)
    body = request_of(data, lesson)
    hand_in(data, lesson, answers, 2, 1)
    with serving(expected, slots) as url:
        limit = asyncio.run(bare(url, slots, body))
        report = daily(data, url, DAYS[1])
    step = next(own for own in report["steps"] if own["step"] == "judge")
    assert report["judged"] == answers, report
    ours = report["calls"] / step["seconds"]
    return {
        "slots = at_once": slots,
        "latency, s": LATENCY,
        "answers": answers,
        "calls": report["calls"],
        "server's limit, calls/s": f"{limit:.1f}",
        "bdhai daily, calls/s": f"{ours:.1f}",
        "share": f"{ours / limit:.1%}",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=600)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        lessons = build_all(REPOSITORY, Path(folder) / "build")
        lesson = next(own for own in lessons if own.slug == SLUG)
        expected = _expected(lessons)
        rows = [measure(Path(folder), lesson, expected, slots, options.answers) for slots in SLOTS]
    record("throughput", rows)
    print(json.dumps(rows, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
