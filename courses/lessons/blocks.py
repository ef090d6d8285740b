"""Markdown cut into prose and ``:::{kind} id`` blocks, with exact line numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.colon_fence import colon_fence_plugin

from courses.lessons.errors import Fault

_OPENING = re.compile(r"^(?P<fence>:{3,})\{(?P<kind>[^}]*)\}[ \t]*(?P<id>.*?)[ \t]*$")
_INNER_OPENING = re.compile(r"^:{3,}\{")

Problem = tuple[int, str, str]  # line of the file, what is wrong and how to mend it, its code


@dataclass(frozen=True)
class Block:
    """Prose (``kind`` is "") or one block; lines count from 1 in the file."""

    kind: str
    id: str
    text: str  # prose, or what stands between the fences
    line: int  # of the prose's first line, or of the opening fence
    fence: int = 0  # colons of the opening fence

    @property
    def first(self) -> int:
        """Line of the first line of ``text``."""
        return self.line + 1 if self.kind else self.line


@lru_cache(maxsize=1)
def _engine() -> MarkdownIt:
    return MarkdownIt("commonmark").disable("inline").use(colon_fence_plugin)


def cut(text: str, first: int, path: str, faults: list[Fault]) -> list[Block]:
    """Return the blocks of a text whose first line is line ``first`` of the file; add to ``faults``."""
    lines = text.split("\n")
    blocks: list[Block] = []
    place = 0
    for token in _engine().parse(text):
        if token.type != "colon_fence" or token.map is None:
            continue
        start, end = token.map
        blocks += _prose(lines[place:start], first + place)
        block, problems = _block(token, lines[start:end], first + start)
        blocks += [block] if block else []
        faults += [Fault(path=path, line=line, message=text, code=code) for line, text, code in problems]
        place = end
    return blocks + _prose(lines[place:], first + place)


def _prose(lines: list[str], first: int) -> list[Block]:
    filled = [n for n, line in enumerate(lines) if line.strip()]
    if not filled:
        return []
    text = "\n".join(lines[filled[0] : filled[-1] + 1])
    return [Block(kind="", id="", text=text, line=first + filled[0])]


def _block(token: Token, lines: list[str], line: int) -> tuple[Block | None, list[Problem]]:
    """Return the block of a fence, and what is wrong with the fence itself."""
    message = _fence_message(token, lines)
    found = _OPENING.match(lines[0])
    if message or found is None:
        mend = message or f"không hiểu dòng “{lines[0].strip()}”: viết :::{{loại}} id"
        return None, [(line, mend, "lesson")]
    name, fence = found["kind"].strip(), len(found["fence"])
    inner, problems = _inner(lines, fence, name, line)
    return Block(kind=name, id=found["id"], text="\n".join(inner), line=line, fence=fence), problems


def _fence_message(token: Token, lines: list[str]) -> str:
    if token.level or not lines[0].startswith(":"):
        return "khối phải bắt đầu ở đầu dòng, không nằm trong danh sách hay trích dẫn"
    if not token.info.strip():
        return "dấu ::: này thừa; nếu nó đóng khối ngoài thì khối ngoài phải mở bằng nhiều dấu hai chấm hơn khối trong"
    return ""


def _inner(lines: list[str], fence: int, name: str, line: int) -> tuple[list[str], list[Problem]]:
    """Return the lines between the fences, and the fault of a fence that was never closed."""
    closing = re.compile(rf"^ {{0,3}}:{{{fence},}}[ \t]*$")
    is_closed = len(lines) > 1 and closing.match(lines[-1]) is not None
    inside = [n for n, text in enumerate(lines[1:], 1) if _INNER_OPENING.match(text)]
    if name == "case" and any(_fence_of(lines[n]) >= fence for n in inside):
        mend = f"mở và đóng case bằng nhiều dấu hai chấm hơn khối bên trong, ví dụ {':' * (fence + 1)}"
        return [], [(line, f"case: {mend}", "cases")]
    if name != "case" and inside:
        mend = f"khối này chưa đóng trước khi khối ở dòng {line + inside[0]} mở: thêm {':' * fence}"
        return lines[1 : inside[0]], [(line, f"{name}: {mend}", "lesson")]
    if not is_closed:
        mend = f"khối này chưa đóng: thêm dòng {':' * fence} ở cuối khối"
        return lines[1:], [(line, f"{name}: {mend}", "lesson")]
    return lines[1:-1], []


def _fence_of(line: str) -> int:
    return len(line) - len(line.lstrip(":"))
