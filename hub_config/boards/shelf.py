"""The rendered page in memory, as browsers get it: plain, gzip, and the tags that tell it from yesterday's."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)


@dataclass(frozen=True)
class Page:
    """One page. ``style`` is the source expression that lets a policy allow the page's own style only."""

    plain: bytes
    packed: bytes
    tag: str
    style: str

    def body(self, *, packed: bool) -> bytes:
        """Return the bytes to send."""
        return self.packed if packed else self.plain

    def etag(self, *, packed: bool) -> str:
        """Return the strong tag of these bytes."""
        return f'"{self.tag}-gz"' if packed else f'"{self.tag}"'


def style_source(plain: bytes) -> str:
    """Return ``'sha256-…'`` of the page's first style element (names on the page can't make another one)."""
    found = _STYLE.search(plain)
    digest = hashlib.sha256(found[1] if found else b"").digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


class Shelf:
    """Holds the newest page; a look at the file's date tells when to read it again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, ...] = ()
        self._page: Page | None = None

    def page(self) -> Page | None:
        """Return the page, or None before the first daily run."""
        try:
            state = self._path.stat()
        except FileNotFoundError:
            return None
        seen = (state.st_mtime_ns, state.st_size, state.st_ino)
        if self._page is None or seen != self._seen:
            self._page, self._seen = self._read(), seen
        return self._page

    def _read(self) -> Page:
        plain = self._path.read_bytes()
        tag = hashlib.sha256(plain).hexdigest()[:32]
        return Page(plain, self._packed(plain), tag, style_source(plain))

    def _packed(self, plain: bytes) -> bytes:
        """Return the .gz beside the page, if it holds this very page (the two are swapped one after another)."""
        try:
            packed = self._path.with_name(f"{self._path.name}.gz").read_bytes()
            if gzip.decompress(packed) == plain:
                return packed
        except (OSError, EOFError):
            pass
        return gzip.compress(plain, mtime=0)
