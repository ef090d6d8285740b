"""The three settings are three different situations, not one text with a word changed.

Measured is the share of runs of three words that two settings have in common, out of the runs of the shorter one. The
limit is 70 % of all that is read, options and labels included (a canvas has the same labels everywhere), and half of
what the settings tell (their prose and statements) once that is more than a line of instructions. This project's
lessons are at most at 40 % (canvases at 55 %); a setting copied with its names changed is above 75 %.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from courses.exercises.text import words
from courses.lessons.lint.finding import Finding, Subject
from courses.lessons.model import CASES, Case, ExerciseSlot, Lesson, Prose

RUN = 3  # words
TOLD = 0.5
A_TALE = 60  # runs; less may be one instruction, the same for three lists of things
READ = 0.7

Runs = frozenset[tuple[str, ...]]


def check_cases(subject: Subject) -> Iterable[Finding]:
    """Refuse settings that are nearly the same."""
    lines = [slot.line for slot in subject.lesson.slots if "" not in slot.variants]
    for one, two in itertools.combinations(CASES, 2) if lines else ():
        if are_alike(subject.lesson, one, two):
            yield subject.error(
                lines[0], f"case: {one} và {two} gần như giống hệt nhau: viết hai bối cảnh khác nhau"
            )


def are_alike(lesson: Lesson, one: Case, two: Case) -> bool:
    """Tell whether two settings share too much of what they tell, or of what is read."""
    told = [runs("\n".join(_told(lesson, case))) for case in (one, two)]
    read = [runs("\n".join(_read(lesson, case))) for case in (one, two)]
    is_tale = min(map(len, told)) >= A_TALE
    return overlap(*read) > READ or (is_tale and overlap(*told) > TOLD)


def runs(text: str) -> Runs:
    """Return the runs of three words of a text."""
    found = words(text)
    return frozenset(tuple(found[n : n + RUN]) for n in range(len(found) - RUN + 1))


def overlap(one: Runs, two: Runs) -> float:
    """Return the share of the smaller set that is in the other; 0 when one is empty."""
    return len(one & two) / min(len(one), len(two)) if one and two else 0


def _told(lesson: Lesson, case: Case) -> Iterable[str]:
    """Yield the prose and the statements that only one setting has."""
    for block in lesson.blocks:
        if isinstance(block, ExerciseSlot):
            yield block.variants[case].statement if case in block.variants else ""
        elif block.case == case:
            yield block.text


def _read(lesson: Lesson, case: Case) -> Iterable[str]:
    """Yield all that only one setting reads."""
    for block in lesson.blocks:
        if isinstance(block, Prose):
            yield block.text if block.case == case else ""
        elif case in block.variants:
            yield block.variants[case].reading()
