"""What needs no judge: how long an answer is, and how many of the expected words it uses.

A judge that agrees with people no better than these has understood nothing. They are shown as well as they can look:
their numbers get exactly the marks that people gave, in order, so level and spread are people's own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from autograder.evaluate.dataset import Dataset, Labelled
from courses.exercises.pasting import fold

COMMON = 0.25
"""Share of an exercise's answers that use a word which counts as expected, where there is no reference."""


def length(own: Labelled) -> float:
    """Return an answer's words."""
    return len(fold(own.text))


def expected_words(dataset: Dataset) -> Mapping[str, frozenset[str]]:
    """Return each exercise's expected words: its reference's, else those that a quarter of its answers share."""
    texts: dict[str, list[str]] = defaultdict(list)
    for own in dataset.answers:
        texts[own.exercise].append(own.text)
    return {
        id_: _words(task.exercise.reference) or _shared(texts[id_]) for id_, task in dataset.tasks.items()
    }


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in fold(text) if len(word) > 1)


def _shared(texts: Sequence[str]) -> frozenset[str]:
    counts = Counter(word for text in texts for word in _words(text))
    return frozenset(word for word, count in counts.items() if count >= COMMON * len(texts))


def overlap(own: Labelled, expected: frozenset[str]) -> float:
    """Return the share of the expected words that an answer uses."""
    return len(expected & _words(own.text)) / len(expected) if expected else 0.0


def as_marks(features: Sequence[float], marks: Iterable[float]) -> list[float]:
    """Return for each number the mark of its rank; equal numbers share the mean of theirs."""
    ranked = sorted(marks)
    at: dict[float, list[float]] = defaultdict(list)
    for feature, mark in zip(sorted(features), ranked, strict=True):
        at[feature].append(mark)
    return [sum(at[feature]) / len(at[feature]) for feature in features]
