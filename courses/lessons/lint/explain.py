"""What each message of ``bdhai lint`` means, told to the author: one Markdown file a code.

Codes of checks and of a lesson's parts stand in ``explained/``, an exercise kind's in its own folder
(``explained.md``), so that a new kind needs no edit here. A file has a title (``#``), the reason, right examples, and
under them one section (``###``) a message: its words, with ``…`` for what differs, what it means, and the lines that
bring it about beside the lines that mend it::

    ```sửa
    sai  | - [ ] Nước sôi
    đúng | - [x] Nước sôi
    ```

The lines after ``đúng`` stand in the right example above. A right example's fence is named after where it belongs:
``lesson.md`` (a lesson's text), ``lesson.md head`` (keys of its head), ``samples.yaml``, ``facts.yaml``,
``glossary.yaml``, ``assets/NAME`` (a picture). ``##`` begins anew with other examples. Tests make every message happen.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import courses.exercises
from courses.exercises.base import Frozen

COMMON = ("options", "rubric")
"""Pages of messages that several kinds share; a finding carries its kind's code, whose page names these."""

_FOLDER = Path(__file__).with_name("explained")
_KIND_PAGE = "explained.md"
_PARTS = re.compile(
    r"^(?P<signs>#{1,3}) (?P<words>.+)$|^```(?P<place>.+)\n(?P<lines>(?s:.*?))^```$", re.MULTILINE
)
_MEND = "sửa"
_LINE = re.compile(r"^(?P<side>sai |đúng) \| ?(?P<line>.*)$")
_FOOTER = (
    "\n\nLời nhắc chung cho mọi loại bài: bdhai lint --explain options\n"
    "Lời nhắc về tiêu chí chấm bài viết: bdhai lint --explain rubric\n"
    "Cách viết loại bài này, có ví dụ: CONTRIBUTING.md, mục “{0}”"
)


class Example(Frozen):
    """A piece of a lesson. ``place``: see the module."""

    place: str
    text: str


class Told(Frozen):
    """One message. ``wrong`` put in place of ``right`` in one of ``examples`` brings it about; both may be empty."""

    message: str
    examples: tuple[Example, ...] = ()  # that stand above it, the newest of each place
    wrong: str = ""
    right: str = ""

    @property
    def pattern(self) -> re.Pattern[str]:
        """What matches the message at the end of a finding."""
        words = ".*".join(map(re.escape, self.message.split("…")))
        return re.compile(rf"(?:^|: ){words}$")


class Explanation(Frozen):
    """What an author reads about one code."""

    code: str
    title: str
    told: tuple[Told, ...]
    text: str  # the whole file

    def shown(self) -> str:
        """Return the explanation for a terminal: examples indented, no Markdown signs."""
        return _PARTS.sub(self._plain, self.text).strip()

    def _plain(self, found: re.Match[str]) -> str:
        if found["place"]:
            return textwrap.indent(found["lines"], "    ").rstrip("\n")
        words = found["words"]
        return {"#": f"{words} [{self.code}]", "##": words, "###": f"Máy nhắc: {words}"}[found["signs"]]


class ExplanationError(ValueError):
    """An explanation is missing or has not the form that the module describes."""


@lru_cache(maxsize=1)
def _files() -> dict[str, Path]:
    kinds = (file for folder in courses.exercises.__path__ for file in Path(folder).glob(f"*/{_KIND_PAGE}"))
    found = {file.stem: file for file in _FOLDER.glob("*.md")}
    return dict(sorted((found | {file.parent.name: file for file in kinds}).items()))


def codes() -> tuple[str, ...]:
    """Return the codes that are explained, sorted."""
    return tuple(_files())


def explanation(code: str) -> Explanation:
    """Return the explanation of a code.

    Raises:
        ExplanationError: when there is none, or when it lacks a part.
    """
    file = _files().get(code)
    if file is None:
        raise ExplanationError(f"{code}: no such explanation")
    text = file.read_text(encoding="utf-8").rstrip()
    title = next((found["words"] for found in _PARTS.finditer(text) if found["signs"] == "#"), None)
    told = tuple(_told(text))
    if title is None or not told:
        raise ExplanationError(f"{file}: needs a title and a section for each message")
    footer = _FOOTER.format(code) if file.name == _KIND_PAGE else ""
    return Explanation(code=code, title=title, told=told, text=f"{text}{footer}")


def _told(text: str) -> Iterator[Told]:
    """Yield the messages in order, each with the right examples that stand above it."""
    examples: dict[str, Example] = {}
    message, mend = "", ""
    for found in _PARTS.finditer(text):
        if found["signs"]:
            if message:
                yield _one(message, tuple(examples.values()), mend)
            if found["signs"] == "##":
                examples = {}
            message, mend = (found["words"] if found["signs"] == "###" else ""), ""
        elif found["place"] == _MEND:
            mend = found["lines"]
        else:
            examples[found["place"]] = Example(place=found["place"], text=found["lines"])
    if message:
        yield _one(message, tuple(examples.values()), mend)


def _one(message: str, examples: tuple[Example, ...], lines: str) -> Told:
    sides: dict[str, list[str]] = {"sai": [], "đúng": []}
    for line in lines.splitlines():
        found = _LINE.match(line)
        if found is None:
            raise ExplanationError(f"{message}: a line must begin with “sai  | ” or “đúng | ”: {line}")
        sides[found["side"].strip()].append(found["line"])
    return Told(
        message=message,
        examples=examples,
        wrong="\n".join(sides["sai"]),
        right="\n".join(sides["đúng"]),
    )
