"""A run that looks at what is new leaves what one that looks at everything leaves."""

from __future__ import annotations

import random
import shutil
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from autograder.daily.context import Context
from autograder.daily.works import works
from autograder.human.decide import Case, Ruling, decide, undo
from autograder.models import AutoMark, Decision, PupilResult
from autograder.openai_judge import OpenAIJudge
from autograder.pupil_results import overrule_pupil
from autograder.results import overrule
from courses.lessons.build import build_all
from courses.progress import points, standings, to_json_bytes
from courses.progress.roster import first_checks, groups, learners
from courses.school.db import session as open_session
from courses.school.models import Person, Submission
from courses.school.submissions import count_check
from courses.site import REPOSITORY, JudgeSettings
from tests.autograder.daily.ward import DAY, MORNING, Ward
from tests.fake_openai import BROKEN, FakeOpenAI, Fault, by_answer

SLUGS = ("01-ai-doan-chu", "02-lenh-bon-phan")
NAMES = [f"nguoi-{number}" for number in range(6)]


class Life:
    """What people, judges and authors do in a ward, by the dice."""

    def __init__(self, ward: Ward, provider: FakeOpenAI, seed: int) -> None:
        self.ward, self.provider, self.chance = ward, provider, random.Random(seed)
        self.day, self.minute = DAY, 0

    def live(self) -> None:
        acts = [self.hand_in, self.hand_in, self.hand_in, self.check, self.overrule, self.type_mark]
        acts += [self.decide, self.undo, self.teach, self.sleep, self.edit]
        for _ in range(self.chance.randint(1, 6)):
            self.chance.choice(acts)()

    def run(self, ward: Ward, *, whole: bool = False) -> None:
        ward.site = ward.site.model_copy(update={"judge": JudgeSettings(audit_share=0.5)})
        name = self.chance.choice(["fake", "fake", "other"])
        mood = self.chance.choice(["good", "good", "good", "down", "none", "unsure"])
        self.provider.always = BROKEN if mood == "down" else None
        self.provider.band = (lambda _: 0) if mood == "unsure" else None
        judge = OpenAIJudge(self.provider.base_url, "k", name, retries=0)
        ward.run(self.day, judge=None if mood == "none" else judge, whole=whole)

    def hand_in(self) -> None:
        slug = self.chance.choice(SLUGS)
        sample = self.chance.choice(self.ward.lessons[slug].samples)
        answers = {name: own.answer for name, own in sample.expect.items()}
        self.ward.submit(self.chance.choice(NAMES), slug, answers, case=sample.case, at=self.now())

    def now(self) -> datetime:
        self.minute += 1
        return MORNING + timedelta(days=(self.day - DAY).days, minutes=self.minute)

    def check(self) -> None:
        slug, name = self.chance.choice(SLUGS), self.chance.choice(NAMES)
        lesson = self.ward.lessons[slug]
        with open_session(self.ward.engine) as session:
            person, exercise = self.ward.person(session, name), lesson.slots[0].id
            right = self.chance.random() < 0.5
            count_check(session, person, lesson.key, exercise, right=right, now=self.now())

    def _some(self, session, query):
        found = session.scalars(query).all()
        return self.chance.choice(found) if found else None

    def overrule(self) -> None:
        with open_session(self.ward.engine) as session:
            mark = self._some(session, select(AutoMark).order_by(AutoMark.submission_id, AutoMark.exercise))
            if mark:
                own = session.get_one(Submission, mark.submission_id)
                overrule(session, own, mark.exercise, round(mark.max_score / 2, 1), "Thầy chấm.", "thay")

    def type_mark(self) -> None:
        rows = [row for row in self.ward.grades() if row[5] is None]
        if rows:
            row = self.chance.choice(rows)
            self.ward.mark_in_formgrader(row[0], row[2], 0.5, "Cô chấm ở nbgrader.")

    def decide(self) -> None:
        with open_session(self.ward.engine) as session:
            waiting = select(AutoMark).where(AutoMark.question != "", AutoMark.status == "waiting")
            mark = self._some(session, waiting.order_by(AutoMark.submission_id, AutoMark.exercise))
            if mark is None:
                return
            own = session.get_one(Submission, mark.submission_id)
            lesson = self.ward.lessons[own.lesson.split("/")[1]]
            rubric = lesson.slot(mark.exercise).variant(own.case).rubric
            ruling = Ruling(met={one.id: self.chance.random() < 0.5 for one in rubric}, comment="")
            case = Case(kind="queue", exercise=mark.exercise, by="thay")
            decide(session, lesson, case, ruling, [own], replace=True)

    def undo(self) -> None:
        with open_session(self.ward.engine) as session:
            taken = self._some(session, select(Decision).order_by(Decision.id))
            if taken:
                own = session.get_one(Submission, taken.submission_id)
                undo(session, taken, self.ward.lessons[own.lesson.split("/")[1]])

    def teach(self) -> None:
        with open_session(self.ward.engine) as session:
            row = self._some(session, select(PupilResult).order_by(PupilResult.submission_id))
            if row is None:
                return
            own = session.get_one(Submission, row.submission_id)
            teach = self.ward.lessons[own.lesson.split("/")[1]].slot(row.exercise).variant(own.case)
            met = {name: self.chance.random() < 0.7 for name in teach.understood_ids()}
            overrule_pupil(session, own, teach, met, "thay")

    def sleep(self) -> None:
        self.day += timedelta(days=1)

    def edit(self) -> None:
        """Change a lesson's text without changing what it asks."""
        path = self.ward.site.lessons / "level1" / self.chance.choice(SLUGS) / "lesson.md"
        path.write_text(path.read_text(encoding="utf-8") + "\nThêm một câu.\n", encoding="utf-8")
        build_all(self.ward.site.lessons, self.ward.data / "courses")
        self.ward.__dict__.pop("lessons", None)


