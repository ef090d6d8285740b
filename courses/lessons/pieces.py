"""Each kind's own piece of the lesson that ``bdhai new`` writes: ``example.md`` and ``example.yaml`` in its folder.

``example.md`` is the block with notes for its author (lines that begin with ``%``). ``example.yaml`` has the keys
``full``, ``partial`` and ``wrong``: what ``samples.yaml`` says of the exercise under its id, for a learner of the
setting ``citizen``, ``official`` and ``trader``. A new kind brings both files and needs no edit anywhere else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import courses.exercises

ROLES = {"full": "citizen", "partial": "official", "blank": "trader", "wrong": "trader"}
"""Samples of a new lesson, each with the setting of who answered it."""

_SECTION = re.compile(r"^(?P<role>[a-z]+):[^\n]*\n(?P<body>(?:[ \t]+[^\n]*\n|\n)+)", re.MULTILINE)
_LAST = "teach"  # who has taught has finished


@dataclass(frozen=True)
class Piece:
    """One kind's piece. ``answers``: YAML lines by role, indented by two."""

    kind: str
    exercise: str  # id of the exercise
    text: str
    answers: Mapping[str, str]


def pieces() -> dict[str, Piece]:
    """Return the pieces by kind, sorted, ``teach`` last."""
    found = (
        _piece(file) for folder in courses.exercises.__path__ for file in Path(folder).glob("*/example.md")
    )
    ordered = sorted(found, key=lambda piece: (piece.kind == _LAST, piece.kind))
    return {piece.kind: piece for piece in ordered}


def _piece(file: Path) -> Piece:
    kind = file.parent.name
    text = file.read_text(encoding="utf-8")
    opening = re.search(rf"^:::\{{{kind}\}} (?P<id>[a-z0-9-]+)$", text, re.MULTILINE)
    if opening is None:
        raise ValueError(f"{file}: no block :::{{{kind}}} id")
    answers = file.with_suffix(".yaml").read_text(encoding="utf-8")
    sections = {found["role"]: found["body"].rstrip() for found in _SECTION.finditer(answers)}
    return Piece(kind=kind, exercise=opening["id"], text=text.strip("\n"), answers=sections)


def samples_text(chosen: list[Piece]) -> str:
    """Return ``samples.yaml`` of a lesson made of these pieces, without its head."""
    return "\n".join(_sample(role, case, chosen) for role, case in ROLES.items())


def _sample(role: str, case: str, chosen: list[Piece]) -> str:
    head = f"- name: mau-{role}\n  role: {role}\n  case: {case}\n"
    given = [
        f"    {piece.exercise}:\n{_deeper(piece.answers[role])}\n"
        for piece in chosen
        if role in piece.answers
    ]
    return head + ("  answers:\n" + "".join(given) if given else "")


def _deeper(lines: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in lines.split("\n"))
