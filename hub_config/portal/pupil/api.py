"""``POST pupil``: say something to Bé Chè, or ask how a conversation stands."""

from __future__ import annotations

import asyncio

from sqlalchemy.orm import Session

from courses.exercises.base import AnswerError
from courses.exercises.teach.kind import Teach, TeachAnswer
from courses.exercises.teach.pupil import MOST_TURNS, Misconception, Said, sit, speak
from courses.lessons.model import Lesson
from hub_config.portal.api_base import Api
from hub_config.portal.learning import Refusal, exercise_of, lesson_of
from hub_config.portal.pupil.judging import Asked
from hub_config.portal.pupil.listening import Talk, listen
from hub_config.portal.shapes import PupilReply, PupilRequest, QuizReply


class PupilApi(Api):
    """``POST pupil``."""

    async def post(self) -> None:
        """Answer the learner's last turn; with the pupil's turn last, only say how things stand."""
        asked = self.asked(PupilRequest)
        self.limit(self.desk.talks, "nói")
        _, (lesson, answer, talk) = await self.ask(lambda session, _: self._hear(session, asked))
        is_new = bool(answer.turns) and answer.turns[-1].by == "you"
        talk, pending, reaction = await self._think(lesson, asked.case, talk, is_new=is_new)
        said = speak(talk.teach.misconceptions, talk.turns)
        self.reply(_reply(talk, said, reaction, pending=pending))

    def _hear(self, session: Session, asked: PupilRequest) -> tuple[Lesson, TeachAnswer, Talk]:
        lesson = lesson_of(self.desk.shelf, asked.lesson)
        teach = exercise_of(lesson, asked.exercise, asked.case, 404)
        if not isinstance(teach, Teach):
            raise Refusal(422, "Câu này không có Bé Chè.", teach.id)
        try:
            answer = teach.parse_answer({"turns": [turn.model_dump() for turn in asked.turns]})
        except AnswerError as error:
            raise Refusal(422, str(error), teach.id) from error
        return lesson, answer, listen(session, teach, answer.own)

    async def _think(self, lesson: Lesson, case: str, talk: Talk, *, is_new: bool) -> tuple[Talk, bool, str]:
        """Have the last turn judged and, if it is new, reacted to; both at the same time."""
        if not talk.is_open or self.desk.opinions.wait(self.hub_user):
            return talk, False, ""
        who = str(self.hub_user)
        judged = self.desk.pupil.understood(Asked(who, lesson, talk.teach, case, talk.text))
        react = self.desk.react(_at_hand(talk), talk.own[-1]) if is_new else _nothing()
        (understood, pending), reaction = await asyncio.gather(judged, react)
        return talk.with_last(understood), pending, reaction


async def _nothing() -> str:
    return ""


def _at_hand(talk: Talk) -> Misconception | None:
    """Return the misconception that the pupil asked about before the last turn."""
    before = speak(talk.teach.misconceptions, talk.turns[:-1])
    return next((one for one in talk.teach.misconceptions if _asks(before, one)), None)


def _asks(said: Said, one: Misconception) -> bool:
    return bool(said.ask) and (one.ask in said.ask or one.again == said.ask)


def _reply(talk: Talk, said: Said, reaction: str, *, pending: bool) -> PupilReply:
    quiz = sit(talk.teach.misconceptions, talk.understood)
    known = talk.understood is not None
    words = " ".join(part for part in (reaction, said.lead, said.ask) if part)
    return PupilReply(
        reply=words,
        done=said.done,
        pending=pending,
        left=MOST_TURNS - len(talk.own),
        understood=quiz.right if known else None,
        total=quiz.total,
        quiz=QuizReply(**quiz.model_dump()) if said.done and known else None,
    )
