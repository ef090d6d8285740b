"""Learners' homes: made private, and given the released lessons without ever following a learner's symlink.

A home belongs to its learner, who may put anything there: a symlink where a folder was, a pipe where a
file was. So every step works on a directory that is already open (``dir_fd``) and refuses symlinks.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
KEPT = frozenset({"answers.json"})  # the learner's own; never delivered, never touched
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class HomeError(ValueError):
    """A home can't be made for this user name."""


def home_of(homes: Path, username: str) -> Path:
    """Return the home of a learner.

    Raises:
        HomeError: the name could leave the folder of homes.
    """
    if not USERNAME.fullmatch(username) or ".." in username:
        raise HomeError(f"Tên đăng nhập không dùng được làm tên thư mục: {username[:80]!r}")
    return homes / username


def deliver(release: Path, home: Path, level: str) -> int:
    """Copy the released lessons of one level into ``home/<level>/`` and return how many files changed.

    A file is written only when it differs from the release, whole or not at all. A lesson page that a
    learner changed is laid anew (the page must open tomorrow too); ``answers.json`` is never touched.

    Args:
        release: the course's ``release/`` folder; nothing happens when there is none.
        home: the learner's home; made (mode 0700) when missing.
        level: name of the folder below the home, e.g. ``level1``.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not release.is_dir():
        return 0
    root = os.open(home, _FOLDER)
    try:
        with _child(root, level) as target:
            return _deliver_folder(release, target)
    finally:
        os.close(root)


def _deliver_folder(source: Path, target: int) -> int:
    changed = 0
    for entry in sorted(source.iterdir()):
        if entry.name in KEPT or entry.name.startswith("."):
            continue
        if entry.is_dir():
            with _child(target, entry.name) as below:
                changed += _deliver_folder(entry, below)
        else:
            changed += _deliver_file(entry, target)
    return changed


@contextmanager
def _child(parent: int, name: str) -> Iterator[int]:
    """Open a real folder below an open one; whatever else bears its name is put aside."""
    if not _is(parent, name, stat.S_ISDIR):
        _put_aside(parent, name)
        os.mkdir(name, 0o700, dir_fd=parent)
    handle = os.open(name, _FOLDER, dir_fd=parent)
    try:
        yield handle
    finally:
        os.close(handle)


def _deliver_file(source: Path, target: int) -> int:
    content = source.read_bytes()
    if _is(target, source.name, stat.S_ISDIR):
        _put_aside(target, source.name)
    if _same(target, source.name, content):
        return 0
    passing = f".{source.name}.{secrets.token_hex(4)}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(passing, flags, 0o600, dir_fd=target), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(
        passing, source.name, src_dir_fd=target, dst_dir_fd=target
    )  # replaces a symlink, not its target
    return 1


def _same(folder: int, name: str, content: bytes) -> bool:
    """Tell whether a plain file of exactly this content is there (a pipe would block: only plain files are read)."""
    if not _is(folder, name, stat.S_ISREG):
        return False
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        handle = os.open(name, flags, dir_fd=folder)
    except OSError:  # unreadable, or changed under our hands: write it anew
        return False
    with os.fdopen(handle, "rb") as stream:
        return os.fstat(stream.fileno()).st_size == len(content) and stream.read(len(content) + 1) == content


def _is(folder: int, name: str, kind: object) -> bool:
    assert callable(kind)  # noqa: S101 - one of stat's S_IS… functions
    try:
        return bool(kind(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode))
    except FileNotFoundError:
        return False


def _put_aside(folder: int, name: str) -> None:
    """Rename what stands in the way, so that nothing of the learner's is lost."""
    try:
        os.rename(name, f"{name}.cu-{secrets.token_hex(4)}", src_dir_fd=folder, dst_dir_fd=folder)
    except FileNotFoundError:
        return
