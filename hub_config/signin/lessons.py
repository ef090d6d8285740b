"""Addresses of lessons that can be handed out: ``/hub/bai/level1/02-lenh-bon-phan`` opens the lesson after signing in."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from jupyterhub.handlers import BaseHandler
from tornado.web import HTTPError, authenticated

from courses.exercises.base import Frozen
from courses.lessons.errors import LessonError
from courses.lessons.front_matter import split

LESSON = r"(level[1-5])/([a-z0-9-]{1,110})"
_PATH = re.compile(r"(?:/[^?#]*)?/hub/bai/([^?#]+?)/?")


class LinkedLesson(Frozen):
    """A lesson that a platform may link to; ``key`` is ``level1/02-lenh-bon-phan``."""

    key: str
    level: int
    title: str


class LessonPage(BaseHandler):  # type: ignore[misc]  # JupyterHub has no types
    """``/hub/bai/<level>/<slug>``."""

    @authenticated
    async def get(self, level: str, slug: str) -> None:
        """Go to the lesson; the learner's server starts on the way."""
        key = f"{level}/{slug}"
        if not is_lesson(self.settings["authenticator"].site.lessons, key):
            raise HTTPError(404)
        self.redirect(f"{self.hub.base_url}user-redirect/voila/render/{key}/{slug}.ipynb")


def lesson_key(address: str) -> str | None:
    """Return which lesson an address means, be there one or not; None when it is no lesson's address."""
    found = _PATH.fullmatch(re.sub(r"^https?://[^/]+", "", address))
    return found[1] if found else None


def is_lesson(root: Path, key: str) -> bool:
    """Tell whether there is such a lesson."""
    return key in {lesson.key for lesson in lessons(root)}


@lru_cache(maxsize=2)
def lessons(root: Path) -> tuple[LinkedLesson, ...]:
    """Return the lessons in order, by their heads alone: the hub needs no more of them."""
    found = []
    for file in sorted(root.glob("level[1-5]/*/lesson.md")):
        try:
            head = split(file.read_text(encoding="utf-8"), str(file))[0]
        except LessonError:
            continue  # `bdhai run` told it and did not start; a file that was broken since is no lesson
        found.append(
            LinkedLesson(
                key=f"{file.parent.parent.name}/{file.parent.name}", level=head.level, title=head.title
            )
        )
    return tuple(found)
