"""Collect: put each counting submission where nbgrader looks for it.

The notebook is always our own release copy, never a file of the learner's; answers are data.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import ColumnElement, exists, or_, select

from autograder.daily.context import CHUNK, Context, Counting, DailyError
from autograder.gradebook.notebooks import write_atomic, write_new
from autograder.models import Projected
from courses.school.db import session as open_session
from courses.school.models import Submission

_FOLDER = re.compile(r"[^./\x00][^/\x00]*")


def collect(context: Context) -> dict[str, int]:
    """Write what is not collected yet. Returns counts ``counting`` and ``collected``."""
    digests = {key: hashlib.sha256(release).hexdigest() for key, release in _built(context)}
    stale = [key for key, known in _known_releases(context).items() if known != digests.get(key)]
    looked_at = context.lessons if context.whole else stale
    todo = [
        own
        for own in context.counting(or_(~_is_projected(), Submission.lesson.in_(looked_at)))
        if own.lesson in stale or not is_collected(context, own)
    ]
    for part in context.track("collect", todo, CHUNK):
        write(context, part)
    if stale:
        write_atomic(_memory(context), json.dumps(digests, sort_keys=True).encode())
    return {"counting": context.number, "collected": len(todo)}


def _is_projected() -> ColumnElement[bool]:
    """Condition on ``Submission``: an earlier run went on with it, so it was collected."""
    return exists().where(Projected.submission_id == Submission.id, Projected.content_hash != "")


def _built(context: Context) -> Iterator[tuple[str, bytes]]:
    """Yield the release notebooks that are there."""
    for key, lesson in context.lessons.items():
        release = context.course(lesson.course).release(lesson.slug)
        if release.exists():
            yield key, release.read_bytes()


def _release(context: Context, key: str) -> bytes:
    lesson = context.lessons[key]
    try:
        return context.course(lesson.course).release(lesson.slug).read_bytes()
    except FileNotFoundError as error:
        folder = context.layout.courses
        raise DailyError(f"Bài {key} chưa được dựng. Hãy chạy: bdhai build --out {folder}") from error


def _memory(context: Context) -> Path:
    """Return the file that says from which release notebooks submissions were copied."""
    return context.layout.courses / ".collected.json"


def _known_releases(context: Context) -> dict[str, str]:
    """Return from which release each lesson was collected; empty for one of which nothing is known or there."""
    try:
        known = json.loads(_memory(context).read_bytes())
    except FileNotFoundError:
        known = {}
    there = {level: context.course(level).folder.joinpath("submitted").is_dir() for level in context.levels}
    return {
        key: str(known.get(key, "")) if there[lesson.course] else ""
        for key, lesson in context.lessons.items()
    }


def stamp_text(own: Counting) -> str:
    """Return the content of ``timestamp.txt``."""
    return f"{own.stamp:%Y-%m-%d %H:%M:%S.%f} UTC\n"


def _folder(context: Context, own: Counting) -> Path:
    if not _FOLDER.fullmatch(own.username):
        raise DailyError(f"Tên đăng nhập “{own.username}” không dùng làm tên thư mục được.")
    return context.course(own.lesson.split("/", 1)[0]).submitted(own.username, own.slug)


def is_collected(context: Context, own: Counting) -> bool:
    """Tell whether a folder is complete: its time is written last."""
    try:
        return (_folder(context, own) / "timestamp.txt").read_text(encoding="utf-8") == stamp_text(own)
    except FileNotFoundError:
        return False


def write(context: Context, part: Sequence[Counting]) -> None:
    """Write the folders of some submissions.

    Raises:
        DailyError: a lesson is not built, or a name is no folder's.
    """
    releases = {key: _release(context, key) for key in sorted({own.lesson for own in part})}
    query = select(Submission.id, Submission.case, Submission.answers)
    with open_session(context.engine) as session:
        rows = session.execute(query.where(Submission.id.in_([own.id for own in part])))
        contents = {row[0]: (row[1], row[2]) for row in rows}
    for own in part:
        folder = _folder(context, own)
        folder.mkdir(parents=True, exist_ok=True)
        case, answers = contents[own.id]
        write_new(folder / f"{own.slug}.ipynb", releases[own.lesson])
        write_new(folder / "answers.json", answers_json(own, case, answers))
        write_new(folder / "timestamp.txt", stamp_text(own).encode())


def answers_json(own: Counting, case: str, answers: dict[str, object]) -> bytes:
    """Return ``answers.json`` as the player writes it."""
    saved_at = f"{own.submitted_at:%Y-%m-%dT%H:%M:%SZ}"
    content = {"v": 1, "lesson": own.lesson, "case": case, "answers": answers, "saved_at": saved_at}
    return json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
