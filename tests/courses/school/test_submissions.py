from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from courses.school.db import session
from courses.school.models import Attempt, Person, Visit
from courses.school.submissions import (
    MAX_BYTES,
    SubmissionTooLarge,
    count_check,
    find_submission,
    latest_submissions,
    record_visit,
    store_submission,
    submissions_of,
)

ANSWERS = {"lenh": {"text": "Bạn là cán bộ hộ tịch \u0000 \ud800"}}


@pytest.fixture
def lan(engine, add_person):
    with session(engine) as db:
        return add_person(db, "lan")


def together(count, work):
    """Run work in threads at once; hand back what they raised."""
    problems = []
    start = threading.Barrier(count)

    def run():
        start.wait()
        try:
            work()
        except Exception as error:  # noqa: BLE001 - the test looks at all of them
            problems.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems


def test_a_submission_comes_back_as_it_went(engine, lan, lesson, now):
    with session(engine) as db:
        receipt = store_submission(db, lan, lesson, "citizen", ANSWERS, now).receipt
    with session(engine) as db:
        found = find_submission(db, receipt)
        assert (found.number, found.case, found.lesson) == (1, "citizen", lesson.key)
        assert found.answers == ANSWERS
        assert found.submitted_at == now
        assert found.lesson_hash == lesson.hash
        assert found.person.username == "lan"
        assert find_submission(db, "AAAA-AAAA") is None


def test_submissions_that_come_together_get_numbers_of_their_own(engine, lan, lesson, now):
    def submit():
        for _ in range(5):
            with session(engine) as db:
                person = db.get(Person, lan.id)
                store_submission(db, person, lesson, "citizen", ANSWERS, now)

    assert together(6, submit) == []
    with session(engine) as db:
        stored = submissions_of(db, lan, lesson.key)
    assert [submission.number for submission in stored] == list(range(30, 0, -1))
    assert len({submission.receipt for submission in stored}) == 30


def test_256_kib_is_the_limit_in_bytes(db, lan, lesson, now):
    room = MAX_BYTES - len('{"a": {"text": ""}}')
    store_submission(db, lan, lesson, "citizen", {"a": {"text": "x" * room}}, now)
    for text in ("x" * (room + 1), "đ" * (room // 2 + 1)):
        with pytest.raises(SubmissionTooLarge):
            store_submission(db, lan, lesson, "citizen", {"a": {"text": text}}, now)
    assert len(submissions_of(db, lan)) == 1


def test_only_the_last_submission_of_a_person_and_lesson_counts(db, lan, lesson, add_person, now):
    other_lesson = lesson.model_copy(update={"key": "level1/10-khac"})
    mai = add_person(db, "mai")
    first = store_submission(db, lan, lesson, "citizen", {}, now)
    second = store_submission(db, lan, lesson, "citizen", {}, now + timedelta(days=1))
    hers = store_submission(db, mai, lesson, "trader", {}, now)
    elsewhere = store_submission(db, lan, other_lesson, "citizen", {}, now)
    assert latest_submissions(db) == (second, hers, elsewhere)
    assert latest_submissions(db, lesson.key) == (second, hers)
    assert latest_submissions(db, lesson.key, before=now + timedelta(hours=1)) == (first, hers)
    assert submissions_of(db, lan) == (elsewhere, second, first)


def test_checks_count_up_and_keep_how_the_first_one_went(engine, lan, now):
    with session(engine) as db:
        assert count_check(db, lan, "level1/x", "chon", right=False, now=now).tries == 1
    later = now + timedelta(minutes=1)
    with session(engine) as db:
        attempt = count_check(db, lan, "level1/x", "chon", right=True, now=later)
        assert (attempt.tries, attempt.first_right) == (2, False)
        assert (attempt.first_at, attempt.last_at) == (now, later)


def test_checks_that_come_together_all_count(engine, lan, now):
    def check():
        for _ in range(5):
            with session(engine) as db:
                count_check(db, db.get(Person, lan.id), "level1/x", "chon", right=True, now=now)

    assert together(6, check) == []
    with session(engine) as db:
        assert db.get(Attempt, (lan.id, "level1/x", "chon")).tries == 30


def test_a_second_visit_moves_only_the_last_time(engine, lan, now):
    later = now + timedelta(days=1)
    for moment in (now, later):
        with session(engine) as db:
            record_visit(db, lan, "level1/x", moment)
    with session(engine) as db:
        visit = db.get(Visit, (lan.id, "level1/x"))
        assert (visit.first_at, visit.last_at) == (now, later)
