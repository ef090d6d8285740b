"""The five levels: every lesson serves a skill, certificates have names to print, and a mistake is named by line."""

from __future__ import annotations

import pytest

from courses.catalog.levels import FILE, LEVELS, PICTURE, load_level, load_levels
from courses.catalog.syllabus import load_syllabus
from courses.lessons import lesson_folders, load_lesson
from courses.lessons.lint.content import is_active
from courses.site import REPOSITORY
from courses.yaml_errors import YamlError


def test_the_levels_bear_the_programmes_names_and_reach_every_lesson():
    levels = load_levels(REPOSITORY)
    assert [level.name for level in levels.values()] == [
        "Xử lý văn bản cơ bản", "Đa phương tiện và truyền thông", "Mô hình tư duy chuyên nghiệp",
        "Quản trị dữ liệu và tri thức", "Sáng tạo và đổi mới",
    ]  # fmt: skip
    served = {number for level in levels.values() for skill in level.skills for number in skill.lessons}
    assert served == {number for number, one in load_syllabus().items() if one.level}
    for number, level in levels.items():
        heading = (REPOSITORY / f"level{number}/README.md").read_text(encoding="utf-8").splitlines()[0]
        assert heading == f"# Bậc {number} – {level.name}"


@pytest.mark.parametrize("number", LEVELS)
def test_a_levels_picture_is_told_in_words_works_by_night_and_runs_nothing(number):
    level = load_level(REPOSITORY / f"level{number}")
    assert len(level.picture.split()) > 10
    svg = (REPOSITORY / f"level{number}" / PICTURE).read_text(encoding="utf-8")
    assert f"<title>{level.picture.rstrip('.')}</title>" in svg
    assert "prefers-color-scheme:dark" in svg
    assert not is_active(svg)
    assert len(svg) < 6000
    readme = (REPOSITORY / f"level{number}/README.md").read_text(encoding="utf-8")
    assert f"![{level.picture}]({PICTURE})" in readme


def test_the_skills_of_every_lesson_are_those_of_its_level():
    levels = load_levels(REPOSITORY)
    for folder in lesson_folders(REPOSITORY):
        lesson = load_lesson(folder, with_samples=False)
        assert set(lesson.skills) <= levels[lesson.level].skills_of(lesson.number), lesson.key


@pytest.fixture
def fault(tmp_path):
    """Return a function that changes level 3's file, and tells what is said of it."""

    def told(old: str, new: str) -> str:
        text = (REPOSITORY / "level3" / FILE).read_text(encoding="utf-8")
        assert old in text
        (tmp_path / "level3").mkdir(exist_ok=True)
        (tmp_path / "level3" / FILE).write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(YamlError) as caught:
            load_level(tmp_path / "level3")
        return str(caught.value)

    return told


FAULTS = [
    ('lessons: ["3.1"]', 'lessons: ["3.1", "3.41"]', "kỹ năng “hoi-cho-ra-viec”: chương trình của bậc này không có bài 3.41"),
    ('lessons: ["3.1"]', 'lessons: ["3.1", "2.1"]', "chương trình của bậc này không có bài 2.1"),
    ('lessons: ["3.2", "3.4"]', 'lessons: ["3.2"]', "bài 3.4 chưa thuộc kỹ năng nào"),
    ("id: chia-van-de", "id: tim-goc", "kỹ năng “tim-goc” có hai lần: gộp lại làm một"),
    ("id: chia-van-de", "id: Chia", "skills.2.id: viết sai dạng"),
    ("outcome: >-", "outcom: >-", "outcom: không có mục này"),
    ("skills:\n", "skills: [\n", "không đọc được YAML"),
]  # fmt: skip


@pytest.mark.parametrize("case", FAULTS, ids=[case[2] for case in FAULTS])
def test_a_fault_is_named_with_file_and_line(fault, case):
    old, new, message = case
    said = fault(old, new)
    assert message in said
    assert said.startswith("level3/level.yaml:")


def test_the_line_is_that_of_the_skill(fault):
    text = (REPOSITORY / "level3" / FILE).read_text(encoding="utf-8")
    line = text[: text.index("- id: chia-van-de")].count("\n") + 1
    assert fault("id: chia-van-de", "id: tim-goc").startswith(f"level3/level.yaml:{line}: ")


def test_two_levels_may_not_share_a_skill(tmp_path):
    for number in range(1, 6):
        (tmp_path / f"level{number}").mkdir()
        text = (REPOSITORY / f"level{number}" / FILE).read_text(encoding="utf-8")
        (tmp_path / f"level{number}" / FILE).write_text(
            text.replace("id: dung-lop", "id: hieu-ai"), encoding="utf-8"
        )
    with pytest.raises(YamlError, match="kỹ năng “hieu-ai” đã là của bậc 1"):
        load_levels(tmp_path)
