"""The real command over a lesson of one's own."""

import os
import re
import signal
import subprocess
import sys

import pytest

from courses.lessons.new import new_lesson
from courses.site import REPOSITORY

COMMAND = [sys.executable, "-c", "from hub_config.cli import main; main()", "preview"]


@pytest.fixture
def folder(tmp_path):
    """Return the folder of a new lesson."""
    return new_lesson(tmp_path / "lessons", 1, "dan-ai")


@pytest.fixture
def start(tmp_path, folder):
    """Return a function that starts the preview of the lesson and gives its address."""
    site = tmp_path / "site.yaml"
    site.write_text(f"lessons: {tmp_path / 'lessons'}\ndata: {tmp_path / 'data'}\n", encoding="utf-8")
    started = []

    def run(**env) -> str:
        given = {
            **os.environ,
            "BDHAI_SITE": str(site),
            "BDHAI_AI": "none",
            "PYTHONPATH": str(REPOSITORY),
            **env,
        }
        given["PYTHONUNBUFFERED"] = "1"
        process = subprocess.Popen(
            [*COMMAND, f"level1/{folder.name}", "--no-browser"],
            env=given,
            cwd=tmp_path,
            text=True,
            stdout=subprocess.PIPE,
        )
        started.append(process)
        for line in process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+/\S+/", line):
                return found[0]
        raise AssertionError("the preview did not start")

    yield run
    for process in started:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        process.stdout.close()


@pytest.fixture
def edit(folder):
    """Return a function that changes a file of the lesson as an editor does: a new file in place of the old one."""

    def change(old: str, new: str, file: str = "lesson.md") -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        other = path.with_suffix(".tmp")
        other.write_text(text.replace(old, new, 1), encoding="utf-8")
        other.replace(path)

    return change
