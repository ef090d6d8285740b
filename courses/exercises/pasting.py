"""Whether an answer holds texts that others wrote: sample replies, guiding questions, model answers.

Texts are compared as folded words (NFKC, invisible characters dropped, case, diacritics, đ → d, punctuation and white
space gone), in passages of five and stretches of three, so that changed letters or a word put in between hide nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

PASSAGE = 5  # words in a row
PASTED_SHARE, STRETCH = 0.6, 3
"""Share of a model answer's stretches of three words from which on it is pasted into an answer.

Measured: 327 answers of people who learned by the same book reach 0.36 (one 0.66), the paired test set 0.49; a model
answer with a needless word after every fifth has 0.63.
"""
RUN_SHARE, FEWEST_IN_RUN = 0.45, 10
"""The same of one unbroken run, which chance makes shorter: half a model answer is pasted, too.

Only stretches that the task does not say count here, for whoever turns a notice into a table repeats its words.
Measured over 25 lessons: honest samples and the paired test set reach 0.36, the exam answers 0.09; the first half of
each model answer has 0.52 at least.
"""
FEWEST_OF_MODEL = 12  # words; shorter model answers may be written anew

_LETTERS = 20_000  # remembered; whoever sends all of Unicode shall not fill the memory
_NO_WORD = re.compile(r"[\W_]+", re.UNICODE)

Stretch = tuple[str, ...]


class _Without(dict[int, int | None]):
    """A table for ``str.translate`` that drops a Unicode category; it learns letters as they come."""

    def __init__(self, category: str) -> None:
        super().__init__()
        self._category = category

    def __missing__(self, letter: int) -> int | None:
        if len(self) >= _LETTERS:
            self.clear()
        self[letter] = None if unicodedata.category(chr(letter)) == self._category else letter
        return self[letter]


_INVISIBLE, _MARKS = _Without("Cf"), _Without("Mn")


def fold(text: str) -> list[str]:
    """Return a text's words, folded as the module says."""
    return list(_folded(text))


@lru_cache(maxsize=1024)  # tasks and rubrics are looked at with every answer
def _folded(text: str) -> tuple[str, ...]:
    visible = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    letters = unicodedata.normalize("NFD", visible.casefold().replace("đ", "d"))
    return tuple(_NO_WORD.sub(" ", letters.translate(_MARKS)).split())


def passages(words: Sequence[str], length: int = PASSAGE) -> list[Stretch]:
    """Return all stretches of so many words."""
    return [tuple(words[i : i + length]) for i in range(len(words) - length + 1)]


@lru_cache(maxsize=2048)  # tasks and model answers are looked at with every answer
def passages_of(text: str, length: int) -> tuple[Stretch, ...]:
    """Return all stretches of so many folded words of a text."""
    return tuple(passages(fold(text), length))


def pastes(given: list[str], models: Iterable[str], told: Iterable[str] = ()) -> bool:
    """Tell whether an answer holds most of a model answer, or a long run of it.

    Args:
        given: the answer, folded.
        models: sample replies, model answers, guiding questions; short ones are looked at together.
        told: the task and other texts whose words an honest answer must repeat.
    """
    own = set(passages(given, STRETCH))
    known = {stretch for text in told for stretch in passages_of(text, STRETCH)}
    return any(_is_held(model, own) or _has_run(model, own, known) for model in _stretches(models))


def _stretches(models: Iterable[str]) -> list[Sequence[Stretch]]:
    """Return the stretches of each long model, and of all short ones as if they were one."""
    found: list[Sequence[Stretch]] = [passages_of(text, STRETCH) for text in models]
    long = [own for own in found if len(own) + STRETCH > FEWEST_OF_MODEL]
    short = [stretch for own in found if len(own) + STRETCH <= FEWEST_OF_MODEL for stretch in own]
    return [*long, short] if len(short) >= FEWEST_OF_MODEL else long


def _is_held(model: Sequence[Stretch], own: set[Stretch]) -> bool:
    return sum(stretch in own for stretch in model) >= PASTED_SHARE * len(model)


def _has_run(model: Sequence[Stretch], own: set[Stretch], known: set[Stretch]) -> bool:
    longest = run = total = 0
    for stretch in model:
        counts = stretch not in known
        total += counts
        run = run + counts if stretch in own else 0
        longest = max(longest, run)
    return longest >= max(FEWEST_IN_RUN, RUN_SHARE * total)
