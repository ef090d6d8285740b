"""The JSON API: one small handler per address. Errors are ``{"error": "câu tiếng Việt"}``."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session
from tornado.web import HTTPError

from autograder.near_pass import PassLine
from courses.school.models import Person
from hub_config.portal import learning
from hub_config.portal.api_base import SAID, Api
from hub_config.portal.learning import Refusal
from hub_config.portal.openapi import document
from hub_config.portal.results_view import ExerciseView, ResultView, open_submission, result_view
from hub_config.portal.review import answer_card, cards_today
from hub_config.portal.shapes import (
    LESSON,
    LONGEST_KEY,
    CardRequest,
    CheckRequest,
    ExerciseReply,
    LessonState,
    Me,
    ResultReply,
    SubmissionRequest,
    VerdictReply,
    VisitRequest,
)
from hub_config.portal.states import rows_of


class MeApi(Api):
    """``GET me``."""

    async def get(self) -> None:
        """Answer with the signed-in person."""
        _, me = await self.ask(
            lambda _, person: Me.model_validate(
                {
                    "username": person.username,
                    "display_name": person.display_name,
                    "pseudonym": person.pseudonym,
                    "role": person.role,
                    "target": person.target,
                    "group": person.group.name if person.group else None,
                }
            )
        )
        self.reply(me)


class LessonsApi(Api):
    """``GET lessons``."""

    async def get(self) -> None:
        """Answer with every lesson and the person's state."""
        shelf = self.desk.shelf
        _, rows = await self.ask(lambda session, person: rows_of(session, shelf.all(), [person])[person.id])
        self.reply(tuple(LessonState(**row.model_dump(exclude={"receipt", "waiting"})) for row in rows))


class VisitsApi(Api):
    """``POST visits``."""

    async def post(self) -> None:
        """Remember that the lesson was opened."""
        asked = self.asked(VisitRequest)
        await self.ask(lambda session, person: learning.visit(session, person, self.desk.shelf, asked))
        self.clear_header("Content-Type")
        self.set_status(204)
        self.finish()


class CheckApi(Api):
    """``POST check``."""

    async def post(self) -> None:
        """Check one answer."""
        asked = self.asked(CheckRequest)
        self.limit(self.desk.checks, "kiểm tra")
        _, reply = await self.ask(
            lambda session, person: learning.check(session, person, self.desk.shelf, asked)
        )
        self.reply(reply)


class CardsApi(Api):
    """``GET`` and ``POST cards``."""

    async def get(self) -> None:
        """Answer with the cards that are due today."""
        _, today = await self.ask(lambda session, person: cards_today(session, person, self.desk.shelf))
        self.reply(today)

    async def post(self) -> None:
        """Take the answer to one card."""
        asked = self.asked(CardRequest)
        self.limit(self.desk.checks, "bấm")
        _, reply = await self.ask(
            lambda session, person: answer_card(session, person, self.desk.shelf, asked)
        )
        self.reply(reply)


class SubmissionsApi(Api):
    """``GET`` and ``POST submissions``."""

    async def get(self) -> None:
        """List the person's own submissions."""
        lesson = self._lesson()
        _, own = await self.ask(
            lambda session, person: learning.submissions(session, person, self.desk.shelf, lesson)
        )
        self.reply(own)

    def _lesson(self) -> str | None:
        given = self.get_query_arguments("lesson")
        if len(given) > 1 or not all(re.fullmatch(LESSON, one) and len(one) <= LONGEST_KEY for one in given):
            raise Refusal(422, "Tham số lesson phải là một khóa bài học, ví dụ level1/01-ai-doan-chu.")
        return given[0] if given else None

    async def post(self) -> None:
        """Hand a lesson in."""
        asked = self.asked(SubmissionRequest)
        self.limit(self.desk.submissions, "nộp bài")
        line = PassLine.of(self.desk.site)
        _, receipt = await self.ask(
            lambda session, person: learning.submit(session, person, self.desk.shelf, asked, line)
        )
        self.reply(receipt, 201)


class ResultApi(Api):
    """``GET results/{receipt}``."""

    async def get(self, receipt: str) -> None:
        """Answer with a result that the person may see."""
        shelf = self.desk.shelf

        def find(session: Session, person: Person) -> ResultView:
            opened = open_submission(session, shelf, person, receipt)
            if opened is None:
                raise Refusal(404, SAID[404])
            return result_view(session, opened)

        _, view = await self.ask(find)
        self.reply(_result(view))


def _result(view: ResultView) -> ResultReply:
    exercises = tuple(_exercise_reply(own) for own in view.exercises)
    fields = view.model_dump(include=set(ResultReply.model_fields) - {"exercises"})
    return ResultReply(**fields, exercises=exercises)


def _exercise_reply(own: ExerciseView) -> ExerciseReply:
    fields = own.model_dump(include=set(ExerciseReply.model_fields) - {"verdicts"})
    kept = set(VerdictReply.model_fields)
    verdicts = tuple(VerdictReply(**one.model_dump(include=kept)) for one in own.verdicts)
    return ExerciseReply(**fields, verdicts=verdicts)


class OpenApi(Api):
    """``GET openapi.json``: for everybody, there is nothing secret in it."""

    async def prepare(self) -> None:
        """Let everybody in."""
        self.received = bytearray()

    async def get(self) -> None:
        """Answer with the description of this API."""
        self.send_json(document(self.desk.prefix))


class MissingApi(Api):
    """Every other address under ``api/``."""

    async def get(self, *_: str) -> None:
        """Say that there is nothing here."""
        raise HTTPError(404)

    post = get
