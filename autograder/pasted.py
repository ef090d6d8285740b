"""Whether an answer holds texts that others wrote: the task, sample replies, guiding questions, model answers.

Texts are compared as folded words, in passages of five and stretches of three, so that changed letters, other
punctuation or a word put in between hide nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from autograder.quotes import contains, fold

COPY_SHARE = 0.8
"""Share of an answer's passages (five words in a row) that may come from texts it was shown."""
PASSAGE = 5
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

Stretch = tuple[str, ...]


def passages(words: Sequence[str], length: int = PASSAGE) -> list[Stretch]:
    """Return all stretches of so many words."""
    return [tuple(words[i : i + length]) for i in range(len(words) - length + 1)]


@lru_cache(maxsize=2048)  # tasks and model answers are looked at with every answer
def _passages_of(text: str, length: int) -> tuple[Stretch, ...]:
    return tuple(passages(fold(text), length))


def copies_texts(texts: Iterable[str], given: list[str]) -> bool:
    """Tell whether an answer is little more than passages of texts: those that lay before the learner, and models."""
    if len(given) < PASSAGE:
        return any(contains(fold(text), given) for text in texts)
    known = {passage for text in texts for passage in _passages_of(text, PASSAGE)}
    own = passages(given)
    return sum(passage in known for passage in own) >= COPY_SHARE * len(own)


def pastes(given: list[str], models: Iterable[str], told: Iterable[str] = ()) -> bool:
    """Tell whether an answer holds most of a model answer, or a long run of it.

    Args:
        given: the answer, folded.
        models: sample replies, model answers, guiding questions; short ones are looked at together.
        told: the task and other texts whose words an honest answer must repeat.
    """
    own = set(passages(given, STRETCH))
    known = {stretch for text in told for stretch in _passages_of(text, STRETCH)}
    return any(_is_held(model, own) or _has_run(model, own, known) for model in _stretches(models))


def _stretches(models: Iterable[str]) -> list[Sequence[Stretch]]:
    """Return the stretches of each long model, and of all short ones as if they were one."""
    found = [_passages_of(text, STRETCH) for text in models]
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