@pytest.fixture
def ward(tmp_path):
    lessons, data = tmp_path / "lessons", tmp_path / "ward/data"
    for slug in SLUGS:
        shutil.copytree(REPOSITORY / "level1" / slug, lessons / "level1" / slug)
    data.mkdir(parents=True)
    build_all(lessons, data / "courses")
    ward = Ward(data, lessons)
    ward.run()
    ward.add_group("mot", [])
    yield ward
    ward.engine.dispose()


def from_scratch(ward, day):
    """The standings as the pure functions make them of everything that is there."""
    context = Context(ward.site, day, ward.engine, list(ward.lessons.values()), lambda _: None)
    with open_session(ward.engine) as session:
        earned = points(works(context, session), first_checks(session))
        totals = {name: own.total for name, own in earned.items()}
        return to_json_bytes(standings(groups(session), learners(session), totals, day))


@pytest.mark.parametrize("seed", range(12))
def test_after_any_nights_a_run_over_everything_changes_nothing(ward, expected, tmp_path, seed):
    with FakeOpenAI(by_answer(expected)) as provider:
        life = Life(ward, provider, seed)
        for night in range(6):
            life.live()
            life.run(ward)
            assert (ward.data / "boards/standings.json").read_bytes() == from_scratch(ward, life.day), night
        ward.run(life.day)
        before = ward.canonical()
        copy = ward.copy(tmp_path / "whole")
        copy.run(life.day, whole=True)
        after = copy.canonical()
        copy.engine.dispose()
    assert {part: after[part] == before[part] for part in before} == dict.fromkeys(before, True)


def test_a_second_run_looks_at_nothing_of_the_first(ward, expected):
    with FakeOpenAI(by_answer(expected), faults=[Fault(finish_reason="length")] * 4) as provider:
        ward.submit_samples()
        judge = OpenAIJudge(provider.base_url, "k", "fake", retries=0)
        first = ward.run(judge=judge)
        second = ward.run(judge=judge)
    counts = {step.step: step.counts for step in second.steps}
    assert first.waiting == second.waiting > 0
    assert (counts["collect"]["collected"], counts["mark"]["marked"]) == (0, 0)
    assert counts["judge"] == {"asked": 0, "judged": 0, "hits": 0, "identical": 0}
    assert counts["gradebook"] == {"pulled": 0, "projected": 0}
    assert counts["progress"]["recounted"] == 0


def test_a_students_rows_that_somebody_removed_come_back(ward):
    ward.submit_samples()
    ward.run()
    before = ward.canonical()
    name = ward.grades()[0][0]
    notebooks = """select n.id from submitted_notebook n join submitted_assignment s on s.id = n.assignment_id
                   where s.student_id = :name"""
    for table in ("grade", "comment"):
        ward.sql(f"delete from {table} where notebook_id in ({notebooks})", {"name": name})
    ward.sql(f"delete from submitted_notebook where id in ({notebooks})", {"name": name})
    ward.sql("delete from submitted_assignment where student_id = :name", {"name": name})
    ward.run()
    assert ward.canonical() == before


def test_a_gradebook_put_back_from_a_copy_is_brought_up_to_date(ward):
    ward.submit(NAMES[0], SLUGS[0], {})
    ward.run()
    book = ward.gradebook.removeprefix("sqlite:///")
    ward.sql("pragma wal_checkpoint(truncate)")
    shutil.copyfile(book, f"{book}.copy")
    sample = ward.lessons[SLUGS[0]].samples[0]
    ward.submit(NAMES[0], SLUGS[0], {name: own.answer for name, own in sample.expect.items()})
    ward.run()
    before = ward.canonical()
    ward.sql("pragma wal_checkpoint(truncate)")
    shutil.move(f"{book}.copy", book)
    assert ward.grades() != before["gradebook"]
    ward.run()
    assert ward.canonical() == before


def test_collected_folders_that_were_lost_come_back(ward):
    ward.submit_samples()
    ward.run()
    before = ward.canonical()
    shutil.rmtree(ward.course / "submitted")
    ward.run()
    assert ward.canonical() == before


def test_everything_is_looked_at_when_somebody_asks_for_it(ward):
    ward.submit_samples()
    ward.run()
    before = ward.canonical()
    name = next(path.name for path in (ward.course / "submitted").iterdir())
    shutil.rmtree(ward.course / "submitted" / name)
    ward.sql(
        "update submitted_assignment set timestamp = '2020-01-01' where student_id = :name", {"name": name}
    )
    ward.run()
    assert ward.canonical() != before
    ward.run(whole=True)
    assert ward.canonical() == before


def test_the_points_of_a_person_whose_only_lesson_went_away_go_and_come_back(ward, tmp_path):
    sample = next(own for own in ward.lessons[SLUGS[0]].samples if own.role == "full")
    ward.submit(NAMES[0], SLUGS[0], {name: own.answer for name, own in sample.expect.items()})
    ward.run()
    shutil.move(ward.site.lessons / "level1" / SLUGS[0], tmp_path / "away")
    ward.__dict__.pop("lessons", None)
    ward.run()
    assert (ward.data / "boards/standings.json").read_bytes() == from_scratch(ward, DAY)
    with open_session(ward.engine) as session:
        assert session.scalars(select(Person)).one().username == NAMES[0]
    shutil.move(tmp_path / "away", ward.site.lessons / "level1" / SLUGS[0])
    ward.__dict__.pop("lessons", None)
    ward.run()
    assert (ward.data / "boards/standings.json").read_bytes() == from_scratch(ward, DAY)
