"""When a learner's answers were written last: a page may be quiet for the hub while its learner writes."""

from __future__ import annotations

import os
from pathlib import Path

ANSWERS = ("answers.json", ".answers.json.tmp")  # the second is there only while an answer is being written
CLOCKS_DIFFER = (
    60.0  # seconds; a file from later than that is no sign of life, else a learner could stay for ever
)


def seconds_since(home: Path, now: float) -> float:
    """Return how long nothing was written; infinity when nothing ever was.

    Only names and times are looked at, nothing is opened and no link to a file is followed: the home is its learner's.

    Args:
        home: the learner's home.
        now: seconds since 1970.
    """
    times = [moment for folder in _lessons(home) for moment in _times(folder)]
    past = [max(0.0, now - moment) for moment in times if moment <= now + CLOCKS_DIFFER]
    return min(past, default=float("inf"))


def _lessons(home: Path) -> list[str]:
    return [lesson for level in _folders(str(home)) for lesson in _folders(level)]


def _folders(path: str) -> list[str]:
    try:
        with os.scandir(path) as entries:
            return [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []


def _times(folder: str) -> list[float]:
    found = []
    for name in ANSWERS:
        try:
            found.append(os.lstat(os.path.join(folder, name)).st_mtime)  # noqa: PTH118 - hundreds of homes each minute
        except OSError:
            continue
    return found
