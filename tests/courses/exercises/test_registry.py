"""A kind is a folder: nothing else names it."""

import subprocess
import sys
from pathlib import Path

import courses.exercises
from courses.exercises.registry import kinds

NEW_KIND = """
from courses.exercises.authoring import Kind
KIND = Kind(name="ve", reader=lambda id, options, body: None, examples=lambda exercise, random: ())
"""


def test_the_kinds_are_found_by_their_folders():
    folders = sorted(path.parent.name for path in Path(courses.exercises.__file__).parent.glob("*/kind.py"))
    assert list(kinds()) == folders
    assert {"choice", "prompt", "sort", "spot", "teach"} <= set(folders)


def test_a_new_folder_is_a_new_kind(tmp_path: Path):
    (tmp_path / "ve").mkdir()
    (tmp_path / "ve" / "__init__.py").touch()
    (tmp_path / "ve" / "kind.py").write_text(NEW_KIND)
    script = (
        "import sys, courses.exercises; courses.exercises.__path__.append(sys.argv[1])\n"
        "from courses.exercises.registry import kinds; print(*kinds())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == sorted([*kinds(), "ve"])
