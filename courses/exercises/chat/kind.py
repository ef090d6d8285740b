"""``chat``: a simulated conversation, or several short ones; the replies that were chosen are what counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, ClassVar

from pydantic import BaseModel, Field

from courses.exercises.answers import blank, credited, fields_of, narrow
from courses.exercises.authoring import Kind, Options, common, read_options, statement_of
from courses.exercises.base import AnswerError, DeclarationError, Exercise, Frozen, Mark, Parts, raise_faults
from courses.exercises.chat.examples import examples
from courses.exercises.chat.scene import (
    DeclaredScene,
    Judged,
    Keyed,
    Reply,
    Scene,
    State,
    faults,
    keyed,
    shown,
)

_MOST_TOLD = 4  # replies explained in one comment; more would be a wall of text
_SIGNS = {"good": "✓", "bad": "✎", "plain": "•"}


class ChatAnswer(Frozen):
    """Ids of the replies that were chosen, from each conversation's start; those not begun are left out."""

    paths: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class Chat(Exercise):
    """``scenes`` are what the learner sees; ``key`` (by scene) is secret."""

    visible: ClassVar[frozenset[str]] = Exercise.visible | {"scenes"}

    scenes: tuple[Scene, ...]
    key: dict[str, Keyed]

    def parse_answer(self, raw: object) -> ChatAnswer:
        """See ``Exercise.parse_answer``: each path must be a way through its conversation."""
        paths = fields_of(raw, frozenset({"paths"})).get("paths", {})
        if not isinstance(paths, dict) or not set(paths) <= set(self.key):
            raise AnswerError("Câu trả lời có cuộc trò chuyện mà bài này không có.")
        chosen = {scene.id: _path(scene, paths[scene.id]) for scene in self.scenes if scene.id in paths}
        return ChatAnswer(paths={name: path for name, path in chosen.items() if path})

    def is_blank(self, answer: BaseModel) -> bool:
        """See ``Exercise.is_blank``."""
        return not narrow(answer, ChatAnswer).paths

    def mark(self, answer: BaseModel) -> Mark:
        """Points × (good replies − bad ones) / good replies of the best ways, unless ``credit`` says otherwise."""
        if self.is_blank(answer):
            return blank(self)
        good, bad = self._counts(answer)
        parts = Parts(right=good, wrong=bad, total=self._best())
        return credited(self, parts, "\n".join([self.told(answer), *self._reasons(answer)]))

    def told(self, answer: BaseModel) -> str:
        """See ``Exercise.told``: how many replies were good, never which."""
        good, _ = self._counts(answer)
        parts = [f"Bạn có {good}/{self._best()} lượt trả lời tốt."]
        open_ = sum(not self._is_over(scene, answer) for scene in self.scenes)
        if open_:
            parts.append(f"Còn {open_} cuộc trò chuyện chưa xong.")
        return " ".join(parts)

    def _best(self) -> int:
        return sum(key.best for key in self.key.values())

    def _counts(self, answer: BaseModel) -> tuple[int, int]:
        worths = [judged.worth for _, judged in self._judged(answer)]
        return worths.count("good"), worths.count("bad")

    def _judged(self, answer: BaseModel) -> Iterator[tuple[Reply, Judged]]:
        """Yield the chosen replies with what they are worth."""
        paths = narrow(answer, ChatAnswer).paths
        for scene in self.scenes:
            for _, reply in walk(scene, paths.get(scene.id, ())):
                yield reply, self.key[scene.id].judged[reply.id]

    def _is_over(self, scene: Scene, answer: BaseModel) -> bool:
        steps = list(walk(scene, narrow(answer, ChatAnswer).paths.get(scene.id, ())))
        return bool(steps) and not scene.state(steps[-1][1].to).replies

    def _reasons(self, answer: BaseModel) -> list[str]:
        """Return why the chosen replies are what they are: bad ones first."""
        told = [(reply, judged) for reply, judged in self._judged(answer) if judged.why]
        told.sort(key=lambda one: one[1].worth != "bad")
        return [
            f"{_SIGNS[judged.worth]} “{reply.text}” – {judged.why}" for reply, judged in told[:_MOST_TOLD]
        ]

    def render_answer(self, answer: BaseModel) -> str:
        """See ``Exercise.render_answer``: each conversation with its title, speakers named."""
        paths = narrow(answer, ChatAnswer).paths
        told = [_rendered(scene, paths[scene.id]) for scene in self.scenes if scene.id in paths]
        return "\n\n".join(told) or "(để trống)"

    def reading(self) -> str:
        """Return the statement and what one way through each conversation makes a learner read."""
        return "\n".join([self.statement, *(text for scene in self.scenes for text in _longest(scene))])

    def minutes(self) -> float:
        """A third of a minute a good reply: to think, not to read."""
        return self._best() / 3

    def mark_scheme(self) -> str:
        """See ``Exercise.mark_scheme``."""
        lines = []
        for scene in self.scenes:
            lines.append(f"**{scene.title}**")
            lines += [
                _scheme_line(reply, self.key[scene.id]) for state in scene.states for reply in state.replies
            ]
        return "\n".join(lines)

    def secrets(self) -> tuple[str, ...]:
        """See ``Exercise.secrets``."""
        reasons = (judged.why for key in self.key.values() for judged in key.judged.values())
        return tuple(text for text in (*self.hints, self.why, self.mark_scheme(), *reasons) if text)

    def sample_answer(self, form: dict[str, Any]) -> dict[str, Any]:
        """``paths`` maps a conversation's id to the numbers of the chosen replies, as their author ordered them."""
        paths = form.get("paths")
        if set(form) != {"paths"} or not isinstance(paths, dict) or not set(paths) <= set(self.key):
            raise DeclarationError(
                f"chat dùng: paths: {{id: [số thứ tự câu, …]}}; các id: {', '.join(self.key)}"
            )
        scenes = {scene.id: scene for scene in self.scenes}
        return {
            "paths": {name: _numbered(scenes[name], self.key[name], path) for name, path in paths.items()}
        }


