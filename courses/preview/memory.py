"""Answers of a preview: the player's own store, without a disk."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from courses.exercises.base import AnswerError
from courses.lessons.model import Lesson
from courses.player.lesson import Json
from courses.player.store import AnswerStore, Saved


class MemoryStore(AnswerStore):
    """Keeps what the author typed until the preview ends; nothing is written anywhere."""

    def __init__(self, lesson: Lesson, saved: Saved) -> None:
        """Begin with what was typed before the lesson changed."""
        varied = frozenset(slot.id for slot in lesson.slots if "" not in slot.variants)
        super().__init__(Path(), lesson.key, saved.case, varied)
        self._saved = _fitting(lesson, saved)
        self._lock = threading.Lock()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._lock:
            yield

    def _load(self) -> Saved:
        return self._saved

    def _write(self, saved: Saved) -> Saved:
        self._saved = replace(saved, saved_at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
        return self._saved


def _fitting(lesson: Lesson, saved: Saved) -> Saved:
    """Drop the answers that the changed lesson can't read any more, and the receipt of the old one."""
    answers = {name: raw for name, raw in saved.answers.items() if _fits(lesson, name, saved.case, raw)}
    aside = {
        case: {name: raw for name, raw in others.items() if _fits(lesson, name, case, raw)}
        for case, others in saved.aside.items()
    }
    return replace(saved, answers=answers, aside=aside, receipt=None)


def _fits(lesson: Lesson, name: str, case: str, raw: Json) -> bool:
    try:
        lesson.slot(name).variant(case).parse_answer(raw)
    except (KeyError, AnswerError):
        return False
    return True
