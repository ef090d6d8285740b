"""A rubric edit from the author's file to the gradebook: nothing moves at night, everything moves when applied."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from autograder.audit import silence
from autograder.cli import Parts
from autograder.daily.lock import Busy, alone
from autograder.models import ScoreChange
from autograder.remark.command import make_app
from courses.lessons.build import build_all
from courses.school.db import session as open_session
from courses.site import REPOSITORY, JudgeSettings
from tests.autograder.daily.test_parity import nbgrader
from tests.autograder.daily.ward import DAY, Ward
from tests.fake_openai import by_answer

SLUG = "02-lenh-bon-phan"
KEY = f"level1/{SLUG}"
OLD = "Lệnh nói AI phải viết dài ngắn, giọng điệu hoặc trình bày thế nào."
NEW = "Lệnh nói AI phải viết dài ngắn thế nào, tính bằng chữ hoặc câu."


@pytest.fixture
def edited(built, tmp_path):
    """A ward whose lessons can be edited; ``edit`` changes a criterion's text and builds again."""
    lessons = tmp_path / "lessons"
    shutil.copytree(REPOSITORY / KEY, lessons / KEY)
    shutil.copytree(built.data, tmp_path / "data")
    (tmp_path / "site.yaml").write_text(
        f"lessons: {lessons}\ndata: {tmp_path / 'data'}\nauth: demo\n", "utf-8"
    )
    ward = Ward(tmp_path / "data", lessons)

    def edit(old: str = OLD, new: str = NEW) -> None:
        path = lessons / KEY / "lesson.md"
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
        build_all(lessons, ward.data / "courses")
        ward.__dict__.pop("lessons", None)

    ward.edit = edit
    yield ward
    ward.engine.dispose()


@pytest.fixture
def full(edited):
    return next(sample for sample in edited.lessons[SLUG].samples if sample.role == "full")


@pytest.fixture
def receipt(edited, judge, full):
    answers = {name: own.answer for name, own in full.expect.items()}
    receipt = edited.submit("lan", SLUG, answers, case=full.case)
    assert edited.run(judge=judge()).judged == 2
    edited.edit()
    return receipt


@pytest.fixture
def remark(judge, tmp_path, monkeypatch):
    """Return what runs ``bdhai remark`` with the local provider."""
    monkeypatch.setenv("BDHAI_SITE", str(tmp_path / "site.yaml"))
    parts = Parts(judge=lambda _: judge())
    return lambda *arguments: CliRunner().invoke(make_app(parts), [KEY, *arguments])


def unmet(provider, expected, full, *names):
    """From now on the judge finds these criteria not met in the full-mark answer."""
    expected = {text: dict(verdicts) for text, verdicts in expected.items()}
    expected[full.expect["lenh"].answer["text"]] |= dict.fromkeys(names, False)
    provider.rule = by_answer(expected)


def criteria(provider):
    return [set(asked.criteria) for asked in provider.asked if asked.kind == "verdicts"]


def test_the_night_moves_nothing_and_asks_nothing_about_what_is_judged(
    edited, judge, provider, receipt, full
):
    calls, before = provider.calls, edited.grades()
    report = edited.run(DAY + timedelta(days=1), judge=judge())
    assert (provider.calls, report.judged, report.waiting) == (calls, 0, 0)
    assert edited.grades() == before
    marks = edited.marks(receipt)
    assert {name: mark.outdated for name, mark in marks.items()} == {
        name: name == "lenh" for name in full.expect
    }


def test_a_new_answer_with_the_same_words_costs_the_edited_criterion_only(
    edited, judge, provider, receipt, full
):
    provider.asked.clear()
    later = edited.submit("mai", SLUG, {"lenh": full.expect["lenh"].answer}, case=full.case)
    edited.run(DAY + timedelta(days=1), judge=judge())
    assert criteria(provider) == [{"dinh-dang"}]
    assert edited.marks(later)["lenh"].score == full.expect["lenh"].score
    assert edited.marks(receipt)["lenh"].score == full.expect["lenh"].score


