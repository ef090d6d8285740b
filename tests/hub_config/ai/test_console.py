"""``bdhai ai`` tells an administrator what is so, in Vietnamese."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from courses.site import REPOSITORY
from tests.fake_openai import QUOTA, Fault


@pytest.fixture
def bdhai(tmp_path):
    def run(*words: str, **env: str) -> tuple[int, str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "BDHAI_"))}
        done = subprocess.run(
            [sys.executable, "-c", "from hub_config.ai.cli import app; app()", *words],
            env={**clean, "BDHAI_DATA": str(tmp_path), **env},
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout

    return run


def test_status_names_the_provider_and_that_it_answers(bdhai, fake):
    code, text = bdhai("status", OPENAI_BASE_URL=fake.base_url, OPENAI_API_KEY="sk-secret", OPENAI_MODEL="m")
    assert code == 0
    assert f"AI ở {fake.base_url}, mô hình m." in text
    assert "đang trả lời bình thường" in text
    assert "sk-secret" not in text


def test_status_tells_when_nobody_answers(bdhai):
    code, text = bdhai("status", OPENAI_BASE_URL="http://127.0.0.1:9/v1")
    assert code == 1
    assert "Không nối được tới AI" in text


def test_status_tells_that_ai_is_off(bdhai):
    assert bdhai("status", BDHAI_AI="none") == (
        1,
        "Lớp đang tắt AI (BDHAI_AI=none). Bài thực hành dùng câu trả lời mẫu, bài viết do người chấm.\n",
    )


def test_status_tells_how_the_local_model_stands(bdhai):
    code, text = bdhai("status", BDHAI_AI="local")
    assert code == 1
    assert "AI chạy ngay trên máy này" in text
    assert "chưa chạy" in text


def test_test_asks_a_question_and_measures(bdhai, fake):
    code, text = bdhai("test", OPENAI_BASE_URL=fake.base_url)
    assert code == 0
    assert "Đáp: Chào bạn!" in text
    assert "giây" in text


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(status=401, body="{}"), "không nhận khóa"),
        (Fault(status=404, body="{}"), "OPENAI_MODEL"),
        (QUOTA, "hết tiền"),
        (Fault(status=500, body="{}"), "đang gặp lỗi"),
    ],
)
def test_test_tells_what_to_mend(bdhai, fake, fault, words):
    fake.always = fault
    code, text = bdhai("test", OPENAI_BASE_URL=fake.base_url)
    assert code == 1
    assert words in text


def test_test_without_an_ai_says_so(bdhai):
    code, text = bdhai("test", BDHAI_AI="none")
    assert code == 1
    assert "Chưa có AI nào đang chạy" in text


def test_install_tells_when_the_named_file_is_not_there(bdhai, tmp_path):
    code, text = bdhai("install", BDHAI_MODEL=str(tmp_path / "none.gguf"))
    assert code == 1
    assert "Không đọc được tệp AI" in text
