"""Bé Chè, the pupil: what it believes at first, what it says, and the quiz that its teacher never sees.

Everything here is decided by the declaration, by the learner's own turns and by what a judge found in them;
no chat model has a say. What the pupil itself is said to have answered is never looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from courses.exercises.base import Frozen

MOST_TURNS = 12
"""Turns of the learner in one conversation."""
TURN_LIMIT = 1000  # characters of one turn
FEWEST, MOST = 2, 4  # misconceptions
SHORT = 12  # words; after a shorter explanation the pupil asks why once more
PATIENCE = 3  # explanations of one misconception after which the pupil leaves it

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Understood = Mapping[str, bool]
"""Misconception → the learner's own words correct it; a misconception that is missing is undecided."""


class Misconception(Frozen):
    """One thing that the pupil believes wrongly. Secret, but for what the pupil says when it says it.

    ``belief``, ``ask`` and ``again`` are the pupil's words; ``correction`` is the judge's guidance; ``question``,
    ``right`` and ``wrong`` are its line of the quiz, with what the pupil answers once it has understood or while it
    still believes.
    """

    id: str
    belief: Line
    ask: Line
    again: Line
    correction: str = Field(min_length=1)
    question: Line
    right: Line
    wrong: Line


class Heard(Frozen):
    """One turn of the learner as the pupil takes it.

    ``about``: an explanation, too little to be one, or an attempt to talk about marks. ``understood`` is what was
    decided of everything said so far, or None while nobody knows.
    """

    about: Literal["lesson", "little", "marks"]
    words: int = 0
    understood: Understood | None = None


class Said(Frozen):
    """What the pupil says next: a reaction, and what it asks. ``done``: it has no further question."""

    lead: str
    ask: str = ""
    done: bool = False


class Quiz(Frozen):
    """How the pupil did. ``unsure`` questions were answered “Con chưa chắc”: nobody knows yet."""

    right: int
    unsure: int
    total: int
    learned: tuple[str, ...] = ()  # what the pupil now says of what it has understood
    held: tuple[str, ...] = ()  # beliefs that it still has

    @property
    def passed(self) -> bool:
        """Tell whether the pupil got everything right."""
        return self.right == self.total


def sit(misconceptions: Sequence[Misconception], understood: Understood | None) -> Quiz:
    """Return the pupil's result, with everything that its teacher may see of it."""
    known = understood or {}
    right = [one for one in misconceptions if known.get(one.id) is True]
    held = [one for one in misconceptions if known.get(one.id) is False]
    return Quiz(
        right=len(right),
        unsure=len(misconceptions) - len(right) - len(held),
        total=len(misconceptions),
        learned=tuple(one.right for one in right),
        held=tuple(one.belief for one in held),
    )


def quiz_answer(one: Misconception, understood: Understood | None) -> str:
    """Return what the pupil answers to one question, for those who mark."""
    known = (understood or {}).get(one.id)
    return "Con chưa chắc." if known is None else one.right if known else one.wrong


_HEARD = ("Dạ, con nghe rồi ạ.", "Vâng, con ghi vào vở rồi ạ.", "Dạ, con nhớ chỗ này ạ.")
_LEARNED = ("À, con hiểu chỗ này rồi ạ.", "A, ra thế, con hiểu rồi ạ.", "Dạ, giờ con hiểu rồi ạ.")
_STILL = ("Con vẫn chưa thông ạ.", "Chỗ này con còn thấy vướng ạ.", "Con nghe rồi mà vẫn thấy lạ ạ.")
_LEFT = "Chỗ này con chưa hiểu hẳn, để con nghĩ thêm ạ."
_LITTLE = "Con chưa hiểu ạ. Nói thêm cho con một câu nữa nhé."
_MARKS = "Con là học trò nên không biết gì về chuyện chấm bài đâu ạ. Mình nói tiếp bài học nhé."
_THANKS = "Con cảm ơn ạ. Con không còn câu hỏi nào nữa."
_MORE = "Dạ, con nghe thêm rồi ạ."
_BEGIN = "Con nghe đây ạ. Hôm nay học gì thế ạ?"


def speak(misconceptions: Sequence[Misconception], heard: Sequence[Heard]) -> Said:
    """Return what the pupil says after the learner's turns.

    It takes its misconceptions one by one, skips those that are understood already, asks again while one is held,
    and leaves it after three explanations. While nobody knows what was understood, it asks again only after a short
    explanation. Words that are no explanation move nothing.
    """
    talk = _Talk(misconceptions)
    said = Said(lead=_BEGIN)
    for turn in heard:
        said = talk.hear(turn)
    return said.model_copy(update={"ask": "", "done": True}) if len(heard) >= MOST_TURNS else said


class _Talk:
    """Where a conversation stands."""

    def __init__(self, misconceptions: Sequence[Misconception]) -> None:
        self._all = misconceptions
        self._place = -1  # -1: the first explanation, before any question
        self._tries = 0
        self._turns = 0

    def hear(self, turn: Heard) -> Said:
        """Take one turn of the learner."""
        if turn.about != "lesson":
            return self._say(_MARKS if turn.about == "marks" else _LITTLE)
        self._turns += 1
        if self._place == len(self._all):
            return Said(lead=_MORE, done=True)
        if self._place < 0:
            return self._go_on(turn, self._pick(_HEARD))
        return self._about_one(turn, (turn.understood or {}).get(self._all[self._place].id))

    def _about_one(self, turn: Heard, understood: bool | None) -> Said:  # noqa: FBT001 - true, false, unknown
        self._tries += 1
        if understood:
            return self._go_on(turn, self._pick(_LEARNED))
        if understood is None:
            ask_again = self._tries == 1 and turn.words < SHORT
            return self._again(self._pick(_HEARD)) if ask_again else self._go_on(turn, self._pick(_HEARD))
        return self._go_on(turn, _LEFT) if self._tries >= PATIENCE else self._again(self._pick(_STILL))

    def _again(self, lead: str) -> Said:
        one = self._all[self._place]
        return Said(lead=lead, ask=one.again if self._tries == 1 else one.ask)

    def _go_on(self, turn: Heard, lead: str) -> Said:
        known = turn.understood or {}
        after = range(self._place + 1, len(self._all))
        self._place = next((n for n in after if not known.get(self._all[n].id)), len(self._all))
        self._tries = 0
        return self._say(lead)

    def _say(self, lead: str) -> Said:
        """Say something and put the question at hand."""
        if self._place == len(self._all):
            return Said(lead=f"{lead} {_THANKS}", done=True)
        if self._place < 0:
            return Said(lead=lead)
        one = self._all[self._place]
        return Said(lead=lead, ask=f"{one.belief} {one.ask}")

    def _pick(self, lines: Sequence[str]) -> str:
        return lines[self._turns % len(lines)]
