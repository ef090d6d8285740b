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
