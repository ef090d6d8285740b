"""The syllables of Vietnamese, from the word list of Debian's ``hunspell-vi`` (LibreOffice's dictionaries, GPL-2).

``scripts/bootstrap`` puts the list on the machine. It is read as it stands: one syllable a line, no affixes. Tone marks
may stand as in old or in new spelling (hòa, hoà). What the list lacks (names, units) is in ``courses/catalog/spelling.txt``.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from courses.catalog.glossary import Glossary
from courses.exercises.text import nfc, words

DICTIONARIES = (
    Path(sys.prefix) / "share/hunspell/vi_VN.dic",
    Path("/usr/share/hunspell/vi_VN.dic"),
)
"""Where the list may be: beside the packages, when nobody could install it for the whole machine."""
ALLOWED = Path(__file__).parents[2] / "catalog" / "spelling.txt"

_TONE = "\u0300\u0301\u0303\u0309\u0323"
_NEW_STYLE = (re.compile(f"(o)([ae])([{_TONE}])$"), re.compile(f"(?<!q)(u)(y)([{_TONE}])$"))
_MARK = re.compile("[\u0300-\u036f]")

Syllables = frozenset[str]


def dictionary_file() -> Path | None:
    """Return the list's file, or None when the machine has none."""
    return next((file for file in DICTIONARIES if file.is_file()), None)


@dataclass(frozen=True)
class KnownWords:
    """What a lesson may be written with."""

    glossary: Glossary
    vietnamese: Syllables | None  # of the dictionary and its neighbour; None when the machine has none

    @cached_property
    def syllables(self) -> Syllables | None:
        """All that may stand in a lesson: Vietnamese, and the glossary's words."""
        explained = {part for term in self.glossary.values() for part in words(term.word)}
        return None if self.vietnamese is None else self.vietnamese | explained


def known_words(glossary: Glossary, file: Path | None) -> KnownWords:
    """Return the words of a dictionary's file, of the words allowed beside it, and of the glossary."""
    return KnownWords(glossary, _listed(file) | allowed_words() if file else None)


@lru_cache(maxsize=2)
def _listed(file: Path) -> Syllables:
    lines = file.read_text(encoding="utf-8").splitlines()[1:]  # the first one counts the others
    listed = {nfc(line.partition("/")[0].strip()).casefold() for line in lines}
    return frozenset(listed | {old_style(syllable) for syllable in listed})


@lru_cache(maxsize=1)
def allowed_words() -> Syllables:
    """Return the words of ``spelling.txt``."""
    lines = (line.partition("#")[0] for line in ALLOWED.read_text(encoding="utf-8").splitlines())
    return frozenset(nfc(word).casefold() for line in lines for word in line.split())


def old_style(syllable: str) -> str:
    """Return a syllable with its tone on the first vowel, as in hòa, khỏe, thúy."""
    apart = unicodedata.normalize("NFD", syllable)
    for pattern in _NEW_STYLE:
        apart = pattern.sub(r"\1\3\2", apart)
    return nfc(apart)


def without_marks(text: str) -> str:
    """Return a text in small letters as people type it in haste: khong dau."""
    return _MARK.sub("", unicodedata.normalize("NFD", text.casefold())).replace("đ", "d")


def has_marks(text: str) -> bool:
    """Tell whether any letter has a Vietnamese mark (đ counts)."""
    return without_marks(text) != unicodedata.normalize("NFD", text.casefold())
