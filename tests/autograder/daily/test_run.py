from __future__ import annotations

import json
import threading
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from autograder import daily
from autograder.daily import DailyError
from autograder.models import LedgerEntry
from autograder.results import overrule
from courses.school.db import session as open_session
from courses.school.models import Submission
from tests.autograder.daily.ward import DAY, later
from tests.fake_openai import BROKEN

SLUG = "02-lenh-bon-phan"
CHOICE = "01-ai-doan-chu"


@pytest.fixture
def full(ward):
    """The full-mark sample of the lesson on prompts."""
    return next(sample for sample in ward.lessons[SLUG].samples if sample.role == "full")


def answers_of(sample):
    return {name: own.answer for name, own in sample.expect.items()}


def counts(report):
    return {step.step: step.counts for step in report.steps}


def test_a_day_goes_from_submission_to_gradebook_and_board(ward, judge, full):
    receipt = ward.submit("lan", SLUG, answers_of(full), case=full.case)
    report = ward.run(judge=judge())
    assert [step.step for step in report.steps] == list(daily.STEPS)
    assert (report.judged, report.waiting, report.resumed) == (2, 0, False)
    marks = ward.marks(receipt)
    assert {name: mark.score for name, mark in marks.items()} == {n: e.score for n, e in full.expect.items()}
    assert {name: ward.grade("lan", name)["auto"] for name in marks} == {n: m.score for n, m in marks.items()}
    board = json.loads((ward.data / "boards/standings.json").read_bytes())
    assert board["people"] == [{"group": "", "points": 15, "pseudonym": "Bút danh lan", "rank": 1}]


def test_a_second_run_touches_nothing(ward, judge, provider, full):
    ward.submit("lan", SLUG, answers_of(full), case=full.case)
    ward.run(judge=judge())
    before, calls = ward.canonical(), provider.calls
    times = {path: path.stat().st_mtime_ns for path in ward.course.rglob("*.ipynb")}
    report = ward.run(judge=judge())
    assert (report.judged, provider.calls) == (0, calls)
    assert [counts(report)[step] for step in ("collect", "mark", "gradebook")] == [
        {"counting": 1, "collected": 0},
        {"marked": 0, "recalled": 0, "silent": 0},
        {"pulled": 0, "projected": 0},
    ]
    assert {path: path.stat().st_mtime_ns for path in ward.course.rglob("*.ipynb")} == times
    assert ward.canonical() == before


def test_only_what_is_new_is_touched(ward, full):
    ward.submit("lan", SLUG, answers_of(full), case=full.case)
    ward.run()
    ward.submit("mai", SLUG, answers_of(full), case=full.case, at=later(1))
    report = ward.run()
    assert counts(report)["collect"] == {"counting": 2, "collected": 1}
    assert counts(report)["gradebook"] == {"pulled": 0, "projected": 1}


def test_identical_answers_are_judged_once(ward, judge, provider, full):
    for number, username in enumerate(("lan", "mai", "tam")):
        answers = answers_of(full)
        answers["lenh"] = {"text": answers["lenh"]["text"].replace(" ", " " * (number + 1))}
        ward.submit(username, SLUG, answers, case=full.case)
    report = ward.run(judge=judge())
    assert (report.judged, report.ledger_hits, report.identical) == (2, 0, 4)
    assert sum(asked.kind == "verdicts" for asked in provider.asked) == 2
    assert {row[4] for row in ward.grades() if row[2] == "lenh"} == {full.expect["lenh"].score}


def test_an_answer_that_was_judged_before_costs_nothing(ward, judge, provider, full):
    ward.submit("lan", SLUG, answers_of(full), case=full.case)
    ward.run(judge=judge())
    calls = provider.calls
    ward.submit("mai", SLUG, answers_of(full), case=full.case)
    report = ward.run(judge=judge())
    assert (report.judged, report.ledger_hits, provider.calls) == (0, 2, calls)
    assert ward.grade("mai", "lenh")["auto"] == full.expect["lenh"].score


def test_without_a_judge_rubric_answers_wait_and_the_ledger_stays_empty(ward, full):
    ward.submit("lan", SLUG, answers_of(full), case=full.case)
    report = ward.run()
    assert (report.judged, report.waiting, report.abstained) == (0, 2, {})
    grade = ward.grade("lan", "lenh")
    assert (grade["auto"], grade["needs"]) == (None, 1)
    with open_session(ward.engine) as session:
        assert session.scalar(select(func.count(LedgerEntry.id))) == 0


def test_blank_and_unchanged_answers_never_reach_the_judge(ward, judge, provider, full):
    task = ward.lessons[SLUG].slot("lenh").variant(full.case).statement
    ward.submit("lan", SLUG, {"lenh": {"text": task}, "day-lai": {"text": " … "}}, case=full.case)
    report = ward.run(judge=judge())
    assert (provider.calls, report.waiting) == (0, 0)
    assert {ward.grade("lan", name)["auto"] for name in ("lenh", "day-lai")} == {0}


def test_an_abstention_waits_for_a_person_and_is_not_asked_again(ward, judge, provider, full):
    provider.band = lambda _: 0  # the second signal disagrees
    ward.submit("lan", SLUG, answers_of(full), case=full.case)
    report = ward.run(judge=judge())
    assert (report.abstained, report.waiting) == ({"signals_disagree": 2}, 2)
    assert ward.grade("lan", "lenh")["needs"] == 1
    calls = provider.calls
    again = ward.run(judge=judge())
    assert (provider.calls, again.abstained) == (calls, {"signals_disagree": 2})


