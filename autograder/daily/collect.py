"""Collect: put each counting submission where nbgrader looks for it.

The notebook is always our own release copy, never a file of the learner's; answers are data.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from sqlalchemy import select

from autograder.daily.context import CHUNK, Context, Counting, DailyError
from autograder.gradebook.notebooks import write_atomic, write_new
from courses.school.db import session as open_session
from courses.school.models import Submission

_FOLDER = re.compile(r"[^./\x00][^/\x00]*")


def collect(context: Context) -> dict[str, int]:
    """Write what is not collected yet. Returns counts ``counting`` and ``collected``."""
    releases = {key: _release(context, key) for key in context.by_lesson}
    digests = {key: hashlib.sha256(release).hexdigest() for key, release in releases.items()}
    known = _known_releases(context, digests)
    todo = [
        own
        for key, group in context.by_lesson.items()
        for own in group
        if known.get(key) != digests[key] or not _is_collected(context, own)
    ]
    for part in context.track("collect", todo, CHUNK):
        _collect(context, part, releases)
    if known != digests:
        write_atomic(_memory(context), json.dumps(digests, sort_keys=True).encode())
    return {"counting": len(context.counting), "collected": len(todo)}


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


def _known_releases(context: Context, digests: dict[str, str]) -> dict[str, str]:
    try:
        known = json.loads(_memory(context).read_bytes())
    except FileNotFoundError:
        return {}
    return {str(key): str(digest) for key, digest in known.items() if key in digests}


def stamp_text(own: Counting) -> str:
    """Return the content of ``timestamp.txt``."""
    return f"{own.stamp:%Y-%m-%d %H:%M:%S.%f} UTC\n"


def _folder(context: Context, own: Counting) -> Path:
    if not _FOLDER.fullmatch(own.username):
        raise DailyError(f"Tên đăng nhập “{own.username}” không dùng làm tên thư mục được.")
    return context.course(own.lesson.split("/", 1)[0]).submitted(own.username, own.slug)


def _is_collected(context: Context, own: Counting) -> bool:
    """Tell whether a folder is complete: its time is written last."""
    try:
        return (_folder(context, own) / "timestamp.txt").read_text(encoding="utf-8") == stamp_text(own)
    except FileNotFoundError:
        return False


def _collect(context: Context, part: list[Counting], releases: dict[str, bytes]) -> None:
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
