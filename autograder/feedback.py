"""nbgrader's own feedback pages, made on request: nbconvert takes about 0.3 s for each."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from courses.exercises.base import Frozen
from courses.lessons import load_lessons
from courses.site import Site, layout

_TAIL = 5  # lines of nbgrader's log in an error


class FeedbackError(RuntimeError):
    """Feedback can't be made; the message tells a person why, in Vietnamese."""


class _Wanted(Frozen):
    course: Path
    slug: str


def write_feedback(site: Site, lesson: str = "", user: str = "") -> tuple[Path, ...]:
    """Run ``nbgrader generate_feedback`` for what was autograded; return the pages.

    Args:
        site: the site.
        lesson: slug of one lesson; empty: all.
        user: one username; empty: everybody.

    Raises:
        FeedbackError: for a lesson or person without marks, or when nbgrader fails.
    """
    wanted = _wanted(site, lesson, user)
    if not wanted:
        raise FeedbackError("Chưa có bài nào đã chấm để làm nhận xét. Hãy chạy: bdhai daily")
    for own in wanted:
        _generate(own, user)
    pages = [page for own in wanted for page in own.course.glob(f"feedback/{user or '*'}/{own.slug}/*.html")]
    return tuple(sorted(pages))


def _wanted(site: Site, lesson: str, user: str) -> list[_Wanted]:
    own = [each for each in load_lessons(site.lessons) if lesson in {"", each.slug, each.key}]
    found = [_Wanted(course=layout(site).course(each.course), slug=each.slug) for each in own]
    return [each for each in found if any(each.course.glob(f"autograded/{user or '*'}/{each.slug}/*.ipynb"))]


def _generate(own: _Wanted, user: str) -> None:
    command = [sys.executable, "-m", "nbgrader", "generate_feedback", own.slug, "--force"]
    if user:
        command += ["--student", user]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"  # nbgrader calls alembic
    done = subprocess.run(  # noqa: S603 - our own interpreter; slug and user name existing folders
        command, cwd=own.course, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        tail = "\n".join(done.stderr.splitlines()[-_TAIL:])
        raise FeedbackError(f"nbgrader không làm được nhận xét cho {own.slug}:\n{tail}")
