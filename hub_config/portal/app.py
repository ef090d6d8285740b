"""Addresses of the portal, and the tornado application."""

from __future__ import annotations

import os
from typing import Any

from jupyterhub.services.auth import HubOAuth, HubOAuthCallbackHandler
from prometheus_client import CollectorRegistry
from tornado.web import Application, StaticFileHandler

from courses.school.db import open_engine
from courses.site import Site, database_url, layout
from hub_config.metrics.school import school_numbers
from hub_config.metrics.web import MeasuredApplication, RequestMeter
from hub_config.portal import api
from hub_config.portal.account import AccountPage
from hub_config.portal.ai_use import AiUsePage
from hub_config.portal.appeals import AppealPage
from hub_config.portal.desk import LOOK, STATIC, Desk
from hub_config.portal.files import FilePage, FilesApi, PreviewPage
from hub_config.portal.handler import MissingPage
from hub_config.portal.home import HomePage, ResultPage
from hub_config.portal.joining.pages import AnswerPage, ClassCodePage
from hub_config.portal.judging_page.pages import ExercisePage, JudgingPage
from hub_config.portal.judging_page.remark_page import RemarkPage
from hub_config.portal.levels.pages import LevelPage, LevelPicture
from hub_config.portal.official import FiguresPage
from hub_config.portal.pupil.api import PupilApi
from hub_config.portal.queue.kept import KeptPage
from hub_config.portal.queue.pages import ItemPage, NamelessFile, NamelessPreview, QueuePage, UndoPage
from hub_config.portal.reading import ReadingPage
from hub_config.portal.review import ReviewPage
from hub_config.portal.shelf import Shelf
from hub_config.portal.trainer import ClassPage, LearnerPage, MarkPage, NewCodePage, PupilPage

PAGES = (
    ("", HomePage),
    ("ket-qua/([^/]{1,60})", ResultPage),
    ("ket-qua/([^/]{1,60})/phuc-khao", AppealPage),
    ("bac/([1-5])", LevelPage),
    ("bac/([1-5])/hinh\\.svg", LevelPicture),
    ("on-tap", ReviewPage),
    ("cach-doc", ReadingPage),
    ("lop", ClassPage),
    ("lop/ma-lop", ClassCodePage),
    ("lop/xin-vao/([0-9]{1,9})", AnswerPage),
    ("lop/([^/]{1,200})", LearnerPage),
    ("lop/([^/]{1,200})/ma-moi", NewCodePage),
    ("bai-nop/([^/]{1,60})", MarkPage),
    ("bai-nop/([^/]{1,60})/be-che/([a-z0-9-]{1,60})", PupilPage),
    ("hang-cho", QueuePage),
    ("hang-cho/bai-mau", KeptPage),
    ("hang-cho/hoan-tac/([0-9]{1,9})", UndoPage),
    ("hang-cho/([0-9]{1,9})/([a-z0-9-]{1,60})", ItemPage),
    ("hang-cho/([0-9]{1,9})/([a-z0-9-]{1,60})/tep", NamelessFile),
    ("hang-cho/([0-9]{1,9})/([a-z0-9-]{1,60})/xem", NamelessPreview),
    ("so-lieu", FiguresPage),
    ("tai-khoan", AccountPage),
    ("quan-tri/ai", AiUsePage),
    ("quan-tri/cham", JudgingPage),
    ("quan-tri/cham/(level[1-5]/[a-z0-9-]{1,110})/([a-z0-9-]{1,60})", ExercisePage),
    ("quan-tri/sua-tieu-chi/(level[1-5]/[a-z0-9-]{1,110})", RemarkPage),
    ("api/me", api.MeApi),
    ("api/lessons", api.LessonsApi),
    ("api/visits", api.VisitsApi),
    ("api/check", api.CheckApi),
    ("api/pupil", PupilApi),
    ("api/cards", api.CardsApi),
    ("api/submissions", api.SubmissionsApi),
    ("tep/([^/]{1,60})/([a-z0-9-]{1,60})", FilePage),
    ("tep/([^/]{1,60})/([a-z0-9-]{1,60})/xem", PreviewPage),
    ("api/files", FilesApi),
    ("api/results/([^/]{0,200})", api.ResultApi),
    ("api/openapi.json", api.OpenApi),
    ("api/(.*)", api.MissingApi),
)


class Static(StaticFileHandler):
    """Files that everybody may read. An address with ``?v=`` never changes its content."""

    def set_default_headers(self) -> None:
        """Say no more than needed."""
        self.clear_header("Server")
        self.set_header("X-Content-Type-Options", "nosniff")

    def get_cache_time(self, path: str, modified: object, mime_type: str) -> int:
        """Keep versioned files for a year, others for an hour."""
        del path, modified, mime_type
        return 365 * 86400 if self.get_query_argument("v", "") else 3600


class Callback(HubOAuthCallbackHandler):  # type: ignore[misc]  # JupyterHub has no types
    """Where the hub sends people back after signing in."""

    def initialize(self, desk: Desk) -> None:
        """Use the desk's authenticator."""
        self.hub_auth = desk.auth


def make_desk(site: Site, auth: HubOAuth) -> Desk:
    """Open the database and the lessons."""
    desk = Desk(site=site, engine=open_engine(database_url(site)), shelf=Shelf(site.lessons), auth=auth)
    desk.files.sweep()
    return desk


def make_app(desk: Desk, registry: CollectorRegistry | None = None) -> Application:
    """Return the application; its numbers are kept in the registry (by default one of its own)."""
    kept = registry or CollectorRegistry()
    meter = RequestMeter(layout(desk.site), school_numbers(desk.site, desk.engine, desk.threads, kept), kept)
    given = {"desk": desk}
    pages: list[Any] = [(desk.prefix + path, handler, given) for path, handler in PAGES]
    static = [
        (desk.prefix + r"static/(bdhai\.css)", Static, {"path": str(LOOK)}),
        (desk.prefix + r"static/([a-z0-9.-]+)", Static, {"path": str(STATIC)}),
    ]
    oauth = [(desk.prefix + "oauth_callback", Callback, given)]
    return MeasuredApplication(
        [*static, *oauth, *pages],
        meter,
        desk.prefix + "metrics",
        cookie_secret=os.urandom(32),
        compress_response=True,
        default_handler_class=MissingPage,
        default_handler_args=given,
    )


def close(desk: Desk) -> None:
    """Finish database work and let go of the connections."""
    desk.threads.shutdown(wait=True)
    desk.engine.dispose()
