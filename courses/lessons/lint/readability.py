"""Can somebody who left school after grade 6 read it? A rough measure, which only warns.

RL = 2·WL + 0.2·SL − 6, with WL the mean length of a word in letters and SL that of a sentence in words, is our own
measure. It has the shape that readability formulas share, also the first for Vietnamese (Nguyen and Henkin, "A
Readability Formula for Vietnamese", Journal of Reading 26, 1982): long words and long sentences read harder. We could
not get at that paper, so we do not claim its coefficients, and RL is no grade of school.

What holds the limit of 4 is what was measured with it, and the tests keep: a folk tale as primary schools read it is at
2.9, a newspaper's paragraph on a plan of the province at 6.0, a decree's first article at 7.3; our lessons are at 2 to
3. Words are what stands between spaces, that is syllables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from courses.clock import text_number
from courses.exercises.text import words
from courses.lessons.lint.finding import Finding, Subject
from courses.lessons.lint.sentences import own_sentences

HARDEST = 4


def reading_level(texts: Sequence[str]) -> float:
    """Return the formula's level of some sentences, never below 0; 0 when they have no word."""
    counted = [words(text) for text in texts]
    every = [word for sentence in counted for word in sentence]
    if not every:
        return 0
    letters = sum(map(len, every)) / len(every)
    return max(0, 2 * letters + 0.2 * len(every) / len(counted) - 6)


def check_readability(subject: Subject) -> Iterable[Finding]:
    """Warn when the author's own sentences ask for more than six years of school."""
    level = reading_level([sentence for sentence, _ in own_sentences(subject.lesson)])
    if level > HARDEST:
        yield subject.warning(
            1,
            f"lời văn khó: chỉ số {text_number(level)}, nên từ {HARDEST} trở xuống; viết câu ngắn, chữ hằng ngày",
        )
