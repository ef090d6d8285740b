"""Answers in a trainer's queue, for its tests over HTTP and in the browser."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from autograder.marking import mark_submission
from autograder.models import AuditItem, AutoMark
from courses.clock import now
from courses.school.db import session
from courses.school.models import Group, Person
from courses.school.submissions import find_submission, store_submission
from tests.hub_config.portal.conftest import STARTED

LESSON = "level1/01-ai-doan-chu"
TEXT = (
    "Bà ơi, AI đoán từng chữ một rồi ghép lại. Nó nói trơn tru mà vẫn sai, bà nhớ hỏi lại cán bộ phường "
    "trước khi tin nhé."
)


@pytest.fixture
def rubric(lessons):
    return lessons[LESSON].slot("day-lai").variant("citizen").rubric


@pytest.fixture
def teach(api):
    """Hand in an explanation; return the receipt."""

    def hand_in(user, text=TEXT):
        body = {"lesson": LESSON, "case": "citizen", "answers": {"day-lai": {"text": text}}}
        return api(user).post("api/submissions", json=body).json()["receipt"]

    return hand_in


@pytest.fixture
def waiting(teach, count_all):
    """Hand in explanations that the night's run has left to people; return the submissions' receipts."""

    def left(*users, text=TEXT):
        receipts = [teach(user, text) for user in users]
        count_all()
        return receipts

    return left


def submission_of(engine, receipt):
    with session(engine) as opened:
        return find_submission(opened, receipt)


@pytest.fixture
def place(engine):
    return lambda receipt: f"hang-cho/{submission_of(engine, receipt).id}/day-lai"


@pytest.fixture
def audit(engine, waiting, rubric):
    """Put a judged answer into the audit; every verdict of the judge is met, its quote is ``AI đoán``."""

    def draw(user, text=TEXT):
        (receipt,) = waiting(user, text=text)
        verdicts = [
            {"criterion": one.id, "met": True, "quote": "AI đoán từng chữ", "reason": ""} for one in rubric
        ]
        with session(engine) as opened:
            id_ = find_submission(opened, receipt).id
            mark = opened.get_one(AutoMark, (id_, "day-lai"))
            mark.score, mark.status, mark.source, mark.verdicts = 5, "right", "ai", verdicts
            item = AuditItem(submission_id=id_, exercise="day-lai", verdicts=verdicts, status="open")
            item.drawn_on = now().date()
            opened.add(item)
        return receipt

    return draw


@pytest.fixture
def crowd(engine, lessons, count_all):
    """Fill a group with learners whose answers wait, all in one transaction."""

    def fill(size, *, together=False, answers=1):
        slots = [lesson for lesson in lessons.values() if lesson.teach_back is not None][:answers]
        with session(engine) as opened:
            group = opened.scalars(select(Group.id).where(Group.code == "to-1")).one()
            for number in range(size):
                person = Person(
                    external_id=f"n{number}", username=f"nguoi{number}", display_name=f"Người {number}",
                    pseudonym=f"Bút {number}", role="learner", target="citizen", group_id=group,
                    created_at=STARTED,
                )  # fmt: skip
                opened.add(person)
                opened.flush()
                for lesson in slots:
                    text = TEXT if together else f"{TEXT} Lời thứ {number}."
                    raw = {lesson.teach_back.id: {"text": text}}
                    own = store_submission(opened, person, lesson, "citizen", raw, STARTED)
                    mark_submission(opened, lesson, own)
        count_all()

    return fill
