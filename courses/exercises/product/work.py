"""What was handed in, as rules look at it, and what a rule finds."""

from __future__ import annotations

from typing import Literal

from courses.exercises.base import Frozen
from courses.exercises.files import Facts, FileType, HandedFile
from courses.exercises.text import words

Accepted = FileType | Literal["text"]
MEDIA: frozenset[str] = frozenset({"image", "audio", "video"})


class Work(Frozen):
    """A learner's text, a file, or both. With a document the document is what rules look at."""

    text: str
    file: HandedFile | None = None

    @property
    def facts(self) -> Facts:
        """What the server read; empty without a file."""
        return self.file.facts if self.file else Facts()

    @property
    def is_written(self) -> bool:
        """Tell whether the work is words: typed, or in a document."""
        return self.file is None or self.file.type not in MEDIA

    @property
    def body(self) -> str:
        """The words of the work."""
        return self.facts.text if self.file and self.file.type not in MEDIA else self.text

    @property
    def all_words(self) -> str:
        """The words of the work and those that came beside it."""
        return "\n".join(text for text in (self.text, self.facts.text) if text.strip())

    @property
    def count(self) -> int:
        """How many syllables the whole work has, also beyond what was kept of a long file."""
        return self.facts.words if self.file and self.file.type not in MEDIA else len(words(self.text))


class Finding(Frozen):
    """What a rule found: ``right`` of ``total`` things. ``known`` False: the file doesn't say, a person must look."""

    right: int
    total: int = 1
    details: tuple[str, ...] = ()
    known: bool = True

    @property
    def passed(self) -> bool:
        """Tell whether nothing is missing."""
        return self.known and self.right == self.total


def whole(is_right: bool, detail: str = "") -> Finding:  # noqa: FBT001 - one fact
    """Return a finding of one thing."""
    return Finding(right=int(is_right), details=() if is_right or not detail else (detail,))


PASSED = Finding(right=1)
UNKNOWN = Finding(right=0, known=False)
