"""A conversation as the pupil takes it: each turn of the learner, and what the ledger knows after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from autograder import ledger
from autograder.orders import has_instructions
from autograder.pupil import heard, read, understanding
from courses.exercises.teach.kind import Teach
from courses.exercises.teach.pupil import Heard, Understood
from courses.exercises.text import is_copy_of, words

FEWEST_WORDS = 3  # fewer explain nothing


@dataclass(frozen=True)
class Talk:
    """The learner's turns with what is decided after each of them."""

    teach: Teach
    own: tuple[str, ...]
    turns: tuple[Heard, ...]

    @property
    def text(self) -> str:
        """Everything that the pupil heard."""
        return heard(self.own)

    @property
    def understood(self) -> Understood | None:
        """What is decided of everything that was said, or None."""
        return self.turns[-1].understood if self.turns else None

    @property
    def is_open(self) -> bool:
        """Tell whether the last turn explains something and nobody has decided yet what."""
        return bool(self.turns) and self.turns[-1].about == "lesson" and self.understood is None

    def with_last(self, understood: Understood | None) -> Talk:
        """Return the same talk with a decision about all of it."""
        last = self.turns[-1].model_copy(update={"understood": understood})
        return Talk(self.teach, self.own, (*self.turns[:-1], last))


def listen(session: Session, teach: Teach, own: Sequence[str]) -> Talk:
    """Return a conversation with everything that the ledger knows; one query."""
    asked = understanding(teach)
    texts = [heard(own[: number + 1]) for number in range(len(own))]
    recall = ledger.Recall(session, {ledger.question(asked, text).answer_hash for text in texts})
    turns = [
        _turn(teach, said, read(recall.find(asked, text))) for said, text in zip(own, texts, strict=True)
    ]
    return Talk(teach, tuple(own), tuple(turns))


def _turn(teach: Teach, said: str, understood: Understood | None) -> Heard:
    if has_instructions(said):
        return Heard(about="marks", understood=understood)
    count = len(words(said))
    if count < FEWEST_WORDS or is_copy_of(said, teach.task_text):
        return Heard(about="little", understood=understood)
    return Heard(about="lesson", words=count, understood=understood)
