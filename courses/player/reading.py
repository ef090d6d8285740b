"""How one person likes to read: text size, contrast, motion, voice, clock.

The browser keeps it in a cookie of its own per person (phones are shared), because a server that sees it can
write the page that way: nothing flashes, and the portal's pages, which run no script, follow too. It holds no
personal data, and what a cookie says beyond the known words is ignored.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

SIZES = ("Vừa", "Lớn", "Rất lớn", "Lớn nhất")
LASTS_DAYS = 365

_SIZE, _CONTRAST, _CALM, _SILENT, _NO_CLOCK = "co", "ro", "tinh", "khong-doc", "khong-gio"


@dataclass(frozen=True)
class Reading:
    """``size`` counts from 0, see ``SIZES``. ``calm``: no motion; ``aloud``, ``clock``: show them."""

    size: int = 0
    contrast: bool = False
    calm: bool = False
    aloud: bool = True
    clock: bool = True

    def attributes(self) -> dict[str, str]:
        """Return what ``<html>`` carries; the style sheet does the rest."""
        found = {"data-size": str(self.size)} if self.size else {}
        found |= {"data-contrast": "more"} if self.contrast else {}
        found |= {"data-motion": "less"} if self.calm else {}
        found |= {} if self.aloud else {"data-aloud": "off"}
        return found | ({} if self.clock else {"data-clock": "off"})

    def cookie(self) -> str:
        """Return the cookie's value."""
        words = {
            f"{_SIZE}-{self.size}": self.size > 0,
            _CONTRAST: self.contrast,
            _CALM: self.calm,
            _SILENT: not self.aloud,
            _NO_CLOCK: not self.clock,
        }
        return ".".join(word for word, chosen in words.items() if chosen)


def cookie_name(person: str) -> str:
    """Return the name of a person's cookie; a user name may hold letters that a cookie's name may not."""
    return f"bdhai-doc-{hashlib.sha256(person.encode()).hexdigest()[:10]}"


def read_cookie(value: str | None) -> Reading:
    """Return the settings of a cookie; what is not known is left at its default."""
    words = set((value or "").split("."))
    sizes = [place for place in range(len(SIZES)) if f"{_SIZE}-{place}" in words]
    return Reading(
        size=max(sizes, default=0),
        contrast=_CONTRAST in words,
        calm=_CALM in words,
        aloud=_SILENT not in words,
        clock=_NO_CLOCK not in words,
    )
