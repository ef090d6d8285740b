"""The judge's prompts: one Markdown file each, with a version line, and how an exercise is laid out.

Text that never changes comes first, then the exercise, and the answer last: so a provider's prefix
cache serves everything but the answer, and nothing that a learner wrote stands before our rules.
"""

from __future__ import annotations

import re
from importlib.resources import files

from courses.exercises.base import Criterion, Frozen, RubricExercise, canonical_hash

_HEADER = re.compile(r"\Aversion: (\d+)\n\n")
_ANGLES = str.maketrans({"<": "‹", ">": "›"})


class Prompt(Frozen):
    """One prompt file."""

    name: str
    version: int
    text: str


def load_prompt(name: str) -> Prompt:
    """Read ``prompts/<name>.md``. Raises ValueError when its first line gives no version."""
    text = files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8")
    header = _HEADER.match(text)
    if header is None:
        raise ValueError(f"prompts/{name}.md: the first line must be 'version: N'")
    return Prompt(name=name, version=int(header[1]), text=text[header.end() :].strip())


def prompts_hash(prompts: tuple[Prompt, ...], *more: object) -> str:
    """Return the SHA-256 (hex) of prompts and of whatever else decides a verdict (JSON values)."""
    return canonical_hash([*(prompt.model_dump() for prompt in prompts), *more])


def render_user(exercise: RubricExercise, answer: str) -> str:
    """Return the user's message: task, criteria, and the answer last, as data."""
    criteria = "\n".join(render_criterion(criterion) for criterion in exercise.rubric)
    return (
        f"Đề bài:\n<de_bai>\n{exercise.statement.strip()}\n</de_bai>\n\n"
        f"Tiêu chí (tối đa {exercise.rubric_points:g} điểm):\n{criteria}\n\n"
        f"Bài của học viên:\n<bai_lam>\n{neutralise(answer)}\n</bai_lam>"
    )


def render_criterion(criterion: Criterion) -> str:
    """Return one criterion with the author's private guidance."""
    guidance = f" Cách xét: {criterion.guidance.strip()}" if criterion.guidance.strip() else ""
    return f"- [{criterion.id}] ({criterion.polarity}, {criterion.points:g} điểm) {criterion.text.strip()}{guidance}"


def neutralise(answer: str) -> str:
    """Return an answer in which no tag or chat-template token can be spelled: angles become ‹ ›."""
    return answer.translate(_ANGLES)