def walk(scene: Scene, path: tuple[str, ...]) -> Iterator[tuple[State, Reply]]:
    """Yield each state of a path with the reply chosen there."""
    state = scene.states[0]
    for id_ in path:
        reply = next(one for one in state.replies if one.id == id_)
        yield state, reply
        state = scene.state(reply.to)


def _path(scene: Scene, raw: object) -> tuple[str, ...]:
    if not isinstance(raw, (list, tuple)) or len(raw) > len(scene.states):
        raise AnswerError("Đường đi của cuộc trò chuyện không hợp lệ.")
    state = scene.states[0]
    for id_ in raw:
        reply = next((one for one in state.replies if one.id == id_), None)
        if reply is None:
            raise AnswerError("Cuộc trò chuyện này không có lượt trả lời đó. Bạn thử lại từ đầu giúp nhé.")
        state = scene.state(reply.to)
    return tuple(str(id_) for id_ in raw)


def _rendered(scene: Scene, path: tuple[str, ...]) -> str:
    lines = [scene.title]
    end = scene.states[0]
    for state, reply in walk(scene, path):
        lines += [f"{scene.who}: {state.say}", f"Bạn: {reply.text}"]
        end = scene.state(reply.to)
    return "\n".join([*lines, f"{scene.who}: {end.say}"])


def _longest(scene: Scene) -> list[str]:
    """Return the texts of the way through that has the most to read."""

    @cache  # ways meet again: without it their number grows with every fork
    def ahead(state_id: str) -> list[str]:
        state = scene.state(state_id)
        here = [state.say, *(reply.text for reply in state.replies)]
        ways = [ahead(reply.to) for reply in state.replies]
        return [*here, *max(ways, key=lambda way: sum(map(len, way)), default=[])]

    return ahead(scene.states[0].id)


def _scheme_line(reply: Reply, key: Keyed) -> str:
    judged = key.judged[reply.id]
    return f"- {_SIGNS[judged.worth]} {reply.text}{f' – {judged.why}' if judged.why else ''}"


def _numbered(scene: Scene, key: Keyed, numbers: object) -> list[str]:
    """Return reply ids for an author's numbers, the first reply of a state is 1."""
    if not isinstance(numbers, list):
        raise DeclarationError(f"{scene.id}: viết danh sách số thứ tự câu trả lời, ví dụ [1, 2]")
    path: list[str] = []
    state = scene.states[0]
    for number in numbers:
        replies = key.order[state.id]
        if type(number) is not int or not 1 <= number <= len(replies):
            raise DeclarationError(
                f"{scene.id}: lượt {len(path) + 1} có {len(replies)} câu trả lời, không có câu {number}"
            )
        path.append(replies[number - 1])
        state = scene.state(next(one.to for one in state.replies if one.id == path[-1]))
    return path


class ChatOptions(Options):
    """Header of a chat block."""

    scenes: tuple[DeclaredScene, ...] = Field(min_length=1, max_length=8)


def _read(id_: str, options: Mapping[str, object], body: str) -> Chat:
    wanted = read_options(ChatOptions, options)
    ids = [scene.id for scene in wanted.scenes]
    raise_faults(
        [
            *(_fault(n, message) for n, scene in enumerate(wanted.scenes) for message in faults(scene)),
            *(
                _fault(n, f"cuộc “{name}” có hai lần: đổi một id")
                for n, name in enumerate(ids)
                if name in ids[:n]
            ),
        ]
    )
    return Chat(
        id=id_,
        kind="chat",
        statement=statement_of(body.split("\n")),
        **common(wanted, "net"),
        scenes=tuple(map(shown, wanted.scenes)),
        key={scene.id: keyed(scene) for scene in wanted.scenes},
    )


def _fault(number: int, message: str) -> DeclarationError:
    return DeclarationError(message, option=("scenes", number))


KIND = Kind(name="chat", reader=_read, examples=examples)
