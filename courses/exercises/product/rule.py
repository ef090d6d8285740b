"""What each rule is: it says what it asks, looks at the work, and tells what it found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from courses.exercises.base import Frozen
from courses.exercises.product.work import PASSED, Finding, Work

SHOWN = 5  # numbers or parts that one message names


class Rule(Frozen):
    """A rule. ``needs``: it looks only at files of these types; the others pass it."""

    needs: ClassVar[frozenset[str]] = frozenset()

    def said(self) -> str:
        """Return what the rule asks, for the learner."""
        raise NotImplementedError  # pragma: no cover - abstract

    def look(self, work: Work) -> Finding:
        """Return what the rule finds; what is not right is named with what mends it."""
        raise NotImplementedError  # pragma: no cover - abstract

    def look_if_it_may(self, work: Work) -> Finding:
        """Pass what the rule is not about."""
        kind = work.file.type if work.file else "text"
        return self.look(work) if not self.needs or kind in self.needs else PASSED


def some(names: Iterable[str]) -> str:
    """Return the first names in one line."""
    shown = list(names)
    more = f" và {len(shown) - SHOWN} chỗ khác" if len(shown) > SHOWN else ""
    return ", ".join(shown[:SHOWN]) + more
