"""Where the bytes of learners' files lie: by their hash, written whole or not at all.

``<root>/<first two hex digits>/<sha256>`` holds a file, ``<sha256>.jpg`` beside it a picture's small copy. No name
from outside ever becomes part of a path.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import threading
from pathlib import Path

_SHA256 = re.compile(r"[0-9a-f]{64}")
_COMING = ".coming"


class Coming:
    """A file that is on its way in. Nothing of it stays unless it is placed."""

    def __init__(self, folder: Path) -> None:
        """Open a private file; raises OSError when the disk refuses."""
        self.path = folder / secrets.token_hex(16)
        self.preview = self.path.with_suffix(".jpg")
        self.size = 0
        self._hash = hashlib.sha256()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        self._stream = os.fdopen(os.open(self.path, flags, 0o600), "wb")

    @property
    def sha256(self) -> str:
        """The hash of what has come so far."""
        return self._hash.hexdigest()

    def write(self, chunk: bytes) -> None:
        """Add a piece. Raises OSError."""
        self._stream.write(chunk)
        self._hash.update(chunk)
        self.size += len(chunk)

    def close(self) -> None:
        """Bring everything to the disk. Raises OSError."""
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()

    def drop(self) -> None:
        """Forget it; also after it was placed, when there is nothing left to forget."""
        try:
            self._stream.close()
        except OSError:  # a full disk says so again
            pass
        finally:
            self.path.unlink(missing_ok=True)
            self.preview.unlink(missing_ok=True)


class Store:
    """All files of the site. ``lock`` is held while rows and files change together."""

    def __init__(self, root: Path) -> None:
        """Use a folder; it is made when the first file comes."""
        self._root = root
        self.lock = threading.Lock()

    def sweep(self) -> None:
        """Forget what was on its way when the process was killed."""
        for left in self._root.glob(f"{_COMING}/*"):
            left.unlink(missing_ok=True)

    def receive(self) -> Coming:
        """Begin a file. Raises OSError."""
        folder = self._root / _COMING
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Coming(folder)

    def place(self, coming: Coming) -> None:
        """Give a closed file its place. Raises OSError."""
        path = self.path(coming.sha256)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        if coming.preview.exists():
            coming.preview.replace(path.with_suffix(".jpg"))
        coming.path.replace(path)
        _sync(path.parent)

    def path(self, sha256: str) -> Path:
        """Return where the file of a hash lies. Raises ValueError for anything but a hash."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError(sha256[:80])
        return self._root / sha256[:2] / sha256

    def preview(self, sha256: str) -> Path:
        """Return where a picture's small copy lies."""
        return self.path(sha256).with_suffix(".jpg")

    def forget(self, sha256: str) -> None:
        """Delete a file that nobody needs; the caller holds ``lock``."""
        self.path(sha256).unlink(missing_ok=True)
        self.preview(sha256).unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)  # the rename itself must survive a power cut
    finally:
        os.close(handle)
