"""Answers in another language go to a person; informal Vietnamese never does because of its form."""

from __future__ import annotations

import ast

import pytest

from autograder.checks import hard_check
from autograder.language import is_foreign, vietnamese_share
from courses.exercises.base import RubricExercise
from courses.lessons import load_lessons
from courses.site import REPOSITORY
from tests.autograder.judge.conftest import FULL

INFORMAL = [
    "Ban la to truong vui tinh. Soan loi moi ba con den hop, viet ba cau than mat, gio de len dau.",
    "ko bik nx, t nghi la no dc, vs lai mik vt lenh cho no j cx dc ntn nhi",
    "chatgpt oi viet gium t cai thong bao zoom meeting online cho team nha",
    "Bạn là MC. Viết caption Facebook 3 câu cho livestream chè, style vui, hashtag để cuối bài nhé.",
    "em oi ko dc dau. den do la cam, vd anh can cuoc voi benh an cua me, dung co gui len fb hay zalo",
]
FOREIGN = [
    "You are a friendly leader. Please write an invitation to the meeting, three warm sentences, time first.",
    "Rédigez une invitation chaleureuse pour la réunion du quartier, trois phrases, avec l'heure au début.",
    "Sie sind ein freundlicher Leiter. Bitte schreiben Sie eine Einladung zur Versammlung in drei Sätzen.",
]


@pytest.mark.parametrize("text", INFORMAL)
def test_informal_vietnamese_is_vietnamese(exercise, text):
    assert not is_foreign(text)
    assert hard_check(exercise, text) is None


@pytest.mark.parametrize("text", FOREIGN)
def test_an_answer_in_another_language_is_left_to_a_person(exercise, text):
    assert hard_check(exercise, text) == "wrong_language"


def test_an_exercise_in_another_language_takes_answers_in_it(exercise):
    english = exercise.model_copy(
        update={
            "statement": "Write a prompt which makes an assistant draft a short invitation for your neighbours."
        }
    )
    assert hard_check(english, FOREIGN[0]) is None


def test_few_words_or_numbers_tell_nothing():
    assert vietnamese_share("OK thanks") is None
    assert vietnamese_share("12 34 56 78 90 11 22 33 44 55") is None
    assert vietnamese_share(FULL) == 1


def test_no_sample_of_a_lesson_and_all_english_prose_is_foreign():
    """What the threshold rests on: the two kinds of text are far apart."""
    ours = [text for text in _sample_texts() if (vietnamese_share(text) or 1) < 0.8]
    assert ours == []
    theirs = [share for text in _english() if (share := vietnamese_share(text)) is not None]
    assert len(theirs) > 250
    assert max(theirs) < 0.5


def _sample_texts():
    for lesson in load_lessons(REPOSITORY):
        for sample in lesson.samples:
            for slot in lesson.slots:
                exercise, expected = slot.variant(sample.case), sample.expect.get(slot.id)
                if isinstance(exercise, RubricExercise) and expected and expected.verdicts:
                    yield exercise.judged_text(exercise.parse_answer(expected.answer))


def _english():
    """English prose of this project: what its modules, classes and functions say of themselves, without Vietnamese words."""
    named = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for room in ("autograder", "courses", "hub_config"):
        for path in (REPOSITORY / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                text = ast.get_docstring(node) if isinstance(node, named) else None
                if text and text.isascii() and len(text.split()) >= 25:  # as long as an answer
                    yield text
