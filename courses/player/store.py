"""``answers.json``: the learner's answers beside the notebook, never half written, never lost silently.

Each change is written to a temporary file, synced, and renamed over the old one under a lock on the
folder. A write says which answer it replaces: if another window changed it meanwhile, nothing is
overwritten and the caller gets the other answer to ask the learner about.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from courses.player.lesson import CASES, Json, PlayerError

NAME = "answers.json"
VERSION = 1


@dataclass(frozen=True)
class Saved:
    """What is on the disk. ``aside`` keeps the answers of settings that are not the current one."""

    case: str
    answers: dict[str, Json] = field(default_factory=dict)
    aside: dict[str, dict[str, Json]] = field(default_factory=dict)
    saved_at: str = ""  # UTC, 2026-11-22T13:15:00Z; empty: nothing saved yet
    receipt: Json | None = None  # the last receipt, as the portal gave it


@dataclass(frozen=True)
class Conflict:
    """Another window saved ``theirs`` since this one looked; nothing was written."""

    theirs: Json | None
    saved_at: str


class AnswerStore:
    """The answers of one lesson in one folder."""

    def __init__(
        self,
        folder: Path,
        lesson: str,
        case: str,
        varied: frozenset[str] = frozenset(),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Bind the store to a folder.

        Args:
            folder: where the notebook lies.
            lesson: the lesson's key, written into the file.
            case: the setting for a learner who has saved nothing yet.
            varied: ids of the exercises that differ between settings.
            clock: gives the present as an aware time.
        """
        self._folder = folder
        self._lesson = lesson
        self._case = case if case in CASES else "citizen"
        self._varied = varied
        self._clock = clock
        self.notice = ""
        """A sentence for the learner when a broken file had to be kept aside."""

    @property
    def folder(self) -> Path:
        """The lesson's folder."""
        return self._folder

    def read(self) -> Saved:
        """Return what is saved.

        Raises:
            PlayerError: when the folder cannot be read.
        """
        with self._locked():
            return self._load()

    def put(
        self, exercise: str, answer: Json, base: Json | None, case: str, *, force: bool = False
    ) -> Saved | Conflict:
        """Save one answer.

        Args:
            exercise: id of the exercise.
            answer: the raw answer.
            base: the answer that the page showed before the change; None for none.
            case: the setting in which it was given.
            force: replace whatever is there; the learner was asked.

        Returns:
            What is saved now, or the conflict that stopped it.

        Raises:
            PlayerError: when the disk refuses.
        """
        with self._locked():
            saved = self._load()
            answers = self._answers_of(saved, exercise, case)
            theirs = answers.get(exercise)
            if not force and theirs not in (base, answer):
                return Conflict(theirs, saved.saved_at)
            return self._write(self._with(saved, exercise, case, answer))

    def answer(self, saved: Saved, exercise: str, case: str) -> Json | None:
        """Return the answer of an exercise in a setting, or None."""
        return self._answers_of(saved, exercise, case).get(exercise)

    def switch(self, case: str) -> Saved:
        """Change the setting; the answers that belong to the old one are kept aside.

        Raises:
            PlayerError: for an unknown setting, or when the disk refuses.
        """
        if case not in CASES:
            raise PlayerError("Chưa rõ bạn chọn tình huống nào. Bạn chọn lại giúp nhé.")
        with self._locked():
            saved = self._load()
            return saved if saved.case == case else self._write(self._switched(saved, case))

    def keep_receipt(self, receipt: Json) -> Saved:
        """Remember the last receipt, so that it is there after a reload."""
        with self._locked():
            return self._write(replace(self._load(), receipt=receipt))

    def _answers_of(self, saved: Saved, exercise: str, case: str) -> dict[str, Json]:
        here = exercise not in self._varied or case == saved.case
        return saved.answers if here else saved.aside.get(case, {})

    def _with(self, saved: Saved, exercise: str, case: str, answer: Json) -> Saved:
        if exercise not in self._varied or case == saved.case:
            return replace(saved, answers={**saved.answers, exercise: answer})
        other = {**saved.aside.get(case, {}), exercise: answer}
        return replace(saved, aside={**saved.aside, case: other})

    def _switched(self, saved: Saved, case: str) -> Saved:
        common = {key: value for key, value in saved.answers.items() if key not in self._varied}
        old = {key: value for key, value in saved.answers.items() if key in self._varied}
        aside = {**saved.aside, saved.case: old}
        return replace(saved, case=case, answers={**common, **aside.pop(case, {})}, aside=aside)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the folder: other kernels of the same lesson wait, whatever thread they use."""
        try:
            handle = os.open(self._folder, os.O_RDONLY)
        except OSError as error:
            raise PlayerError(_REFUSED.format(why=error.strerror)) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        except OSError as error:
            raise PlayerError(_REFUSED.format(why=error.strerror)) from error
        finally:
            os.close(handle)

    def _load(self) -> Saved:
        path = self._folder / NAME
        try:
            return _parse(json.loads(path.read_bytes()), self._case)
        except FileNotFoundError:
            return Saved(case=self._case)
        except (ValueError, TypeError, KeyError, AttributeError):
            return self._keep_aside(path)

    def _keep_aside(self, path: Path) -> Saved:
        """Move a file that is no answers file out of the way, and remember to say so."""
        kept = path.with_name(f"{NAME}.hong-{self._clock():%Y%m%d-%H%M%S}")
        while kept.exists():
            kept = kept.with_name(kept.name + "-1")
        path.rename(kept)
        self.notice = (
            f"Tệp bài làm cũ bị hỏng nên chưa mở được. Bản cũ vẫn được giữ ở tệp {kept.name}. "
            "Bạn cứ làm tiếp từ đây; cần bản cũ thì nhờ huấn luyện viên."
        )
        return Saved(case=self._case)

    def _write(self, saved: Saved) -> Saved:
        saved = replace(saved, saved_at=f"{self._clock().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
        temporary = self._folder / f".{NAME}.tmp"  # one name: the lock makes it ours
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(_raw(self._lesson, saved), file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._folder / NAME)
        _sync_folder(self._folder)
        return saved


_REFUSED = (
    "Máy chủ chưa ghi được bài của bạn ({why}). Chữ bạn gõ vẫn còn trên máy này. "
    "Bạn đừng đóng trang; thử lại sau ít phút."
)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)  # the rename itself must survive a power cut
    finally:
        os.close(handle)


def _raw(lesson: str, saved: Saved) -> Json:
    raw: Json = {
        "v": VERSION,
        "lesson": lesson,
        "case": saved.case,
        "answers": saved.answers,
        "saved_at": saved.saved_at,
    }
    if saved.aside:
        raw["aside"] = saved.aside
    if saved.receipt:
        raw["receipt"] = saved.receipt
    return raw


def _parse(raw: Json, case: str) -> Saved:
    """Read a file's JSON; raise ValueError for another version, TypeError for another shape."""
    if raw["v"] != VERSION:
        raise ValueError(raw["v"])
    stored = str(raw.get("case"))
    receipt = raw.get("receipt")
    return Saved(
        case=stored if stored in CASES else case,
        answers=_objects(raw["answers"]),
        aside={key: _objects(value) for key, value in _objects(raw.get("aside", {})).items()},
        saved_at=str(raw.get("saved_at", "")),
        receipt=cast("Json", receipt) if isinstance(receipt, dict) else None,
    )


def _objects(raw: object) -> dict[str, Json]:
    if not isinstance(raw, dict) or not all(isinstance(value, dict) for value in raw.values()):
        raise TypeError(raw)
    return cast("dict[str, Json]", raw)
