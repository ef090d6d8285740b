"""Answers of every sort to any ``product``, for the tests."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, Literal

from courses.exercises.authoring import Example, malformed
from courses.exercises.base import Exercise
from courses.exercises.text import words

FILE: dict[str, object] = {"id": "0" * 64, "name": "bai.pdf", "type": "pdf", "size": 10, "facts": {}}
_NO_FILES: tuple[object, ...] = (
    {"id": "0" * 64},
    {**FILE, "id": "../../etc/passwd"},
    {**FILE, "id": "A" * 64},
    {**FILE, "type": "exe"},
    {**FILE, "size": -1},
    {**FILE, "facts": {"text": "a" * 20_001}},
    {**FILE, "facts": {"score": 9}},
    {**FILE, "path": "/etc/passwd"},
    "bai.docx",
    [],
)


def examples(exercise: Exercise, random: Random) -> Iterator[Example]:
    """See ``courses.exercises.authoring.Examples``: what keeps every check waits for people, or is right without a rubric."""
    declared: Any = exercise
    good = _good_text(declared, random)
    done: Literal["waiting", "right"] = "waiting" if declared.rubric else "right"
    if "text" in declared.accept:
        yield Example({"text": good}, done)
        yield Example({"text": good, "file": None}, done)
        yield Example({"text": exercise.statement}, "wrong")
        if any(check.gate and check.no_personal_data for check in declared.checks):
            yield Example({"text": f"{good} Gọi số 0912 345 678."}, "wrong")
    if "docx" in declared.accept:
        facts = {"text": good, "words": len(words(good))}
        yield Example({"file": {**FILE, "type": "docx", "facts": facts}}, done)
    for raw in ({}, {"text": ""}, {"text": " \n… ", "file": None}):
        yield Example(raw, "blank")
    yield from malformed(*({"file": file} for file in _NO_FILES))
    yield from malformed({"text": 1}, {"text": "a" * 8001}, {"facts": {}}, {"text": "\ud800"}, [], None)


def _good_text(declared: Any, random: Random) -> str:  # noqa: ANN401 - a Product, whose module imports this one
    lines, least = [], 12
    for check in declared.checks:
        if check.parts:
            lines += [part.find or part.name for part in check.parts.parts if not part.find.startswith("/")]
        if check.numbers_kept:
            lines.append(check.numbers_kept.source)
        if check.words:
            least = check.words.min or check.words.max or least
    random.shuffle(lines)
    own = ["mình", "kể", "chuyện", "vườn", "chè", "cho", "cả", "tổ", "nghe"]
    while len(words("\n".join(lines))) < least:
        lines.append(random.choice(own))
    return "\n".join(lines)
