"""Kill daily runs with SIGKILL and let them be run again; print what each left behind.

    python -m tests.autograder.daily.crashes DATA LESSONS PROVIDER OUT HOW [N]

``HOW``: ``steps``: at the start and the end of each step; ``events``: each time a run tells how far it is; ``random``
and ``batches``: at N random moments, of runs that ask at once or through the Batch API.
Imports once and forks, so that a trial costs the run alone. ``OUT`` gets one JSON line per trial:
``{"trial": …, "killed": …, "state": …}``; the first one is undisturbed. The key that a trial shows the provider is
its number.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbgrader.api  # noqa: F401 - else creating a gradebook would spend most of a run importing

from autograder import daily
from autograder.daily import Event, Progress
from autograder.openai_judge import OpenAIJudge
from courses.lessons import load_lessons
from courses.site import JudgeSettings
from tests.autograder.daily.ward import Ward

SEED = 2026


def main() -> None:
    data, lessons, provider, out, how, *number = sys.argv[1:]
    trials = Trials(Path(data), Path(lessons), provider, batch=how == "batches")
    with Path(out).open("w", encoding="utf-8") as file:
        found = trials.run(how, int(number[0]) if number else 0)
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in found)


class Trials:
    def __init__(self, data: Path, lessons: Path, provider: str, *, batch: bool) -> None:
        self.data, self.lessons, self.provider = data, lessons, provider
        load_lessons(lessons)  # read once: a child that is forked finds them read
        self.batch = batch
        self.number = 0
        self.whole = 0.0  # seconds that the undisturbed run took

    def run(self, how: str, number: int):
        yield self.trial("undisturbed", None, None)
        if how == "steps":
            yield from self.steps()
        elif how == "events":
            yield from self.events()
        else:
            yield from self.moments(number, self.whole)

    def steps(self):
        for step in daily.STEPS:
            for finished in (False, True):
                name = f"{step} {'end' if finished else 'start'}"
                at = suicide(lambda event, own=(step, finished): (event.step, event.finished) == own)
                yield self.trial(name, at, None)

    def moments(self, number: int, length: float):
        """Go on until ``number`` kills landed; one that came after the end shows that a run is shorter than thought."""
        chance, landed = random.Random(SEED), 0
        while landed < number:
            moment = chance.uniform(0, length)
            trial = self.trial(f"after {moment:.3f} s", None, moment)
            landed += bool(trial["killed"])
            length = length if trial["killed"] else moment
            yield trial

    def events(self):
        number = 0
        killed = True
        while killed:
            number += 1
            left = itertools.count(1)
            trial = self.trial(
                f"event {number}", suicide(lambda _, own=(left, number): next(own[0]) == own[1]), None
            )
            killed = bool(trial["killed"])
            if killed:
                yield trial

    def trial(self, name: str, progress: Progress | None, moment: float | None) -> dict[str, object]:
        self.number += 1
        folder = self.data.parent / f"trial{self.number}" / "data"
        folder.parent.mkdir()
        Ward(self.data, self.lessons).copy(folder).engine.dispose()
        started = time.perf_counter()
        killed = self.child(folder, progress, moment) == signal.SIGKILL
        self.whole = self.whole or time.perf_counter() - started
        for _ in range(2 if self.batch else 1):  # what a batch brings, the run after it uses
            assert self.child(folder, None, None) == 0
        ward = Ward(folder, self.lessons)
        state = ward.canonical()
        ward.engine.dispose()
        return {"trial": name, "killed": killed, "state": state}

    def child(self, folder: Path, progress: Progress | None, moment: float | None) -> int:
        """Run the day in a child; return the signal that ended it, 0 for a good end."""
        child = os.fork()
        if child == 0:
            self.day(folder, progress)
        if moment is not None:
            time.sleep(moment)
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        return os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)

    def day(self, folder: Path, progress: Progress | None) -> None:
        code = 1
        try:
            judge = OpenAIJudge(self.provider, str(self.number), "fake", retries=0)
            ward = Ward(folder, self.lessons)
            settings = JudgeSettings(batch=self.batch, batch_minutes=0)
            ward.site = ward.site.model_copy(update={"judge": settings})
            ward.run(judge=judge, progress=progress)
            code = 0
        finally:
            os._exit(code)


def suicide(when: Callable[[Event], bool]) -> Progress:
    def tell(event: Event) -> None:
        if when(event):
            os.kill(os.getpid(), signal.SIGKILL)

    return tell


if __name__ == "__main__":
    main()
