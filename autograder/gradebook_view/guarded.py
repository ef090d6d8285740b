"""Handlers that stand before nbgrader's own: who may see and write what, and what is closed."""

from __future__ import annotations

import json
import math
from typing import Any

from nbgrader.api import MissingEntry
from nbgrader.server_extensions.formgrader import apihandlers, handlers
from tornado import web

from autograder.gradebook_view.visible import Visible, VisibleApi, VisibleGradebook

LONGEST_COMMENT = 8000
_CLOSED = "Nút này không dùng ở đây: bài được thu và chấm tự động lúc 22 giờ mỗi ngày. Bạn chỉ cần cho điểm và viết nhận xét."


class Scoped:
    """Mixed in before each nbgrader handler: find out who asks, and show that person's part only."""

    visible: Visible = frozenset()
    _gradebook: VisibleGradebook | None = None

    async def prepare(self) -> None:
        """Sign in first (nbgrader's own handler), then look up whom the person may see."""
        await super().prepare()  # type: ignore[misc]  # the next class is a tornado handler
        handler: Any = self
        if handler.current_user and not handler._finished:  # noqa: SLF001 - tornado has no public name for it
            self.visible = handler.settings["bdhai_visible_to"](handler.current_user.username)

    @property
    def gradebook(self) -> VisibleGradebook:
        """Return this request's gradebook."""
        if self._gradebook is None:
            folder = self.coursedir  # type: ignore[attr-defined]  # nbgrader's BaseHandler has it
            self._gradebook = VisibleGradebook(folder.db_url, folder.course_id, self.visible)
        return self._gradebook

    @property
    def api(self) -> VisibleApi:
        """Return nbgrader's API over what this person may see."""
        handler: Any = self
        api = VisibleApi(handler.coursedir, handler.authenticator, parent=handler.coursedir.parent)
        api.visible = self.visible
        return api

    def on_finish(self) -> None:
        """Close what this request opened."""
        if self._gradebook is not None:
            self._gradebook.close()
        super().on_finish()  # type: ignore[misc]  # the next class is a tornado handler


class Start(handlers.BaseHandler):  # type: ignore[misc]  # nbgrader has no types
    """Stock ``/formgrader`` loads (runs!) the configuration of any folder named in ``?path=``; ours goes on."""

    @web.authenticated
    def get(self) -> None:
        """Go to the gradebook: what a trainer came for."""
        self.redirect(f"{self.base_url}/formgrader/gradebook")


class Nothing(web.RequestHandler):
    """Whatever is not listed does not exist; asked before any sign-in."""

    def prepare(self) -> None:
        """Answer every method with 404."""
        raise web.HTTPError(404)

    def write_error(self, status_code: int, **_: object) -> None:
        """Say it in one sentence."""
        self.finish(
            f'<!doctype html><html lang="vi"><title>Sổ điểm</title><p>Không có trang này ({status_code}).</p>'
        )


class Closed(apihandlers.BaseApiHandler):  # type: ignore[misc]  # nbgrader has no types
    """What would collect, run, release or rewrite: answers with a sentence and does nothing."""

    @web.authenticated
    def post(self, *_parts: str) -> None:
        """Say why nothing happens, in the form that formgrader's dialogs show."""
        self.write(json.dumps({"success": False, "error": _CLOSED, "log": ""}))


class Files(handlers.SubmissionFilesHandler):  # type: ignore[misc]  # nbgrader has no types
    """Pictures beside a marked notebook; stock serves the whole course folder through ``..``."""

    def parse_url_path(self, url_path: str) -> str:
        """Refuse every way out of the learner's own folder."""
        if ".." in url_path.split("/") or url_path.endswith(".json"):
            raise web.HTTPError(404)
        return str(super().parse_url_path(url_path))


class MarkHandler(apihandlers.GradeHandler):  # type: ignore[misc]  # nbgrader has no types
    """A mark must lie between nothing and the exercise's points; extra credit is no part of the programme."""

    def put(self, grade_id: str) -> None:
        """Check the number, then let nbgrader store it."""
        body = self.get_json_body()
        if not isinstance(body, dict) or body.get("extra_credit"):
            raise web.HTTPError(400)
        score = body.get("manual_score")
        if score is not None and not _within(score, self._points(grade_id)):
            raise web.HTTPError(400)
        super().put(grade_id)

    def _points(self, grade_id: str) -> float:
        try:
            return float(self.gradebook.find_grade_by_id(grade_id).max_score)
        except MissingEntry as error:
            raise web.HTTPError(404) from error


class CommentHandler(apihandlers.CommentHandler):  # type: ignore[misc]  # nbgrader has no types
    """A comment is a text of a bearable length."""

    def put(self, grade_id: str) -> None:
        """Check the text, then let nbgrader store it."""
        body = self.get_json_body()
        text = body.get("manual_comment") if isinstance(body, dict) else 0
        if text is not None and (not isinstance(text, str) or len(text) > LONGEST_COMMENT):
            raise web.HTTPError(400)
        super().put(grade_id)


def _within(score: object, highest: float) -> bool:
    number = isinstance(score, (int, float)) and not isinstance(score, bool)
    return number and math.isfinite(float(score)) and 0 <= float(score) <= highest  # type: ignore[arg-type]  # a number
