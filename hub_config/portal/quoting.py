"""Where a judge's quotes stand in an answer, so that a page can mark them."""

from __future__ import annotations

from collections.abc import Iterable

from courses.exercises.base import Frozen


class Part(Frozen):
    """A piece of an answer, in order; ``quoted`` when a verdict rests on it."""

    text: str
    quoted: bool


def parts(answer: str, quotes: Iterable[str]) -> tuple[Part, ...]:
    """Cut an answer at the quotes that stand in it, whatever their letters' case.

    A quote that the judge wrote a little differently is not marked; nothing of the answer is ever lost.
    """
    quoted = [False] * len(answer)
    for quote in quotes:
        start = _find(answer, quote.strip())
        if start is not None:
            end = start + len(quote.strip())
            quoted[start:end] = [True] * (end - start)
    return tuple(_runs(answer, quoted))


def _find(answer: str, quote: str) -> int | None:
    """Return where a quote starts; lower() can change a text's length, then only its own case counts."""
    low, wanted = answer.lower(), quote.lower()
    if len(low) != len(answer) or len(wanted) != len(quote):
        low, wanted = answer, quote
    start = low.find(wanted) if wanted else -1
    return start if start >= 0 else None


def _runs(answer: str, quoted: list[bool]) -> Iterable[Part]:
    start = 0
    for place in range(1, len(answer) + 1):
        if place == len(answer) or quoted[place] != quoted[start]:
            yield Part(text=answer[start:place], quoted=quoted[start])
            start = place
