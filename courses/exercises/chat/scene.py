"""One simulated conversation: what the other side says, what may be replied, where each reply leads.

A learner gets the whole conversation without worth and reasons: what happens after a reply is what the simulation
is there to show, which reply counts for how much is the key. Names of states and the order of replies are ours, so
that an author's ``mat-tien`` or "right one first" tells nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Literal

from pydantic import Field

from courses.exercises.base import Frozen

ID = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
Worth = Literal["good", "bad", "plain"]


class Reply(Frozen):
    """A reply as the learner sees it; ``to`` is the state that it leads to."""

    id: str
    text: str
    to: str


class State(Frozen):
    """What the other side says, and the replies to choose from; none: the conversation is over."""

    id: str
    say: str
    replies: tuple[Reply, ...] = ()


class Scene(Frozen):
    """One conversation as the learner sees it; it begins at the first state."""

    id: str
    title: str
    who: str
    states: tuple[State, ...]

    def state(self, id_: str) -> State:
        """Return the state of that id."""
        return next(state for state in self.states if state.id == id_)


class Judged(Frozen):
    """What a reply is worth, and why: secret."""

    worth: Worth
    why: str = ""


class DeclaredReply(Frozen):
    """A reply as its author declares it."""

    text: str = Field(min_length=1)
    to: str = Field(pattern=ID)
    worth: Worth = "plain"
    why: str = ""


class DeclaredState(Frozen):
    """A state as its author declares it."""

    say: str = Field(min_length=1)
    replies: tuple[DeclaredReply, ...] = Field(default=(), max_length=6)


class DeclaredScene(Frozen):
    """A conversation as its author declares it; it begins at the first of ``states``."""

    id: str = Field(pattern=ID)
    title: str = Field(min_length=1)
    who: str = Field(min_length=1)
    states: dict[str, DeclaredState] = Field(min_length=2, max_length=40)


class Keyed(Frozen):
    """The secret half of a scene: what replies are worth, and each state's replies in their author's order."""

    judged: dict[str, Judged]
    order: dict[str, tuple[str, ...]]
    best: int  # good replies on the best way through


def shown(scene: DeclaredScene) -> Scene:
    """Return what the learner sees of a scene."""
    names = _names(scene)
    states = tuple(_state(names, name, scene.states[name]) for name in names)
    return Scene(id=scene.id, title=scene.title, who=scene.who, states=states)


def _names(scene: DeclaredScene) -> dict[str, str]:
    """Return our names by the author's: the first is ``s1``, the others follow a hash of what is said."""
    first, *others = scene.states
    ordered = [first, *sorted(others, key=lambda name: _place(f"{scene.states[name].say}\n{name}"))]
    return {name: f"s{n}" for n, name in enumerate(ordered, 1)}


def _state(names: Mapping[str, str], name: str, state: DeclaredState) -> State:
    ordered = sorted(state.replies, key=lambda reply: _place(reply.text))
    replies = tuple(
        Reply(id=f"{names[name]}r{n}", text=reply.text, to=names[reply.to])
        for n, reply in enumerate(ordered, 1)
    )
    return State(id=names[name], say=state.say, replies=replies)


def _place(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def keyed(scene: DeclaredScene) -> Keyed:
    """Return the secret half of a scene whose ways all end."""
    names, public = _names(scene), shown(scene)
    ids = {(state.id, reply.text): reply.id for state in public.states for reply in state.replies}
    told = [
        (ids[names[name], reply.text], reply)
        for name, state in scene.states.items()
        for reply in state.replies
    ]
    return Keyed(
        judged={id_: Judged(worth=reply.worth, why=reply.why) for id_, reply in told},
        order={
            names[name]: tuple(ids[names[name], reply.text] for reply in state.replies)
            for name, state in scene.states.items()
        },
        best=best(scene),
    )


def best(scene: DeclaredScene) -> int:
    """Return how many good replies the best way through has."""

    @cache
    def ahead(name: str) -> int:
        replies = scene.states[name].replies
        return max((ahead(reply.to) + (reply.worth == "good") for reply in replies), default=0)

    return ahead(next(iter(scene.states)))


def faults(scene: DeclaredScene) -> list[str]:
    """Return what is wrong with a scene: states that are missing, never reached, or lead back to themselves."""
    found = [
        f"cuộc “{scene.id}”, lượt “{name}”: không có lượt “{reply.to}”; các lượt: {', '.join(scene.states)}"
        for name, state in scene.states.items()
        for reply in state.replies
        if reply.to not in scene.states
    ]
    found += [
        f"cuộc “{scene.id}”, lượt “{name}”: có hai câu trả lời giống hệt nhau hoặc chỉ có một câu"
        for name, state in scene.states.items()
        if state.replies
        and (len(state.replies) == 1 or len({one.text for one in state.replies}) < len(state.replies))
    ]
    return found or _way_faults(scene)


def _way_faults(scene: DeclaredScene) -> list[str]:
    order = _walk(scene)
    if order is None:
        return [f"cuộc “{scene.id}” đi vòng: mỗi câu trả lời phải dẫn tới một lượt chưa qua"]
    lost = [name for name in scene.states if name not in order]
    if lost:
        return [f"cuộc “{scene.id}”: không câu trả lời nào dẫn tới lượt “{lost[0]}”"]
    return [] if best(scene) else [f"cuộc “{scene.id}” chưa có câu trả lời nào worth: good"]


def _walk(scene: DeclaredScene) -> list[str] | None:
    """Return the states that can be reached, or None when a way leads in a circle."""
    done: list[str] = []

    def visit(name: str, way: Sequence[str]) -> bool:
        if name in way:
            return False
        if name in done:
            return True
        ends = all(visit(reply.to, [*way, name]) for reply in scene.states[name].replies)
        done.append(name)
        return ends

    return done if visit(next(iter(scene.states)), []) else None
