"""Answers of every sort to any ``chat``, for the tests."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from random import Random
from typing import TYPE_CHECKING

from courses.exercises.authoring import Example, malformed
from courses.exercises.base import Exercise

if TYPE_CHECKING:
    from courses.exercises.chat.kind import Chat
    from courses.exercises.chat.scene import Keyed, Scene

_VALUE = {"good": 1, "plain": 0, "bad": -1}


def examples(exercise: Exercise, random: Random) -> Iterator[Example]:
    """See ``courses.exercises.authoring.Examples``."""
    own: Chat = exercise  # type: ignore[assignment] # the registry gives this kind only its own exercises
    best = {scene.id: _way(scene, own.key[scene.id], 1) for scene in own.scenes}
    worst = {scene.id: _way(scene, own.key[scene.id], -1) for scene in own.scenes}
    first = random.choice(own.scenes).id
    yield Example({"paths": best}, "right")
    yield Example({"paths": worst}, "wrong")
    if len(own.scenes) > 1:
        yield Example({"paths": {first: best[first]}}, "wrong" if own.credit == "all" else "partly")
    blanks: tuple[dict[str, object], ...] = ({}, {"paths": {}}, {"paths": {first: []}})
    yield from (Example(raw, "blank") for raw in blanks)
    yield from malformed(
        {"paths": {first: [best[first][0]] * 2}},
        {"paths": {first: ["s1r9"]}},
        {"paths": {first: [1]}},
        {"paths": {first: "s1r1"}},
        {"paths": {"la": []}},
        {"paths": []},
        {"path": []},
        [],
        None,
    )


def _way(scene: Scene, key: Keyed, sign: int) -> list[str]:
    """Return the way through a conversation that earns most (sign 1) or least (−1)."""

    @cache
    def ahead(state_id: str) -> tuple[int, list[str]]:
        state = scene.state(state_id)
        ways = [(reply, *ahead(reply.to)) for reply in state.replies]
        values = [
            (sign * _VALUE[key.judged[reply.id].worth] + value, [reply.id, *way])
            for reply, value, way in ways
        ]
        return max(values, default=(0, []))

    return ahead(scene.states[0].id)[1]