def test_a_fault_of_the_provider_is_asked_again_at_the_next_run(ward, judge, provider, full):
    provider.always = BROKEN
    ward.submit("lan", SLUG, answers_of(full), case=full.case)
    report = ward.run(judge=judge())
    assert (report.judged, report.abstained) == (0, {"provider_error": 2})
    provider.always = None
    assert ward.run(judge=judge()).judged == 2
    assert ward.grade("lan", "lenh")["auto"] == full.expect["lenh"].score


def test_a_judge_that_breaks_leaves_all_other_marks_alone(ward, judge, full, caplog):
    class Broken:
        name, prompt_hash = "broken", "p"

        async def judge(self, exercise, *_):
            raise NameError(exercise.id)

        async def aclose(self):
            pass

    receipt = ward.submit("lan", SLUG, answers_of(full), case=full.case)
    report = ward.run(judge=Broken())
    assert (report.abstained, report.waiting) == ({"judge_broken": 2}, 2)
    assert "NameError" in caplog.text
    rules = [name for name, own in full.expect.items() if not own.verdicts]
    assert all(ward.marks(receipt)[name].score == full.expect[name].score for name in rules)
    assert ward.run(judge=judge()).judged == 2


def test_a_person_who_marked_leaves_nothing_to_judge(ward, judge, provider, full):
    receipt = ward.submit("lan", SLUG, answers_of(full), case=full.case)
    ward.run()
    with open_session(ward.engine) as session:
        submission = session.scalars(select(Submission).where(Submission.receipt == receipt)).one()
        for exercise in ("lenh", "day-lai"):
            overrule(session, submission, exercise, 1, "Tôi chấm.", "thay")
    report = ward.run(judge=judge())
    assert (provider.calls, report.waiting) == (0, 0)


def test_the_newest_submission_counts_and_takes_the_older_ones_place(ward, full):
    ward.submit("lan", SLUG, {})
    ward.run()
    ward.submit("lan", SLUG, answers_of(full), case=full.case)  # in the same second
    report = ward.run()
    rules = [name for name, own in full.expect.items() if not own.verdicts]
    assert counts(report)["collect"]["counting"] == 1
    assert all(ward.grade("lan", name)["auto"] == full.expect[name].score for name in rules)
    stored = json.loads((ward.course / "submitted/lan" / SLUG / "answers.json").read_bytes())
    assert stored["answers"] == answers_of(full)
    assert ward.canonical()["projected"][0][0] == 2


def test_a_submission_after_the_days_end_belongs_to_the_next_day(ward):
    before_four = datetime(2026, 3, 2, 20, 59, tzinfo=UTC)  # 03:59 in Vietnam
    after_four = datetime(2026, 3, 2, 21, 0, tzinfo=UTC)
    ward.submit("lan", CHOICE, {}, at=before_four)
    ward.submit("mai", CHOICE, {}, at=after_four)
    assert counts(ward.run(DAY))["collect"]["counting"] == 1
    assert counts(ward.run(date(2026, 3, 3)))["collect"]["counting"] == 2


def test_a_day_before_the_newest_is_refused_for_it_would_put_old_submissions_back(ward):
    ward.run(date(2026, 3, 5))
    with pytest.raises(DailyError, match="Đã chấm đến ngày 05/03/2026, không chấm lùi về ngày 02/03/2026"):
        ward.run(DAY)


def test_the_collected_notebook_is_the_release_copy(ward):
    ward.submit("lan", CHOICE, {})
    ward.run()
    collected = ward.course / "submitted/lan" / CHOICE / f"{CHOICE}.ipynb"
    assert collected.read_bytes() == (ward.course / "release" / CHOICE / f"{CHOICE}.ipynb").read_bytes()


def test_a_lost_gradebook_is_projected_again(ward, full):
    ward.submit("lan", SLUG, answers_of(full), case=full.case)
    ward.run()
    before = ward.canonical()
    for path in ward.course.glob("gradebook.db*"):
        path.unlink()
    ward.run()
    assert ward.canonical() == before


def test_a_lesson_that_is_not_built_is_said_in_a_sentence(ward):
    ward.submit("lan", CHOICE, {})
    (ward.course / "release" / CHOICE / f"{CHOICE}.ipynb").unlink()
    with pytest.raises(DailyError, match="bdhai build"):
        ward.run()


def test_two_runs_at_once_wait_for_each_other(ward, judge, provider, full):
    ward.submit("lan", SLUG, answers_of(full), case=full.case)
    provider.latency = 0.3
    events, reports = [], []
    inside = threading.Event()

    def first(event):
        if event.step == "judge":
            inside.set()

    one = threading.Thread(target=lambda: reports.append(ward.run(judge=judge(), progress=first)))
    one.start()
    assert inside.wait(30)
    ward.run(judge=judge(), progress=events.append)
    one.join(30)
    assert events[0].step == "wait"
    assert reports[0].judged == 2
    assert provider.calls == 4  # verdicts and band of two answers, once


def test_the_board_is_rendered_after_the_standings(ward):
    seen = []
    ward.run(render=lambda site: seen.append((site.data / "boards/standings.json").exists()))
    assert seen == [True]
