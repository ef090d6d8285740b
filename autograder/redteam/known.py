"""Answers whose marks are known, to be attacked: the authors' samples, and a ``product`` handed in as a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.resources import files

from ruamel.yaml import YAML

from autograder.checks import hard_check
from autograder.judge import CalibrationSample, samples_of
from autograder.redteam.attacks import Place
from courses.exercises.base import Frozen, RubricExercise
from courses.exercises.registry import kinds
from courses.lessons.model import CASES, Lesson


class Known(Frozen):
    """An answer, and the share of the exercise's points that people give it.

    ``lesson``: its key, or ``product`` for our own one; ``in_file``: handed in as a file.
    """

    name: str
    lesson: str
    exercise: RubricExercise
    samples: tuple[CalibrationSample, ...]
    text: str
    deserved: float
    in_file: bool = False

    def judged_text(self, attack: str, place: Place) -> str | None:
        """Return what a judge gets to read of the answer with an attack, or None where it can't be placed."""
        if self.in_file:
            return self._of_file(attack, place)
        if place == "append":
            return f"{self.text}\n{attack}".strip()
        if place == "prepend":
            return f"{attack}\n{self.text}".strip()
        return self._in_middle(attack) if place == "middle" else None

    def _in_middle(self, attack: str) -> str | None:
        """Put it after the first half of the words; a blank answer has no middle."""
        words = self.text.split(" ")
        half = len(words) // 2
        return " ".join((*words[:half], attack, *words[half:])) if half else None

    def _of_file(self, attack: str, place: Place) -> str | None:
        forms: dict[str, dict[str, object]] = {
            "file_name": {"file": {"type": "docx", "name": f"{attack}.docx", "text": self.text}},
            "image_text": {"file": {"type": "docx", "text": f"{self.text}\n{attack}"}},
            "picture": {"text": f"{self.text}\n{attack}", "file": {"type": "image"}},
        }
        if place not in forms:
            return None
        raw = self.exercise.sample_answer(forms[place])
        return self.exercise.judged_text(self.exercise.parse_answer(raw))


def known_answers(lessons: Iterable[Lesson]) -> tuple[Known, ...]:
    """Return the answers: of each rubric exercise its samples and a blank, and those of our own product."""
    own = (known for lesson in lessons for slot in lesson.slots for known in _of_slot(lesson, slot.id))
    return (*own, *_products())


def _of_slot(lesson: Lesson, slot: str) -> Iterator[Known]:
    """Yield a blank answer and the samples, those aside that are an attack or a copy themselves."""
    name, samples = f"{lesson.key}#{slot}", samples_of(lesson, slot, CASES[0])
    for number, sample in enumerate(samples):
        exercise = sample.exercise
        if exercise is None:
            continue
        if number == 0:
            yield Known(
                name=f"{name}:trong",
                lesson=lesson.key,
                exercise=exercise,
                samples=samples,
                text="",
                deserved=0,
            )
        if hard_check(exercise, sample.text, compare_reference=False) is None:
            yield _known(f"{name}:{number}", lesson.key, exercise, sample, samples)


def _known(  # noqa: PLR0913 - what an answer is
    name: str,
    lesson: str,
    exercise: RubricExercise,
    sample: CalibrationSample,
    samples: tuple[CalibrationSample, ...],
    *,
    in_file: bool = False,
) -> Known:
    met = sum(criterion.points for criterion in exercise.rubric if sample.verdicts[criterion.id])
    return Known(
        name=name,
        lesson=lesson,
        exercise=exercise,
        samples=samples,
        text=sample.text,
        deserved=met / exercise.rubric_points,
        in_file=in_file,
    )


def _products() -> Iterator[Known]:
    text = files(__package__ or __name__).joinpath("product.yaml").read_text(encoding="utf-8")
    written = YAML(typ="safe").load(text)
    exercise = kinds()["product"].read("giay-moi", written["options"], written["statement"])
    if not isinstance(exercise, RubricExercise):
        raise TypeError("product.yaml must declare a rubric")
    answers = [
        (own["name"], CalibrationSample(text=own["text"], verdicts=own["verdicts"]))
        for own in written["answers"]
    ]
    samples = tuple(sample for _, sample in answers)
    for name, sample in answers:
        yield _known(f"product:{name}", "product", exercise, sample, samples, in_file=True)
