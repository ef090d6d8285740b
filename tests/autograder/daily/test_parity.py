"""Stock ``nbgrader`` commands on what the daily run collected give what the daily run gave."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.feedback import FeedbackError, write_feedback
from autograder.openai_judge import OpenAIJudge
from tests.autograder.daily.conftest import PRODUCT_LESSON, attested
from tests.fake_openai import FakeOpenAI, by_keyword
from tests.hub_config.files.conftest import letter

SLUG = "05-bat-ai-bia"
WIPE = (
    "delete from grade", "delete from comment", "delete from submitted_notebook",
    "delete from submitted_assignment", "delete from student",
)  # fmt: skip


def nbgrader(ward, *arguments):
    """Run a command as an administrator does: in the course folder, with nothing of ours in the environment."""
    known = {name: value for name, value in os.environ.items() if not name.startswith(("BDHAI_", "OPENAI_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=ward.course, env={**known, "PATH": path}, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]


def notebooks(ward):
    """What formgrader shows: sources and outputs of each autograded notebook."""
    shown = {}
    for path in ward.course.glob("autograded/*/*/*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        shown[path.parent.parent.name, path.stem] = [
            ("".join(cell["source"]), ["".join(own["text"]) for own in cell.get("outputs", [])])
            for cell in cells
        ]
    return shown


@pytest.fixture
def marked(ward, judge, expected):
    """All samples of all lessons, marked by a daily run; people marked two of them."""
    ward.samples = ward.submit_samples()
    report = ward.run(judge=judge())
    assert report.judged > 0
    assert report.waiting < len(expected)
    return ward


@pytest.mark.timeout(900)
def test_stock_autograde_gives_the_same_scores_and_comments_for_all_samples(marked):
    grades, shown = marked.grades(), notebooks(marked)
    assert len(shown) == len(marked.samples)
    for statement in WIPE:
        marked.sql(statement)
    nbgrader(marked, "autograde", "*", "--force")
    assert marked.grades() == grades
    assert notebooks(marked) == shown


@pytest.mark.timeout(900)
def test_stock_autograde_works_on_a_gradebook_that_nbgrader_made_itself(marked):
    grades = [row for row in marked.grades() if row[1] == SLUG]
    for path in marked.course.glob("gradebook.db*"):
        path.unlink()
    nbgrader(marked, "generate_assignment", SLUG, "--force")
    nbgrader(marked, "autograde", SLUG, "--force")
    assert marked.grades() == grades


@pytest.mark.timeout(900)
def test_a_manual_mark_survives_stock_autograde_and_the_run_after_it(marked):
    username, exercise = next((row[0], row[2]) for row in marked.grades() if row[1] == SLUG)
    marked.mark_in_formgrader(username, exercise, 0.5, "Cô chấm.")
    grade = marked.grade(username, exercise)
    nbgrader(marked, "autograde", SLUG, "--force", "--student", username)
    assert marked.grade(username, exercise) == grade
    marked.run()
    assert marked.grade(username, exercise) == grade


@pytest.fixture
def with_files(products, tmp_path):
    """Works in files: the author's samples, real documents as the portal reads them, one for a person, one stopped."""
    products.submit_samples()
    files = {
        "dung": (letter(), "Công văn <đúng>.docx"),
        "sai": (letter(left=20, font="Arial"), "sai.docx"),
        "loi": (b"Moi ca to hop luc 8 gio.\n", "loi.txt"),
    }
    for username, (data, name) in files.items():
        file = attested(data, name, tmp_path)
        answer = {"file": {**file, "type": "docx"}, "text": "Tôi gửi bài."}
        products.submit(username, PRODUCT_LESSON, {"cong-van": answer, "bao-cao": answer}, case="official")
    long = attested(letter(), "dài.docx", tmp_path)
    long["facts"]["cut"] = True
    products.submit("dai", PRODUCT_LESSON, {"cong-van": {"file": long}}, case="official")
    keywords = {"viec": "đề nghị", "han": "trước ngày", "tiep": "tới từng nhà"}
    with FakeOpenAI(by_keyword(keywords)) as fake:
        report = products.run(judge=OpenAIJudge(fake.base_url, "key", "fake", retries=0))
    assert report.judged > 3
    assert report.waiting > 0
    return products


@pytest.mark.timeout(900)
def test_stock_autograde_gives_the_same_scores_for_works_in_files(with_files):
    grades, shown = with_files.grades(), notebooks(with_files)
    assert {row[4] is None for row in grades} == {True, False}, "some are marked, some wait for a person"
    assert any("Tệp: Công văn <đúng>.docx" in str(cells) for cells in shown.values())
    for statement in WIPE:
        with_files.sql(statement)
    nbgrader(with_files, "autograde", "*", "--force")
    assert with_files.grades() == grades
    assert notebooks(with_files) == shown


@pytest.mark.timeout(900)
def test_feedback_on_a_work_in_a_file_names_the_file_as_text_and_shows_its_checks(with_files):
    (page,) = write_feedback(with_files.site, PRODUCT_LESSON, "dung")
    text = page.read_text(encoding="utf-8")
    assert "✓ Đúng thể thức Nghị định 30/2020/NĐ-CP" in text
    assert "&lt;đúng&gt;.docx" in text
    assert "<đúng>" not in text
    assert "MARK SCHEME" not in text


def test_scores_are_what_the_authors_expect_wherever_the_judge_decided(marked):
    scores = {(row[0], row[2]): row[4] for row in marked.grades()}
    decided = 0
    for (username, slug), sample in marked.samples.items():
        for slot in marked.lessons[slug].slots:
            own = sample.expect.get(slot.id)
            if scores[username, slot.id] is not None:
                decided += 1
                assert scores[username, slot.id] == pytest.approx(own.score if own else 0), (
                    username,
                    slot.id,
                )
    assert decided > len(scores) * 0.8


@pytest.mark.timeout(900)
def test_feedback_shows_marks_and_comments_but_no_mark_scheme(marked):
    username = next(row[0] for row in marked.grades() if row[1] == SLUG)
    (page,) = write_feedback(marked.site, SLUG, username)
    text = page.read_text(encoding="utf-8")
    assert "Score:" in text
    assert "MARK SCHEME" not in text
    lesson = marked.lessons[SLUG]
    for slot in lesson.slots:
        for exercise in slot.variants.values():
            assert exercise.mark_scheme() not in text
            assert not hasattr(exercise, "reference") or exercise.reference not in text
    assert "MARK SCHEME" in (marked.course / "autograded" / username / SLUG / f"{SLUG}.ipynb").read_text(
        encoding="utf-8"
    )


def test_feedback_for_nobody_is_said_in_a_sentence(ward):
    with pytest.raises(FeedbackError, match="bdhai daily"):
        write_feedback(ward.site)
