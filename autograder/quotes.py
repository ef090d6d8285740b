"""Whether a quote stands in an answer, in the learner's own words.

The matcher. Texts are compared as sequences of folded words: NFKC, invisible characters dropped, case,
diacritics (đ → d), punctuation and white space gone. A quote is found where an alignment of its words
with a stretch of the text needs at most one edit (a word changed, missing or added) for each five
words of the quote; so quotes of fewer than five words must stand there exactly. A quote that skips
with "…" is found when each of its parts is. One syllable proves nothing: a quote has two or more.

A quote is copied, not own, when it is a long passage of another text (eight words; of a short criterion
half of it, but five words or more), or when even with its three neighbours on each side in the answer it
is nothing but a passage of that text. So "đóng vai" inside a sentence of the learner is own though a
criterion says it too, and so are the place and the hours that criterion, guidance and every right answer name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from courses.exercises.pasting import fold

WORDS_PER_EDIT = 5
FEWEST_WORDS = 2
NEIGHBOURS = 3
LONG, LONG_OF_SHORT = 8, 5  # words of another text that nobody writes by chance; of a short criterion

_SKIP = re.compile(r"…|\.{3,}|\[\.\.\.\]")


def allowed_edits(quote: Sequence[str]) -> int:
    """Return how many word edits a quote may need."""
    return len(quote) // WORDS_PER_EDIT


def locate(quote: Sequence[str], text: Sequence[str], edits: int) -> tuple[int, int] | None:
    """Return the stretch ``(start, end)`` of a text that matches a quote best, or None.

    Args:
        quote: folded words, at least one.
        text: folded words.
        edits: most edits allowed.
    """
    found = _exactly(quote, text)
    if found is not None or not edits:
        return found  # most quotes stand there word by word, and no alignment is better
    there = set(text)
    if sum(word not in there for word in quote) > edits:
        return None  # each of them would take an edit
    return _nearly(quote, text, edits)


def _exactly(quote: Sequence[str], text: Sequence[str]) -> tuple[int, int] | None:
    size, wanted = len(quote), list(quote)
    for start in range(len(text) - size + 1):
        if text[start] == wanted[0] and list(text[start : start + size]) == wanted:
            return start, start + size
    return None


def _nearly(quote: Sequence[str], text: Sequence[str], edits: int) -> tuple[int, int] | None:
    """Sellers' algorithm (1980) for approximate search, on words instead of letters; see `locate`."""
    # One column per word of the text; a cell is (edits so far, where the stretch began).
    column = [(row, 0) for row in range(len(quote) + 1)]
    best = (column[-1][0], 0, 0)
    for end, word in enumerate(text, start=1):
        fresh = [(0, end)]
        for row, wanted in enumerate(quote, start=1):
            kept = (column[row - 1][0] + (word != wanted), column[row - 1][1])
            added = (column[row][0] + 1, column[row][1])
            missing = (fresh[row - 1][0] + 1, fresh[row - 1][1])
            fresh.append(min(kept, added, missing, key=lambda cell: cell[0]))
        column = fresh
        if column[-1][0] < best[0]:
            best = (column[-1][0], column[-1][1], end)
    return (best[1], best[2]) if best[0] <= edits and best[2] > best[1] else None


def is_found(quote: str, answer: str) -> bool:
    """Tell whether a quote stands in an answer, small edits tolerated."""
    return bool(_stretches(quote, answer))


def is_own(quote: str, answer: str, criteria: Sequence[str], others: Sequence[str]) -> bool:
    """Tell whether a found quote is the learner's own wording and no copy.

    Args:
        quote: a quote that `is_found` in the answer.
        answer: the learner's text.
        criteria: texts of the rubric.
        others: the task and other long texts that lie before the learner.
    """
    text = fold(answer)
    stretches = _stretches(quote, answer)
    return any(not _is_copied(stretch, text, criteria, others) for stretch in stretches)


@lru_cache(maxsize=256)  # whether a quote is found, and whose it is, are two questions
def _stretches(quote: str, answer: str) -> tuple[tuple[int, int], ...]:
    """Return where each part of a quote stands; empty when one of them is missing."""
    text = fold(answer)
    parts = [words for part in _SKIP.split(quote) if (words := fold(part))]
    if sum(map(len, parts)) < min(FEWEST_WORDS, len(text)) or not parts:
        return ()
    found = [locate(words, text, allowed_edits(words)) for words in parts]
    return tuple(stretch for stretch in found if stretch) if all(found) else ()


def _is_copied(
    stretch: tuple[int, int], text: Sequence[str], criteria: Sequence[str], others: Sequence[str]
) -> bool:
    start, end = stretch
    quote = text[start:end]
    wider = text[max(0, start - NEIGHBOURS) : end + NEIGHBOURS]
    texts = [(fold(text), True) for text in criteria] + [(fold(text), False) for text in others]
    return any(
        contains(source, wider)
        or (len(quote) >= _long(source, is_criterion=own) and contains(source, quote, allowed_edits(quote)))
        for source, own in texts
    )


def _long(source: Sequence[str], *, is_criterion: bool) -> int:
    return min(LONG, max(LONG_OF_SHORT, len(source) // 2)) if is_criterion else LONG


def contains(text: Sequence[str], passage: Sequence[str], edits: int = 0) -> bool:
    """Tell whether folded words stand in a folded text with at most so many edits."""
    return bool(passage) and locate(passage, text, edits) is not None
