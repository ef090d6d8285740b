"""Whose judge is measured: the one that the command line names, else the environment's, else a local model of its own."""

from __future__ import annotations

import asyncio
import sys

import pytest

from courses.site import REPOSITORY, Site
from hub_config.ai.borrow import STARTING, borrowed
from hub_config.ai.provider import LOCAL_MODEL
from tests.autograder.judge.conftest import FULL, KEYWORDS, RUBRIC, STATEMENT
from tests.fake_openai import FakeOpenAI, by_keyword

STAND_IN = (sys.executable, str(REPOSITORY / "tests" / "fake_openai.py"))


@pytest.fixture
def site(tmp_path):
    return Site(data=tmp_path)


@pytest.fixture
def fake():
    with FakeOpenAI(by_keyword(KEYWORDS)) as server:
        yield server


def ask(plain):
    from courses.exercises.registry import kinds  # noqa: PLC0415 - as the judge gets it

    options = {"points": 4, "rubric": RUBRIC, "reference": "Bạn là tổ trưởng.", "max_words": 80}
    exercise = kinds()["prompt"].read("lenh", options, STATEMENT)

    async def go():
        judgement = await plain.judge.judge(exercise, FULL)
        await plain.judge.aclose()
        return judgement

    return asyncio.run(go())


def test_an_address_on_the_command_line_wins_over_the_environment(site, fake):
    env = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "OPENAI_API_KEY": "secret", "BDHAI_AI": "none"}
    with borrowed(site, env, "named", fake.base_url, print) as plain:
        assert plain is not None
        assert ask(plain).outcome == "judged"
    assert {asked.model for asked in fake.asked} == {"named"}
    assert {asked.authorization for asked in fake.asked} == {"Bearer secret"}


def test_the_environment_names_it_where_the_command_line_does_not(site, fake):
    env = {"OPENAI_BASE_URL": fake.base_url, "OPENAI_MODEL": "env-model"}
    with borrowed(site, env, "", "", print) as plain:
        assert plain is not None
        ask(plain)
    assert fake.asked[0].model == "env-model"


def test_without_any_ai_there_is_none(site):
    with borrowed(site, {"BDHAI_AI": "none"}, "", "", print) as plain:
        assert plain is None


def test_a_local_model_that_does_not_run_is_started_and_ended(site):
    told = []
    with borrowed(site, {"BDHAI_AI": "local"}, "", "", told.append, STAND_IN) as plain:
        assert plain is not None
        assert plain.judge.name == LOCAL_MODEL
        assert plain.at_once == 2
        ask(plain)
    assert told == [STARTING]
    assert ask(plain).reason == "provider_error"  # it ended with the measurement


def test_a_local_model_that_cannot_start_is_none(site):
    with borrowed(
        site, {"BDHAI_AI": "local"}, "", "", print, (sys.executable, "-c", "raise SystemExit(3)")
    ) as plain:
        assert plain is None
