"""``prompt``: write a prompt, try it with the AI, hand in the prompt; marked by rubric."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from courses.exercises.authoring import Kind
from courses.exercises.prompt.examples import examples
from courses.exercises.rubric import RubricOptions, WrittenExercise, read_written


class Prompt(WrittenExercise):
    """``sample_reply`` is what an AI answered when the lesson was made; shown when no AI is set up.

    ``attached`` is a document that goes to the AI behind the learner's prompt; it is no part of the answer.
    """

    visible: ClassVar[frozenset[str]] = WrittenExercise.visible | {"sample_reply", "attached"}
    not_task: ClassVar[frozenset[str]] = WrittenExercise.not_task | {"sample_reply"}

    sample_reply: str = ""
    attached: str = ""

    def answer_fields(self) -> frozenset[str]:
        """Also keep the AI reply that the learner saw last; it is never marked."""
        return frozenset({"text", "reply"})

    def shown_texts(self) -> tuple[str, ...]:
        """See ``RubricExercise.shown_texts``."""
        return (*super().shown_texts(), *filter(None, [self.sample_reply]))

    def tasks(self) -> tuple[str, ...]:
        """See ``WrittenExercise.tasks``: the document alone is no prompt."""
        return (*super().tasks(), *filter(None, [self.attached]))

    def minutes(self) -> float:
        """Three minutes to write a prompt, try it once and mend it."""
        return 3


class PromptOptions(RubricOptions):
    """Header of a prompt block."""

    sample_reply: str = ""
    attached: str = Field(default="", max_length=4000)


def _read(id_: str, options: Mapping[str, object], body: str) -> Prompt:
    return read_written(Prompt, PromptOptions, id_, options, body)


KIND = Kind(name="prompt", reader=_read, examples=examples)
