"""The gradebook, held against nbgrader's own models."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import nbgrader.api
import pytest
from nbgrader.api import Gradebook
from nbgrader.utils import compute_checksum
from sqlalchemy import create_engine, inspect, select, text
from sqlalchemy.engine import make_url

from autograder import gradebook
from autograder.gradebook import tables
from autograder.gradebook.notebooks import Assignment, checksum
from autograder.results import overrule
from courses.lessons import load_lessons
from courses.lessons.build import build_all
from courses.school.db import session as open_session
from courses.school.models import Submission
from courses.site import REPOSITORY, gradebook_url
from tests.autograder.daily.ward import Ward
from tests.fixtures_postgres import postgres_server, postgres_url  # noqa: F401 - fixtures

SLUG = "02-lenh-bon-phan"


def test_our_tables_are_nbgraders():
    theirs = nbgrader.api.Base.metadata.tables
    for name, table in tables.METADATA.tables.items():
        for column in table.columns:
            own = theirs[name].columns[column.name]
            assert (type(own.type), own.primary_key) == (type(column.type), column.primary_key), (
                name,
                column.name,
            )
        required = {own.name for own in theirs[name].columns if not own.nullable and own.default is None}
        assert required <= set(table.columns.keys())


def test_checksums_equal_nbgraders_for_every_cell(ward):
    for slug in ward.lessons:
        assignment = Assignment(ward.course, slug)
        for cell in assignment.cells.values():
            assert checksum(cell) == compute_checksum(nbformat.from_dict(cell))


def test_a_new_gradebook_is_what_nbgrader_makes(tmp_path, monkeypatch):
    own_bin = Path(sys.executable).parent  # nbgrader calls alembic by its bare name
    monkeypatch.setenv("PATH", f"{own_bin}{os.pathsep}{os.environ['PATH']}")
    ours, theirs = f"sqlite:///{tmp_path / 'ours.db'}", f"sqlite:///{tmp_path / 'theirs.db'}"
    with gradebook.open_gradebook(ours) as engine:
        names = set(inspect(engine).get_table_names()) - set(tables.OURS.tables)
        made = {name: _columns(engine, name) for name in names}
        with engine.connect() as connection:
            head = connection.scalar(text("select version_num from alembic_version"))
    with Gradebook(theirs) as stock:
        assert made == {
            name: _columns(stock.engine, name) for name in inspect(stock.engine).get_table_names()
        }
        assert head == stock.db.scalar(text("select version_num from alembic_version"))
    assert list(tmp_path.glob(".gradebook-*")) == []


def _columns(engine, table):
    return [(own["name"], str(own["type"]), own["nullable"]) for own in inspect(engine).get_columns(table)]


def test_nbgrader_reads_totals_and_what_needs_a_person(ward):
    ward.submit("lan", SLUG, {"lenh": {"text": "Đóng vai cán bộ, viết thư mời."}})
    ward.run()
    with Gradebook(ward.gradebook, "level1") as stock:
        submission = stock.find_submission(SLUG, "lan")
        assert submission.needs_manual_grade
        assert submission.max_score == ward.lessons[SLUG].max_score
        assert stock.find_grade("lenh", SLUG, SLUG, "lan").needs_manual_grade
        assert stock.find_student("lan").score == 0


def test_an_edited_lesson_changes_marks_cells_and_points(ward, tmp_path):
    lessons = tmp_path / "lessons"
    shutil.copytree(REPOSITORY / "level1" / "01-ai-doan-chu", lessons / "level1/01-ai-doan-chu")
    own = Ward(ward.data, lessons)
    slot = own.lessons["01-ai-doan-chu"].slots[0]
    own.submit("lan", "01-ai-doan-chu", {slot.id: {"chosen": ["o1"]}})
    own.run()
    removed = own.lessons["01-ai-doan-chu"].slots[-1].id
    assert own.grade("lan", removed)["auto"] == 0
    _drop_block(lessons / "level1/01-ai-doan-chu/lesson.md", removed)
    build_all(lessons, ward.data / "courses")
    edited = Ward(ward.data, lessons)
    edited.run()
    assert removed not in {row[2] for row in edited.grades()}
    assert {row[2] for row in edited.grades()} == {slot.id for slot in edited.lessons["01-ai-doan-chu"].slots}
    own.engine.dispose()
    edited.engine.dispose()


def _drop_block(path, exercise):
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    start = next(
        n
        for n, line in enumerate(lines)
        if line.startswith(":::") and line.rstrip().endswith(f"}} {exercise}")
    )
    end = next(n for n in range(start + 1, len(lines)) if lines[n].rstrip() == ":::")
    path.write_text("".join(lines[:start] + lines[end + 1 :]), encoding="utf-8")
    samples = path.parent / "samples.yaml"
    samples.write_text("[]\n", encoding="utf-8")


@pytest.mark.timeout(300)
def test_it_all_works_on_postgresql(tmp_path, postgres_url, judge):  # noqa: F811 - the fixture
    data = tmp_path / "data"
    build_all(REPOSITORY, data / "courses")
    ward = Ward(data, database=postgres_url)
    for level in {lesson.course for lesson in load_lessons(REPOSITORY)}:
        _create_database(postgres_url, gradebook_url(ward.site, level))
    sample = next(own for own in ward.lessons[SLUG].samples if own.role == "full")
    receipt = ward.submit("lan", SLUG, {n: own.answer for n, own in sample.expect.items()}, case=sample.case)
    assert ward.run(judge=judge()).judged == 2
    with Gradebook(ward.gradebook, "level1") as stock:
        assert stock.find_submission(SLUG, "lan").score == sum(own.score for own in sample.expect.values())
        stock.find_grade("lenh", SLUG, SLUG, "lan").manual_score = 1
        stock.db.commit()
    with open_session(ward.engine) as session:
        submission = session.scalars(select(Submission).where(Submission.receipt == receipt)).one()
        overrule(session, submission, "day-lai", 1, "Thầy chấm.", "thay")
    ward.run()
    assert ("lenh", 1, "", "formgrader") in ward.human_marks()
    with Gradebook(ward.gradebook, "level1") as stock:
        assert stock.find_grade("day-lai", SLUG, SLUG, "lan").manual_score == 1
    ward.engine.dispose()


def _create_database(url, wanted):
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{make_url(wanted).database}"'))
    engine.dispose()


def test_the_run_needs_no_nbgrader_once_the_gradebook_exists_and_no_openai_without_a_judge(ward):
    code = (
        "import sys, datetime, pathlib;"
        "from autograder import daily; from courses.site import Site;"
        f"daily.run(Site(data=pathlib.Path({str(ward.data)!r})), datetime.date(2026, 3, 2));"
        "print('nbgrader' in sys.modules, 'openai' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("False False", "")
