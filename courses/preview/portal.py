"""A stand-in for the portal: it checks and marks here, with the lesson's own rules, and remembers nobody."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from courses.exercises.base import AnswerError, Exercise, Mark
from courses.exercises.teach.kind import Teach
from courses.exercises.teach.pupil import MOST_TURNS, Heard, speak
from courses.exercises.text import words
from courses.lessons.model import Lesson
from courses.player.lesson import Json, PlayerError
from courses.player.portal import Portal

_MISSING = "Bản xem thử chưa có phần này. Bạn mở bài trong lớp học để thử."
_WRITTEN = "Câu này do người hoặc AI chấm sau khi nộp, nên không kiểm tra ngay được."


@dataclass(frozen=True)
class Marked:
    """One exercise of what was handed in."""

    exercise: Exercise
    answer: str  # as a person reads it
    mark: Mark


@dataclass(frozen=True)
class Work:
    """What was handed in last."""

    case: str
    exercises: tuple[Marked, ...]


@dataclass(frozen=True)
class LocalPortal(Portal):
    """Answers as the portal's API does. ``result_url`` is where the marks of the last hand-in are shown."""

    lesson: Lesson = field(kw_only=True)
    result_url: str = field(kw_only=True)
    tries: Counter[str] = field(default_factory=Counter)
    handed_in: list[Work] = field(default_factory=list)

    def result_path(self, receipt: str) -> str:
        """See ``Portal.result_path``."""
        del receipt
        return self.result_url

    def _call(self, what: str, body: Json | None, timeout: float = 0) -> Json:
        del timeout
        act = _CALLS.get((what, body is not None))
        if act is None:
            raise PlayerError(_MISSING)
        return act(self, body or {})


def _exercise(portal: LocalPortal, name: str, case: str) -> Exercise:
    try:
        return portal.lesson.slot(name).variant(case)
    except KeyError as error:
        raise PlayerError("Bài học này không có bài tập đó. Bạn tải lại trang xem thử.") from error


def _check(portal: LocalPortal, body: Json) -> Json:
    exercise = _exercise(portal, str(body["exercise"]), str(body["case"]))
    if exercise.rubric_marked:
        raise PlayerError(_WRITTEN)
    try:
        answer = exercise.parse_answer(body["answer"])
    except AnswerError as error:
        raise PlayerError(str(error)) from error
    status = exercise.mark(answer).status
    portal.tries[exercise.id] += status != "blank"
    tries = portal.tries[exercise.id]
    if status == "blank":
        return {"status": "blank", "tries": tries}
    if status == "right":
        return {"status": "right", "tries": tries, "why": exercise.why}
    shown = "partly" if status == "partly" else "wrong"
    return {
        "status": shown,
        "tries": tries,
        "told": exercise.told(answer),
        "hint": exercise.hint_after(tries),
    }


def _submit(portal: LocalPortal, body: Json) -> Json:
    case = str(body["case"])
    answers = cast("dict[str, Json]", body["answers"])
    try:
        marked = tuple(_marked(slot.variant(case), answers.get(slot.id, {})) for slot in portal.lesson.slots)
    except AnswerError as error:
        raise PlayerError(str(error)) from error
    portal.handed_in[:] = [Work(case, marked)]
    return {
        "receipt": f"XEM-THU-{secrets.token_hex(2).upper()}",
        "submitted_at": datetime.now(UTC).isoformat(),
        "score": sum(one.mark.score or 0 for one in marked),
        "max_score": portal.lesson.max_score,
        "marks": [_mark(one) for one in marked],
    }


def _marked(exercise: Exercise, raw: Json) -> Marked:
    answer = exercise.parse_answer(raw)
    return Marked(exercise, exercise.render_answer(answer), exercise.mark(answer))


def _mark(one: Marked) -> Json:
    mark = one.mark
    return {
        "exercise": one.exercise.id,
        "status": mark.status,
        "score": mark.score,
        "max_score": mark.max_score,
    }


def _cards(portal: LocalPortal, body: Json) -> Json:
    """Show the lesson's own cards, so that their author reads them where learners do."""
    del body
    lesson = portal.lesson
    cards = [
        {"lesson": lesson.key, "title": lesson.title, "card": number, "q": card.q, "a": card.a}
        for number, card in enumerate(lesson.cards, 1)
    ]
    return {"learned": 1, "cards": cards, "next_on": None}


def _answer_card(portal: LocalPortal, body: Json) -> Json:
    card = int(cast("int", body["card"]))
    left = max(0, len(portal.lesson.cards) - card)
    return {"lesson": portal.lesson.key, "card": card, "next_on": None, "left": left}


def _pupil(portal: LocalPortal, body: Json) -> Json:
    """Let Bé Chè follow its script, as it does in a class without an AI."""
    exercise = _exercise(portal, str(body["exercise"]), str(body["case"]))
    if not isinstance(exercise, Teach):
        raise PlayerError(_MISSING)
    try:
        own = exercise.parse_answer({"turns": body["turns"]}).own
    except AnswerError as error:
        raise PlayerError(str(error)) from error
    said = speak(exercise.misconceptions, [Heard(about="lesson", words=len(words(text))) for text in own])
    return {
        "reply": " ".join(part for part in (said.lead, said.ask) if part),
        "done": said.done,
        "pending": False,
        "left": MOST_TURNS - len(own),
        "understood": None,
        "total": len(exercise.misconceptions),
        "quiz": None,
    }


_Call = Callable[[LocalPortal, Json], Json]
_CALLS: dict[tuple[str, bool], _Call] = {  # (address below api/, does it carry a body)
    ("visits", True): lambda _portal, _body: {},
    ("check", True): _check,
    ("pupil", True): _pupil,
    ("submissions", True): _submit,
    ("cards", False): _cards,
    ("cards", True): _answer_card,
}
