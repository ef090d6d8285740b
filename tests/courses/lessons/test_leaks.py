"""Nothing that marks an answer reaches a learner's folder, in any form."""

import base64
import html
import json
import unicodedata
import urllib.parse
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from courses.catalog.facts import load_facts
from courses.exercises.base import Exercise, RubricExercise
from courses.exercises.chat.kind import Chat
from courses.exercises.chat.scene import Judged
from courses.exercises.choice.kind import Choice
from courses.exercises.fill.kind import Fill
from courses.exercises.number.kind import Number
from courses.exercises.sort.order import Order
from courses.exercises.sort.placing import Sort
from courses.exercises.spot.kind import Spot
from courses.exercises.table.checks import Check
from courses.exercises.table.kind import Table
from courses.lessons import lesson_folders, load_lesson
from courses.lessons.build import build_all
from courses.lessons.model import ExerciseSlot, Lesson
from courses.lessons.notebook import release_notebook, source_notebook, to_json
from courses.lessons.public import public_lesson
from courses.site import REPOSITORY
from tests.courses.lessons.conftest import FIXTURES, SLUG, tree

SAMPLES = REPOSITORY / "tests" / "lessons"
"""One lesson for each kind."""
SHORTEST = 12  # characters; a shorter one ("Sai năm.") may stand in any prose
FIELDS = {
    "lesson.json": "glossary goals key level means minutes number safety slots title v id kind points variants",
    "variants": "official trader citizen",
    "public": "criteria groups items label many max_words min_words mode options sample_reply attached segments statement"
    " statement_html text",
    "of single kinds": "accept alt areas ask checks choices columns drawn fields fixed grow image looked_at method"
    " most_rows name numbers replies rows say scenes signed states to type unit units who",
}


