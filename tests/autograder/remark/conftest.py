"""A rubric before and after an edit, answers that were judged by the old one, and a provider to ask."""

from __future__ import annotations

import asyncio

import pytest

from autograder import ledger
from autograder.judge import Verdict
from autograder.marking import mark_submission
from autograder.models import AutoMark
from autograder.openai_judge import OpenAIJudge
from autograder.remark import ask, plan, unknown_answers
from courses.site import JudgeSettings
from tests.fake_openai import FakeOpenAI, by_keyword

RUBRIC = [
    {"id": "vai", "text": "Lệnh nói rõ AI đóng vai ai.", "points": 1},
    {"id": "viec", "text": "Lệnh nói rõ việc phải làm.", "points": 1},
    {"id": "lo", "text": "Lệnh không chứa thông tin cá nhân.", "polarity": "must_not", "points": 1},
]
TEXT = "Bạn là cán bộ xã vui tính, hãy viết thư mời bà con đi họp cho thật ngắn gọn."
OTHER = "Bạn là cán bộ xã, làm giúp mình chuyện mời họp nhé, mình đang bận quá."
MET = {"vai": True, "viec": True, "lo": True}


def edited(**texts):
    return [{**own, "text": texts.get(own["id"], own["text"])} for own in RUBRIC]


@pytest.fixture
def before(make_lesson):
    return make_lesson(RUBRIC)


@pytest.fixture
def after(make_lesson):
    """The author asks for more of the work: one criterion of three."""
    return make_lesson(edited(viec="Lệnh nói rõ việc phải làm và độ dài."))


@pytest.fixture
def judged(session, before, submit):
    """Return a function that stores a submission and marks it as the judge decided."""

    def store(username, text=TEXT, met=MET, lesson=before):
        own = submit(username, {"lenh": {"text": text}})
        exercise = lesson.slot("lenh").variant("citizen")
        if ledger.Recall(session).find(exercise, text) is None:
            verdicts = [
                {
                    **Verdict(criterion=one.id, met=met[one.id], quote="Bạn là cán bộ").model_dump(),
                    "criterion_hash": ledger.criterion_hash(one),
                }
                for one in exercise.rubric
            ]
            judged = ledger.Judged(outcome="judged", verdicts=tuple(verdicts))
            ledger.append(session, ledger.question(exercise, text), "m", "p", judged)
        mark_submission(session, lesson, own)
        session.commit()
        return own

    return store


@pytest.fixture
def fake():
    with FakeOpenAI(by_keyword({"vai": "bạn là", "viec": "ngắn gọn"})) as server:
        yield server


@pytest.fixture
def asked(session, engine, fake):
    """Ask the provider what the plan lacks; return the plan that follows."""

    def go(lesson, settings=JudgeSettings()):  # noqa: B008 - frozen
        session.commit()
        todo = unknown_answers(session, lesson, plan(session, lesson))
        session.commit()
        judge = OpenAIJudge(fake.base_url, "key", "fake", retries=0)
        said = asyncio.run(ask(engine, judge, todo, settings))
        return plan(session, lesson, abstained=said.abstained)

    return go


@pytest.fixture
def mark_of(session):
    return lambda own: session.get(AutoMark, (own.id, "lenh"), populate_existing=True)
