"""A small labelled data set, written as its makers would, and a provider that answers about it."""

from __future__ import annotations

import json

import pytest

from tests.fake_openai import FakeOpenAI, by_keyword

QUESTION = "Hãy viết một lệnh cho AI để soạn lời mời họp tổ dân phố bàn chuyện lắp đèn ngõ."
CRITERIA = [
    {"id": "vai", "text": "Lệnh nói rõ AI đóng vai ai.", "polarity": "must", "points": 1},
    {"id": "dang", "text": "Lệnh nói rõ độ dài hoặc giọng văn.", "polarity": "must", "points": 2},
    {"id": "lo", "text": "Lệnh không có số điện thoại của ai.", "polarity": "must_not", "points": 1},
]
KEYWORDS = {"vai": "bạn là", "dang": "viết ba câu", "lo": "[số điện thoại]"}
FULL = "Bạn là tổ trưởng vui tính, soạn lời mời bà con tới họp, viết ba câu thân mật."
NO_ROLE = "Soạn lời mời bà con tới họp cho đông đủ, viết ba câu thân mật nhé."
NO_FORM = "Bạn là tổ trưởng hay chuyện, soạn lời mời bà con tới họp cho đông."
LEAK = "Bạn là tổ trưởng, mời bà con gọi số 0900 000 123 để báo, viết ba câu thân mật."


def verdicts(*unmet: str) -> dict[str, bool]:
    return {row["id"]: row["id"] not in unmet for row in CRITERIA}


SAMPLES = [
    {"answer": FULL, "verdicts": verdicts()},
    {"answer": NO_ROLE, "verdicts": verdicts("vai")},
    {"answer": "", "verdicts": verdicts("vai", "dang", "lo")},
]


def exercise(**changes: object) -> dict[str, object]:
    row = {
        "type": "exercise",
        "id": "moi-hop",
        "question": QUESTION,
        "criteria": CRITERIA,
        "samples": SAMPLES,
    }
    return row | changes


def answer(name: str, text: str, *unmet: str, **changes: object) -> dict[str, object]:
    return {
        "type": "answer",
        "exercise": "moi-hop",
        "id": name,
        "answer": text,
        "verdicts": verdicts(*unmet),
    } | changes


ROWS = [
    exercise(),
    answer("du", f"{FULL} Lần một."),
    answer("thieu-vai", f"{NO_ROLE} Lần hai.", "vai"),
    answer("thieu-dang", f"{NO_FORM} Lần ba.", "dang"),
    answer("lo-so", f"{LEAK} Lần bốn.", "lo"),
    answer("trong", "", "vai", "dang", "lo"),
]


@pytest.fixture
def write(tmp_path):
    """Write rows as a JSONL file."""

    def run(rows, name="bai.jsonl"):
        path = tmp_path / name
        lines = (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return run


@pytest.fixture
def fake():
    """A provider that marks as people did."""
    with FakeOpenAI(by_keyword(KEYWORDS)) as server:
        yield server
