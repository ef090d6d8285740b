"""The syllabus and the courses: what stands in them, and what is said when somebody mistypes."""

from __future__ import annotations

from collections import Counter

import pytest

from courses.catalog.programme import COURSES, load_courses
from courses.catalog.syllabus import KINDS, SYLLABUS, load_syllabus
from courses.exercises.registry import kinds
from courses.yaml_errors import YamlError


def test_the_syllabus_holds_every_lesson_of_the_programme():
    syllabus = load_syllabus()
    counted = Counter(number.split(".")[0][0] for number in syllabus)
    assert counted == {"0": 4, "1": 13, "2": 14, "3": 14, "4": 14, "5": 15, "H": 6}
    assert {number for number, one in syllabus.items() if one.safety} == {
        "1.4", "1.5", "2.12", "2.13", "3.10", "4.9", "4.10", "5.7", "5.12",
    }  # fmt: skip
    assert [number for number, one in syllabus.items() if one.challenge] == [
        "1.13", "2.14", "3.14", "4.14", "5.15",
    ]  # fmt: skip
    assert (syllabus["0.2"].level, syllabus["3.5"].level, syllabus["H1"].level) == (1, 3, None)


def test_every_code_of_the_syllabus_has_a_kind_that_exists():
    assert frozenset().union(*KINDS.values()) <= set(kinds())


def test_every_audience_has_a_course_that_begins_with_level_one():
    courses = load_courses()
    assert set(courses) == {"citizen", "official", "trader", "core_trainer"}
    level1 = [f"1.{number}" for number in range(1, 14)]
    for course in courses.values():
        assert [number for number in course.lessons if number.startswith("1.")] == level1
    safety = {number for number, one in load_syllabus().items() if one.safety and number[0] in "12"}
    assert all(safety <= set(course.lessons) for course in courses.values())
    assert courses["citizen"].lessons[:4] == ("0.1", "0.2", "0.3", "0.4")


def test_nearly_every_lesson_says_what_to_learn_before_it():
    syllabus = load_syllabus()
    assert {number for number, one in syllabus.items() if not one.needs} == {"0.1", "1.1", "H1"}
    assert syllabus["2.13"].needs == ("1.4",)


NEEDS = [
    ('needs: ["1.4"]', 'needs: ["1.44"]', "2.13 cần bài 1.44, nhưng chương trình không có bài ấy"),
    ('needs: ["1.4"]', 'needs: ["2.13"]', "2.13 cần bài 2.13, nhưng bài ấy không đứng trước"),
    ('needs: ["1.4"]', 'needs: ["2.14"]', "2.13 cần bài 2.14, nhưng bài ấy không đứng trước"),
]  # fmt: skip


def _syllabus_of(tmp_path, old, new, at):
    text = SYLLABUS.read_text(encoding="utf-8")
    start = text.index(f'- id: "{at}"')
    path = tmp_path / "syllabus.yaml"
    path.write_text(text[:start] + text[start:].replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize("case", NEEDS, ids=[case[2] for case in NEEDS])
def test_needs_are_known_and_never_run_in_a_circle(tmp_path, case):
    path = _syllabus_of(tmp_path, case[0], case[1], "2.13")
    line = path.read_text(encoding="utf-8").partition('- id: "2.13"')[0].count("\n") + 1
    with pytest.raises(YamlError) as caught:
        load_syllabus(path)
    assert str(caught.value).startswith(f"syllabus.yaml:{line}: {case[2]}")


def test_no_lesson_needs_one_of_a_later_level(tmp_path):
    path = tmp_path / "syllabus.yaml"
    path.write_text('- id: "3.1"\n  title: a\n- id: "2.1"\n  title: b\n  needs: ["3.1"]\n', encoding="utf-8")
    with pytest.raises(YamlError, match=r"^syllabus\.yaml:3: 2\.1 cần bài 3\.1 ở bậc cao hơn"):
        load_syllabus(path)
    path.write_text('- id: "H1"\n  title: a\n- id: "5.1"\n  title: b\n  needs: ["H1"]\n', encoding="utf-8")
    with pytest.raises(YamlError, match=r"5\.1 cần bài H1 ở bậc cao hơn"):
        load_syllabus(path)


def test_a_course_teaches_what_a_lesson_needs_before_it(tmp_path):
    text = COURSES.read_text(encoding="utf-8")
    swapped = text.replace('    - "1.4"\n    - "1.5"\n', '    - "1.5"\n    - "1.4"\n')
    assert load_courses(_courses(tmp_path, swapped))
    swapped = text.replace('    - "1.1"\n    - "1.2"\n', '    - "1.2"\n    - "1.1"\n', 1)
    line = next(n for n, one in enumerate(swapped.splitlines(), 1) if '"1.2"' in one)
    assert _fault(tmp_path, swapped) == f"courses.yaml:{line}: citizen: bài 1.2 cần bài 1.1, mà 1.1 đứng sau"


def _courses(tmp_path, text):
    path = tmp_path / "courses.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def _fault(tmp_path, text):
    path = _courses(tmp_path, text)
    with pytest.raises(YamlError) as caught:
        load_courses(path)
    return str(caught.value)


def test_a_lesson_that_the_syllabus_has_not_is_named_by_line(tmp_path):
    text = COURSES.read_text(encoding="utf-8").replace('- "2.13"', '- "2.31"', 1)
    line = next(n for n, one in enumerate(text.splitlines(), 1) if '"2.31"' in one)
    assert _fault(tmp_path, text) == f"courses.yaml:{line}: citizen: chương trình không có bài 2.31"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('    - "1.2"\n', '    - "1.2"\n    - "1.2"\n', "bài 1.2 có hai lần"),
        ("- id: trader", "- id: traders", "id"),
        ("  about: ", "  abuot: ", "không có mục này"),
    ],
)
def test_a_fault_of_form_is_named_by_line(tmp_path, old, new, said):
    found = _fault(tmp_path, COURSES.read_text(encoding="utf-8").replace(old, new, 1))
    assert found.startswith("courses.yaml:")
    assert said in found
