"""``bdhai evaluate`` as people type it, against the local server."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.autograder.evaluate.conftest import ROWS
from tests.fake_openai import FakeOpenAI, by_keyword


@pytest.fixture
def bdhai(tmp_path):
    def run(*arguments, **env):
        return subprocess.run(
            [sys.executable, "-m", "hub_config", *map(str, arguments)],
            env={"PATH": os.environ["PATH"], "BDHAI_DATA": str(tmp_path / "data"), "BDHAI_AI": "none"} | env,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_json_prints_the_figures_and_nothing_else(bdhai, fake, write):
    path = write(ROWS)
    done = bdhai("evaluate", path, "--base-url", fake.base_url, "--model", "fake", "--json")
    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert (found["qwk"], found["model"], found["answers"]) == (1.0, "fake", 5)
    assert found["exercises"]["moi-hop"]["qwk_not_abstained"] == 1.0


def test_a_person_sees_a_bar_and_a_summary_and_gets_a_report(bdhai, fake, write, tmp_path):
    report = tmp_path / "r.md"
    done = bdhai(
        "evaluate", write(ROWS), "--base-url", fake.base_url, "--limit", "3", "--report", report,
        "--cache", tmp_path / "c.jsonl",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Chấm thử" in done.stderr
    assert "bai.jsonl: 3 bài" in done.stdout
    assert report.exists()
    assert (tmp_path / "c.jsonl").exists()


def test_the_pairs_are_measured_by_a_flag(bdhai):
    with FakeOpenAI(by_keyword({})) as server:
        done = bdhai("evaluate", "--pairs", "--limit", "2", "--base-url", server.base_url, "--json")
    assert json.loads(done.stdout)["pairs"] == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "DATASET.jsonl"),
        (("khong-co.jsonl",), "khong-co.jsonl: không có tệp này"),
        (("--pairs",), "Chưa có AI nào để đo"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(bdhai, arguments, sentence):
    done = bdhai("evaluate", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_malformed_data_set_is_told_before_anybody_is_asked(bdhai, fake, write):
    done = bdhai("evaluate", write([*ROWS, "{"]), "--base-url", fake.base_url)
    assert "bai.jsonl:7: không phải JSON" in done.stderr
    assert fake.calls == 0


def test_an_attack_is_tried_from_the_command_line(bdhai, fake):
    done = bdhai("redteam", "--limit", "20", "--base-url", fake.base_url, "--json")
    found = json.loads(done.stdout)
    assert found["tried"] == 20
    assert found["undeserved_gain"] <= 0.02


def test_one_lesson_can_be_attacked_alone(bdhai, fake):
    chosen = ("--lesson", "level1/02-lenh-bon-phan", "--limit", "5", "--base-url", fake.base_url, "--json")
    found = json.loads(bdhai("redteam", *chosen).stdout)
    assert found["tried"] == 5
    assert found["clean"]["answers"] <= 17  # of its samples


def test_a_lesson_that_is_not_there_is_named(bdhai, fake):
    done = bdhai("redteam", "--lesson", "level1/khong-co", "--base-url", fake.base_url)
    assert done.returncode == 1
    assert "--lesson level1/khong-co: không có bài này" in done.stderr
