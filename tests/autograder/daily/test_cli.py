from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from autograder.cli import NAMES, summary
from autograder.daily import STEPS, Report

SLUG = "02-lenh-bon-phan"


def bdhai(ward, *arguments):
    code = "import sys; from autograder.cli import app; app(sys.argv[1:])"
    env = {"PATH": os.environ["PATH"], "BDHAI_DATA": str(ward.data), "BDHAI_SITE": "/no/site.yaml"}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], env=env, capture_output=True, text=True, check=False
    )


def test_json_prints_the_report_and_nothing_else(ward):
    ward.submit("lan", SLUG, {"lenh": {"text": "Viết thư mời họp."}})
    done = bdhai(ward, "daily", "--date", "2026-03-02", "--json")
    report = Report.model_validate(json.loads(done.stdout))
    assert done.stderr == ""
    assert [step.step for step in report.steps] == list(STEPS)
    assert (report.waiting, report.judged) == (1, 0)


def test_a_person_sees_each_step_and_a_summary(ward):
    ward.submit("lan", SLUG, {})
    done = bdhai(ward, "daily", "--date", "2026-03-02")
    assert all(name in done.stderr for name in NAMES.values())
    assert "Đã chấm xong ngày 02/03/2026" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(("daily", "--date", "2026-03-01"), "không chấm lùi"), (("feedback", "--user", "lan"), "bdhai daily")],
)
def test_what_cannot_be_done_is_one_sentence(ward, arguments, sentence):
    ward.run()
    done = bdhai(ward, *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_the_summary_says_why_the_judge_kept_silent(ward):
    report = ward.run().model_copy(update={"abstained": {"refused": 2}, "waiting": 2})
    assert "2 câu: AI từ chối chấm." in summary(report)


def test_the_summary_says_what_the_judge_cost_and_what_it_did_not_have_to_be_asked(ward):
    used = {"calls": 1234, "prompt_tokens": 56789, "completion_tokens": 4321, "cached_tokens": 5000}
    more = {"judged": 7, "ledger_hits": 5, "identical": 3, "money": 1234.5, "currency": "VND"}
    said = summary(ward.run().model_copy(update=used | more))
    assert "AI chấm: 7 câu; sổ cái có sẵn: 5 câu; giống hệt câu khác: 3 câu." in said
    assert "Hỏi AI 1.234 lần: gửi 56.789 token (nhà cung cấp nhớ sẵn 5.000), nhận 4.321 token" in said
    assert "hết 1.234,5 VND theo bảng giá." in said


def test_the_summary_tells_what_waits_for_people_from_what_waits_for_the_next_run(ward):
    report = ward.run().model_copy(
        update={"abstained": {"refused": 2, "budget": 3, "batch": 1}, "waiting": 7}
    )
    said = summary(report)
    assert "Còn chờ người chấm: 3 câu; chờ AI ở lượt sau: 4 câu." in said
    assert "3 câu: Hôm nay đã hết mức chi cho AI chấm; mai AI chấm tiếp." in said
    assert "1 câu: Đã gửi AI chấm theo lô; lượt sau lấy kết quả." in said
