"""Formgrader behind a real hub: a trainer sees and marks the learners of their own groups, and nobody else."""

import json
import os
import re
import subprocess
import sys

import pytest
import requests
from nbgrader.api import Gradebook
from sqlalchemy import select

from courses.school.db import open_engine, session
from courses.school.models import Person, TrainerGroup
from tests.hub_fixture import running_hub

pytestmark = pytest.mark.e2e

PREFIX = "/services/cham/level1/formgrader"


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    with running_hub(data) as running:
        mark_everything(data)
        yield running


def mark_everything(data):
    env = os.environ | {"BDHAI_DATA": str(data), "BDHAI_SITE": str(data / "site.yaml"), "BDHAI_AI": "none"}
    command = [sys.executable, "-m", "hub_config", "daily", "--json"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def gradebook(hub):
    with Gradebook(f"sqlite:///{hub.data / 'courses' / 'level1' / 'gradebook.db'}", "level1") as book:
        yield book


@pytest.fixture(scope="module")
def own(hub):
    """The user names of the trainer's learners."""
    engine = open_engine(f"sqlite:///{hub.data / 'bdhai.sqlite'}")
    with session(engine) as db:
        trainer = db.scalars(select(Person).where(Person.username == hub.accounts["trainer"][0])).one()
        groups = select(TrainerGroup.group_id).where(TrainerGroup.person_id == trainer.id)
        names = set(
            db.scalars(select(Person.username).where(Person.group_id.in_(groups), Person.role == "learner"))
        )
    engine.dispose()
    assert names
    return names


@pytest.fixture(scope="module")
def marked(gradebook):
    """Everybody with marked work, as nbgrader knows them."""
    return {each.student.id for lesson in gradebook.assignments for each in lesson.submissions}


@pytest.fixture(scope="module")
def foreign(gradebook, own):
    """Somebody else's marked notebook."""
    return page_of(gradebook, lambda student: student not in own)


@pytest.fixture(scope="module")
def near(gradebook, own):
    """A marked notebook of one of the trainer's learners."""
    return page_of(gradebook, lambda student: student in own)


def page_of(gradebook, wanted):
    return next(
        page
        for lesson in gradebook.assignments
        for submission in lesson.submissions
        for page in submission.notebooks
        if wanted(submission.student.id)
    )


class Desk:
    """One person at formgrader."""

    def __init__(self, hub, role):
        self.address = hub.address + PREFIX
        self.browser = hub.sign_in(role)
        self.front = self.browser.get(self.address + "/", timeout=60)

    def get(self, path):
        return self.browser.get(f"{self.address}/{path}", timeout=60)

    def send(self, method, path, body):
        token = next(
            each.value
            for each in self.browser.cookies
            if each.name == "_xsrf" and each.path.startswith("/services/cham/")
        )
        headers = {"X-XSRFToken": token, "Content-Type": "application/json"}
        return self.browser.request(
            method, f"{self.address}/{path}", data=json.dumps(body), headers=headers, timeout=60
        )


@pytest.fixture(scope="module")
def trainer(hub):
    return Desk(hub, "trainer")


@pytest.fixture(scope="module")
def administrator(hub):
    return Desk(hub, "administrator")


def test_each_level_has_a_book_of_its_own_and_one_process_serves_all(hub, administrator):
    for level in ("level1", "level2", "level3", "level4", "level5"):
        page = administrator.browser.get(
            f"{hub.address}/services/cham/{level}/formgrader/api/assignments", timeout=60
        )
        lessons = {folder.name for folder in (hub.data / "courses" / level / "source").iterdir()}
        assert {each["name"] for each in page.json()} == lessons, level
    assert len(hub.processes(JUPYTERHUB_SERVICE_NAME="cham")) == 1


@pytest.mark.parametrize("role", ["learner", "official"])
def test_who_does_not_mark_is_not_let_in(hub, role):
    assert Desk(hub, role).front.status_code == 403


def test_a_stranger_is_sent_to_the_sign_in(hub):
    page = requests.get(hub.address + PREFIX + "/api/students", timeout=60)
    assert page.url.startswith(f"{hub.address}/hub/login")


def test_a_trainer_sees_the_students_of_own_groups_only(trainer, own, marked):
    shown = {each["id"] for each in trainer.get("api/students").json()}
    assert shown == own & marked
    assert marked - own, "the demo must have others, or this proves nothing"


def test_an_administrator_sees_everybody(administrator, marked):
    shown = {each["id"] for each in administrator.get("api/students").json()}
    assert shown >= marked


def test_learners_go_by_their_id_and_nobodys_name_is_told(trainer):
    for student in trainer.get("api/students").json():
        assert (student["last_name"], student["first_name"]) == (student["id"], "học viên")


def test_lists_of_submissions_hold_own_learners_only(trainer, gradebook, own):
    for lesson in gradebook.assignments:
        for path in (f"submissions/{lesson.name}", f"submitted_notebooks/{lesson.name}/{lesson.name}"):
            shown = {each["student"] for each in trainer.get(f"api/{path}").json()}
            assert shown <= own, path


def test_counts_and_means_are_of_own_learners_only(trainer, administrator, gradebook, own):
    for lesson in gradebook.assignments:
        counted = trainer.get(f"api/assignment/{lesson.name}").json()["num_submissions"]
        assert counted == len({each.student.id for each in lesson.submissions} & own)
    assert any(
        trainer.get(f"api/assignment/{lesson.name}").json()["num_submissions"]
        < administrator.get(f"api/assignment/{lesson.name}").json()["num_submissions"]
        for lesson in gradebook.assignments
    )


def test_another_groups_learner_is_nowhere(trainer, foreign):
    student, lesson = foreign.student.id, foreign.assignment.assignment.name
    grade, comment = foreign.grades[0].id, foreign.comments[0].id
    for path in (
        f"submissions/{foreign.id}/",
        f"submissions/{foreign.id}/next",
        f"submissions/{foreign.id}/{lesson}.ipynb",
        f"api/submission/{lesson}/{student}",
        f"api/student/{student}",
        f"api/grades?submission_id={foreign.id}",
        f"api/comments?submission_id={foreign.id}",
        f"api/grade/{grade}",
        f"api/comment/{comment}",
    ):
        assert trainer.get(path).status_code == 404, path
    assert trainer.get(f"api/student_submissions/{student}").json() == []
    assert trainer.get(f"api/student_notebook_submissions/{student}/{lesson}").json() == []


def test_another_groups_mark_cannot_be_changed(trainer, foreign, gradebook):
    grade, comment = foreign.grades[0].id, foreign.comments[0].id
    assert trainer.send("PUT", f"api/grade/{grade}", {"manual_score": 0}).status_code == 404
    assert trainer.send("PUT", f"api/comment/{comment}", {"manual_comment": "x"}).status_code == 404
    assert trainer.send("POST", f"api/submitted_notebook/{foreign.id}/flag", {}).status_code == 404
    gradebook.db.expire_all()
    assert gradebook.find_grade_by_id(grade).manual_score is None


def test_an_administrator_reaches_what_the_trainer_could_not(administrator, foreign):
    assert administrator.get(f"submissions/{foreign.id}/").status_code == 200
    assert administrator.get(f"api/grade/{foreign.grades[0].id}").status_code == 200


def test_a_trainer_reads_and_marks_an_own_learners_work(trainer, near, gradebook):
    page = trainer.get(f"submissions/{near.id}/")
    assert page.status_code == 200
    grade = next(each for each in near.grades if each.max_score >= 1)
    assert trainer.send("PUT", f"api/grade/{grade.id}", {"manual_score": 1}).status_code == 200
    gradebook.db.expire_all()
    assert gradebook.find_grade_by_id(grade.id).manual_score == 1
    assert trainer.send("PUT", f"api/grade/{grade.id}", {"manual_score": None}).status_code == 200


@pytest.mark.parametrize("score", [-1, 1e9, float("nan"), "1", True, [1]])
def test_a_mark_outside_the_exercises_points_is_refused(trainer, near, score):
    assert trainer.send("PUT", f"api/grade/{near.grades[0].id}", {"manual_score": score}).status_code == 400


def test_extra_credit_and_endless_comments_are_refused(trainer, near):
    grade, comment = near.grades[0].id, near.comments[0].id
    assert (
        trainer.send("PUT", f"api/grade/{grade}", {"manual_score": 0, "extra_credit": 5}).status_code == 400
    )
    assert trainer.send("PUT", f"api/comment/{comment}", {"manual_comment": "x" * 8001}).status_code == 400


def test_a_page_asks_nobody_else_for_anything(trainer, near):
    page = trainer.get(f"submissions/{near.id}/")
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    loaded = re.findall(r"""(?:src|href)=["'](https?://[^"']+)""", page.text)
    assert loaded == []


def test_nothing_can_be_run_collected_or_rewritten(trainer, near):
    student, lesson = near.student.id, near.assignment.assignment.name
    for path in (
        f"api/submission/{lesson}/{student}/autograde",
        f"api/assignment/{lesson}/assign",
        f"api/assignment/{lesson}/collect",
        f"api/assignment/{lesson}/release",
        f"api/assignment/{lesson}/generate_feedback",
        f"api/assignment/{lesson}/{student}/release_feedback",
    ):
        answer = trainer.send("POST", path, {})
        assert answer.json()["success"] is False, path
        assert "chấm tự động" in answer.json()["error"]
    assert trainer.send("PUT", f"api/assignment/{lesson}", {"duedate_notimezone": None}).status_code == 405
    assert trainer.send("PUT", f"api/student/{student}", {"first_name": "x"}).status_code == 405


def test_the_configuration_of_another_folder_is_never_loaded(trainer, tmp_path):
    (tmp_path / "nbgrader_config.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')", encoding="utf-8")
    trainer.get(f"?path={tmp_path}")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "way_out", ["../../../gradebook.db", "%2e%2e/%2e%2e/%2e%2e/gradebook.db", "answers.json"]
)
def test_no_file_but_the_pictures_of_the_page_is_served(trainer, near, way_out):
    assert trainer.get(f"submissions/{near.id}/{way_out}").status_code == 404


@pytest.mark.parametrize(
    "path", ["api/kernels", "api/contents", "api/terminals", "tree", "files/gradebook.db", "lab"]
)
def test_there_is_no_kernel_no_file_browser_and_no_terminal(hub, trainer, path):
    reply = trainer.browser.get(f"{hub.address}/services/cham/level1/{path}", timeout=60)
    assert reply.status_code == 404


def test_a_write_without_the_forgery_token_is_refused(trainer, near):
    reply = trainer.browser.put(
        f"{trainer.address}/api/grade/{near.grades[0].id}", data='{"manual_score": 0}', timeout=60
    )
    assert reply.status_code == 403
