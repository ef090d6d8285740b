"""“Cho AI chấm thử”: what a judge says of each written sample, beside what its author expects."""

import asyncio

import pytest

from autograder.agreement import agreement
from autograder.openai_judge import OpenAIJudge
from courses.lessons import load_lesson
from courses.site import REPOSITORY
from tests.fake_openai import BROKEN, FakeOpenAI, by_answer, generous


@pytest.fixture(scope="module")
def lesson():
    return load_lesson(REPOSITORY / "level1" / "02-lenh-bon-phan")


def tried(lesson, **fake):
    with FakeOpenAI(**fake) as server:
        return asyncio.run(agreement(OpenAIJudge(server.base_url, "k", "m", retries=0), lesson))


def authors(lesson):
    every = [own for sample in lesson.samples for own in sample.expect.values()]
    return {own.answer["text"]: own.verdicts for own in every if own.answer.get("text")}


def test_each_sample_with_verdicts_is_shown_once_and_agrees_with_a_judge_like_its_author(lesson):
    found = tried(lesson, rule=by_answer(authors(lesson)))
    expected = [
        (sample.name, id_) for sample in lesson.samples for id_, own in sample.expect.items() if own.verdicts
    ]
    assert sorted((one.sample, one.exercise) for one in found) == sorted(expected)
    judged = [one for one in found if not one.reason]
    assert judged
    assert all(one.agrees for one in judged)


def test_a_judge_that_gives_everything_is_seen_through(lesson):
    found = tried(lesson, rule=generous)
    differing = [one for one in found if one.verdicts and not one.agrees]
    assert differing
    assert all((False, True) in one.verdicts.values() for one in differing)


def test_a_judge_that_cannot_answer_is_silent_with_its_reason(lesson):
    found = tried(lesson, always=BROKEN)
    assert {one.reason for one in found if not one.verdicts} >= {"AI đang gặp lỗi."}
    assert not any(one.agrees for one in found if one.reason)
