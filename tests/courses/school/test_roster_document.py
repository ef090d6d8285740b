from __future__ import annotations

import re

import pytest

from courses.school.roster_file import read_groups, read_roster
from courses.site import REPOSITORY


@pytest.fixture
def examples(tmp_path):
    """The CSV examples of the document, as files."""
    text = (REPOSITORY / "docs" / "danh-sach.md").read_text(encoding="utf-8")
    paths = []
    for number, block in enumerate(re.findall(r"```csv\n(.*?)```", text, re.DOTALL)):
        paths.append(tmp_path / f"{number}.csv")
        paths[-1].write_text(block, encoding="utf-8")
    return paths


def test_the_examples_of_the_document_can_be_imported(examples):
    people, groups = examples
    assert [entry.role for entry in read_roster(people)] == [
        "learner",
        "learner",
        "trainer",
        "official",
        "administrator",
    ]
    assert [entry.working_age for entry in read_groups(groups)] == [412, 236]