def forms(text: str) -> set[bytes]:
    """Return the bytes under which a text may hide: escaped, encoded, decomposed, or in base64."""
    shapes = {text, unicodedata.normalize("NFD", text), html.escape(text), urllib.parse.quote(text)}
    shapes |= {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
    raw = {shape.encode() for shape in shapes}
    return raw | {encoded for shift in range(3) for encoded in [in_base64(text.encode(), shift)] if encoded}


def in_base64(raw: bytes, shift: int) -> bytes:
    """Return the part of a base64 text that stays the same whatever stands around ``raw``."""
    whole = base64.b64encode(b"\x00" * shift + raw)
    return whole[4 if shift else 0 : len(whole) // 4 * 4 - 4]


def secret_texts(lesson: Lesson) -> set[str]:
    found: set[str] = set()
    for slot in lesson.slots:
        for exercise in slot.variants.values():
            for text in exercise.secrets():
                found |= {text, *(line.strip() for line in text.splitlines())}
            shown = {f"- [ ] {option.text}" for option in getattr(exercise, "options", ())}
            assert exercise.mark_scheme() in exercise.secrets()
            found -= shown
    return {text for text in found if len(text) >= SHORTEST}


def every_key(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*(every_key(item) for item in value.values()))
    if isinstance(value, list):
        return set().union(*(every_key(item) for item in value))
    return set()


def lessons() -> list[Path]:
    return [FIXTURES / "level1" / SLUG, *lesson_folders(REPOSITORY), *lesson_folders(SAMPLES)]


@pytest.fixture(params=lessons(), ids=lambda folder: folder.name)
def lesson(request, facts) -> Lesson:
    own = request.param.is_relative_to(FIXTURES)
    return load_lesson(request.param, facts if own else None)


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    """Build all lessons once: the fixture's and the real ones."""
    out = tmp_path_factory.mktemp("built")
    build_all(FIXTURES, out / "own", load_facts(FIXTURES / "facts.yaml"))
    build_all(REPOSITORY, out / "real")
    build_all(SAMPLES, out / "samples")
    return out


@pytest.fixture
def release(lesson, built) -> dict[str, bytes]:
    """Return the learner's part of the lesson's built tree."""
    roots = {"own": FIXTURES, "real": REPOSITORY, "samples": SAMPLES}
    place = next(name for name, root in roots.items() if (root / lesson.key).is_dir())
    return tree(built / place / lesson.course / "release" / lesson.slug)


def test_no_key_rubric_or_model_answer_stands_in_the_release(lesson, release):
    found = [
        (secret, name)
        for secret in secret_texts(lesson)
        for form in forms(secret)
        for name, content in release.items()
        if form in content
    ]
    assert found == []


def test_the_search_would_find_a_leak_in_every_form():
    secret = "Năm 2031 còn chưa tới & “thế”"
    hidden = [secret, json.dumps({"a": f"…{secret}"}), html.escape(f"<p>{secret}")]
    hidden += [base64.b64encode(f"{'x' * n}{secret} xyz".encode()).decode() for n in range(3)]
    for text in hidden:
        assert any(form in text.encode() for form in forms(secret)), text


def test_lesson_json_has_no_field_that_was_not_listed(release):
    allowed = set(" ".join(FIELDS.values()).split()) | {""}
    assert every_key(json.loads(release["lesson.json"])) <= allowed


def test_no_marker_of_the_authors_syntax_is_left(release):
    text = b"".join(content for name, content in release.items() if not name.startswith("assets/")).decode()
    for marker in ("[x]", "[ ]", "[[", ":::", "MARK SCHEME", "guidance", "must_not"):
        assert marker not in text, marker


def rotated(exercise: Choice) -> dict[str, object]:
    ids = [option.id for option in exercise.options]
    return {"right": tuple(ids[(ids.index(right) + 1) % len(ids)] for right in exercise.right)}


OTHER_KEYS: dict[type[Exercise], Callable[[Any], dict[str, object]]] = {
    Choice: rotated,
    Sort: lambda own: {"key": dict.fromkeys(own.key, own.groups[0].id)},
    Order: lambda own: {"right": own.right[::-1]},
    Spot: lambda own: {
        "passages": tuple(
            one.model_copy(update={"reason": None if one.reason else "lý do khác"}) for one in own.passages
        )
    },
    Fill: lambda own: {
        "blanks": tuple(one.model_copy(update={"accepts": ("28/2/2020",)}) for one in own.blanks),
        "forgive": (),
    },
    Number: lambda own: {
        "key": {
            id_: one.model_copy(update={"answer": one.answer + 7, "tolerance": Decimal(3)})
            for id_, one in own.key.items()
        }
    },
    Table: lambda own: {"checks": tuple(Check(name=one.name, share=3, count=9) for one in own.checks)},
    Chat: lambda own: {
        "key": {
            scene: keyed.model_copy(
                update={"judged": dict.fromkeys(keyed.judged, Judged(worth="good", why="vì khác")), "best": 1}
            )
            for scene, keyed in own.key.items()
        }
    },
}
"""Another key by class of exercise; a written exercise has the fields of ``other_rubric``."""


def other_rubric(exercise: RubricExercise) -> dict[str, object]:
    rubric = tuple(
        criterion.model_copy(update={"guidance": "khác", "polarity": "must", "points": 9.0})
        for criterion in exercise.rubric
    )
    fields = {"rubric": rubric, "reference": "khác", "misconceptions": ()}
    return {name: value for name, value in fields.items() if name in type(exercise).model_fields}


def with_other_secrets(exercise: Exercise) -> Exercise:
    """Return the exercise with another key and other secret texts, but the same public face."""
    change = other_rubric if isinstance(exercise, RubricExercise) else OTHER_KEYS[type(exercise)]
    return exercise.model_copy(update={"hints": ("gợi ý khác",), "why": "vì khác", **change(exercise)})


def test_a_release_is_the_same_whatever_the_keys_are(lesson):
    """Order, ids, counts and checksums included: the learner's bytes do not depend on a secret."""
    blocks = tuple(
        block.model_copy(
            update={"variants": {case: with_other_secrets(one) for case, one in block.variants.items()}}
        )
        if isinstance(block, ExerciseSlot)
        else block
        for block in lesson.blocks
    )
    other = lesson.model_copy(update={"blocks": blocks})
    assert source_notebook(other) != source_notebook(lesson)
    assert to_json(release_notebook(source_notebook(other))) == to_json(
        release_notebook(source_notebook(lesson))
    )
    assert public_lesson(other) == public_lesson(lesson)