def test_the_command_lists_what_moves_and_writes_nothing(
    edited, judge, provider, expected, receipt, full, remark
):
    edited.run(DAY + timedelta(days=1), judge=judge())
    unmet(provider, expected, full, "dinh-dang")
    done = remark()
    assert (done.exit_code, provider.asked[-2].criteria.keys()) == (0, {"dinh-dang"})
    assert f"Điểm đổi: 1\n  {receipt} lenh: 5/5 → 4/5. Sửa tiêu chí “Lệnh nói AI phải viết" in done.stdout
    assert "Chưa ghi gì." in done.stdout
    assert edited.marks(receipt)["lenh"].score == 5
    calls = provider.calls
    (row,) = json.loads(remark("--json").stdout)["plan"]["rows"]
    assert (row["receipt"], row["old_score"], row["new_score"], row["state"]) == (receipt, 5, 4, "moves")
    assert "columns" not in row
    assert provider.calls == calls  # what was paid lies in the ledger


def test_applying_moves_the_score_up_to_gradebook_and_learner(
    edited, judge, provider, expected, receipt, full, remark
):
    edited.run(DAY + timedelta(days=1), judge=judge())
    unmet(provider, expected, full, "dinh-dang")
    assert remark("--apply").exit_code == 1  # no reason
    assert edited.marks(receipt)["lenh"].score == 5
    done = remark("--apply", "--reason", "Tiêu chí định dạng nay đòi số chữ hoặc số câu.")
    assert "Đã đổi điểm: 1" in done.stdout
    assert edited.marks(receipt)["lenh"].score == 4
    assert edited.grade("lan", "lenh")["auto"] == 5  # the gradebook follows at night
    edited.run(DAY + timedelta(days=1), judge=judge())
    assert edited.grade("lan", "lenh")["auto"] == 4
    with open_session(edited.engine) as session:
        assert session.query(ScoreChange).one().reason.startswith("Tiêu chí định dạng")


@pytest.mark.usefixtures("edited", "remark")
def test_an_unknown_lesson_is_said_in_a_sentence():
    done = CliRunner().invoke(make_app(Parts()), ["level1/99-khong-co"])
    assert (done.exit_code, done.stderr) == (
        1,
        "Không có bài “level1/99-khong-co”. Bạn viết như level1/02-lenh-bon-phan.\n",
    )


@pytest.mark.usefixtures("remark")
def test_without_an_ai_the_list_says_so_and_nothing_is_applied(edited, receipt):
    runner = CliRunner()
    done = runner.invoke(make_app(Parts()), [KEY])
    assert "Chưa hỏi được AI: 1" in done.stdout
    refused = runner.invoke(make_app(Parts()), [KEY, "--apply", "--reason", "Vì thế."])
    assert (refused.exit_code, "chưa áp dụng gì" in refused.stderr) == (1, True)
    assert edited.marks(receipt)["lenh"].score == 5


def test_a_run_that_is_under_way_is_not_disturbed(edited):
    with (
        alone(edited.data, lambda _: None),
        pytest.raises(Busy),
        alone(edited.data, lambda _: None, wait=False),
    ):
        pass


@pytest.mark.timeout(900)
@pytest.mark.usefixtures("receipt")
def test_stock_autograde_leaves_what_is_outdated_as_it_is(edited, judge):
    edited.run(DAY + timedelta(days=1), judge=judge())
    grades = edited.grades()
    nbgrader(edited, "autograde", SLUG, "--force", "--student", "lan")
    assert edited.grades() == grades
    assert edited.grade("lan", "lenh")["auto"] == 5


def test_an_outdated_mark_of_a_challenge_is_not_taken_away_when_its_score_gets_near_the_line(
    edited, judge, provider, expected, full, remark
):
    """The night that judges the other exercise would leave both to people; the outdated one waits for its edit."""
    edited.edit("safety: false", "safety: false\nchallenge: true")
    edited.site = edited.site.model_copy(update={"judge": JudgeSettings(challenge_pass=0.05)})
    with open_session(edited.engine) as session:
        silence.silence(session, (KEY, "day-lai"), "quan")
    receipt = edited.submit("lan", SLUG, {n: own.answer for n, own in full.expect.items()}, case=full.case)
    edited.run(judge=judge())
    assert edited.marks(receipt)["lenh"].score == 5
    edited.edit()
    unmet(provider, expected, full, "dinh-dang")
    assert remark().exit_code == 0
    with open_session(edited.engine) as session:
        silence.lift(session, (KEY, "day-lai"), "quan")
    edited.site = edited.site.model_copy(update={"judge": JudgeSettings(challenge_pass=0.9)})
    edited.run(DAY + timedelta(days=1), judge=judge())
    marks = edited.marks(receipt)
    assert (marks["lenh"].score, marks["lenh"].outdated) == (5, True)
    assert marks["day-lai"].reason == "near_pass"
