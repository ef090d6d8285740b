"""An exercise with a rubric of both polarities, its author's samples, and judges against the local fake."""

from __future__ import annotations

import asyncio

import pytest

from autograder.judge import CalibrationSample, Judgement
from autograder.openai_judge import OpenAIJudge
from courses.exercises.registry import kinds
from tests.fake_openai import FakeOpenAI, by_keyword

STATEMENT = "Tối thứ bảy họp tổ dân phố bàn chuyện lắp đèn. Hãy viết một lệnh cho AI để soạn lời mời họp."
RUBRIC = [
    {"id": "vai", "text": "Lệnh nói rõ AI đóng vai ai.", "points": 1, "guidance": "Có “bạn là…”."},
    {"id": "viec", "text": "Lệnh nói rõ việc AI phải làm.", "points": 1},
    {"id": "dang", "text": "Lệnh nói rõ độ dài hoặc giọng văn.", "points": 1},
    {"id": "lo", "text": "Lệnh không có số điện thoại của ai.", "polarity": "must_not", "points": 1},
]
FULL = "Bạn là tổ trưởng vui tính. Soạn lời mời bà con đến họp, viết ba câu thân mật, giờ để lên đầu."
NO_ROLE = "Soạn lời mời bà con đến họp cho đông đủ, viết ba câu thân mật nhé."
LEAK = "Bạn là tổ trưởng. Soạn lời mời ông Tư số 0900 000 123 đến họp, viết ba câu thân mật."
OFF_TOPIC = "Hôm nay trời mưa to quá, đường ngập hết cả, không biết mai có nắng để phơi thóc không."
KEYWORDS = {"vai": "bạn là", "viec": "soạn lời mời", "dang": "viết ba câu", "lo": "[số điện thoại]"}
SAMPLES = (
    CalibrationSample(text=FULL, verdicts={"vai": True, "viec": True, "dang": True, "lo": True}),
    CalibrationSample(text=NO_ROLE, verdicts={"vai": False, "viec": True, "dang": True, "lo": True}),
    CalibrationSample(text=LEAK, verdicts={"vai": True, "viec": True, "dang": True, "lo": False}),
    CalibrationSample(text="", verdicts=dict.fromkeys(KEYWORDS, False)),
)


@pytest.fixture(scope="session")
def exercise():
    options = {
        "points": 4,
        "rubric": RUBRIC,
        "reference": "Bạn là tổ trưởng. Viết lời mời họp, ba câu, giọng thân mật, nói rõ giờ và chỗ.",
        "sample_reply": "Kính mời bà con tối thứ bảy đến nhà văn hóa họp tổ bàn chuyện lắp đèn cho các ngõ.",
        "min_words": 5,
        "max_words": 80,
    }
    return kinds()["prompt"].read("lenh", options, STATEMENT)


@pytest.fixture
def fake():
    """A provider that finds keywords, as an honest judge would."""
    with FakeOpenAI(by_keyword(KEYWORDS)) as server:
        yield server


@pytest.fixture
def judge_one(exercise):
    """Judge one answer with a fresh judge against a fake."""

    def run(server: FakeOpenAI, answer: str, **options: float) -> Judgement:
        async def go() -> Judgement:
            judge = OpenAIJudge(server.base_url, "key", "fake", **{"retries": 0, **options})
            try:
                return await judge.judge(exercise, answer)
            finally:
                await judge.aclose()

        return asyncio.run(go())

    return run
