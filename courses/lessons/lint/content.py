"""Prose and statements: images with words, nothing from outside, no raw HTML, nothing secret in sight."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from courses.exercises.text import words as words_of
from courses.lessons.leaks import leaks
from courses.lessons.lint.finding import Finding, Subject
from courses.lessons.lint.pictures import SvgError, expect_svg
from courses.lessons.model import Lesson, Prose
from courses.lessons.notebook import release_notebook, source_notebook
from courses.lessons.public import public_lesson, strings

_OUTSIDE = re.compile(r"\b(?:https?|ftp)://|\bwww\.|\b(?:javascript|data|mailto):", re.IGNORECASE)
_OWN = re.compile(r"assets/[a-z0-9][a-z0-9._-]*")
_MARKUP = re.compile(r"\*\*|__|`|\]\(")
_MARKDOWN_FIELDS = frozenset({"statement", "statement_html", "sample_reply"})
_NAMESPACE = "http://www.w3.org/"
_ACTIVE = re.compile(r"<script|<foreignObject|\son\w+\s*=|https?://|javascript:", re.IGNORECASE)
_SUFFIXES = frozenset({".svg", ".png", ".jpg", ".jpeg", ".webp"})
_FEWEST_WORDS = 4  # “Bốn ô của lệnh”
_HEAVY = 150_000  # bytes; a lesson opens over a slow phone line


@lru_cache(maxsize=1)
def _engine() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True})


def _texts(lesson: Lesson) -> Iterator[tuple[str, int]]:
    """Yield every Markdown text that a learner reads, with its line."""
    for block in lesson.blocks:
        if isinstance(block, Prose):
            yield block.text, block.line
        else:
            for exercise in block.variants.values():
                yield exercise.statement, block.line


def _tokens(text: str, line: int) -> Iterator[tuple[Token, int]]:
    """Yield block and inline tokens with the line of their block."""
    for token in _engine().parse(text):
        place = line + (token.map[0] if token.map else 0)
        yield token, place
        for child in token.children or ():
            yield child, place


def check_markdown(subject: Subject) -> Iterable[Finding]:
    """Check images, links and raw HTML."""
    for text, line in _texts(subject.lesson):
        for token, place in _tokens(text, line):
            if token.type == "image":
                yield from _image(subject, token, place)
            elif token.type == "link_open":
                yield from _link(subject, str(token.attrs.get("href", "")), place)
            elif token.type in {"html_block", "html_inline"}:
                yield subject.error(
                    place, f"không dùng thẻ HTML “{token.content.strip()[:40]}”: viết Markdown"
                )

    for slot in subject.lesson.slots:
        for exercise in slot.variants.values():
            for source, words in exercise.pictures():
                yield from _picture(subject, source, words, slot.line)


def _image(subject: Subject, token: Token, line: int) -> Iterator[Finding]:
    yield from _picture(subject, str(token.attrs.get("src", "")), token.content, line)


def _picture(subject: Subject, source: str, words: str, line: int) -> Iterator[Finding]:
    if not words.strip():
        yield subject.error(line, f"ảnh {source} thiếu lời tả: viết ![lời tả](…)")
    elif len(words_of(words)) < _FEWEST_WORDS or _is_file_name(words, source):
        yield subject.error(
            line,
            f"ảnh {source}: lời tả “{words}” chưa tả gì: viết từ {_FEWEST_WORDS} chữ, nói ảnh cho thấy điều gì",
        )
    if not _OWN.fullmatch(source):
        yield subject.error(line, f"ảnh {source} phải nằm trong assets/ (tên chữ thường không dấu)")
    elif not (subject.folder / source).is_file():
        yield subject.error(line, f"không có tệp {source}")


def _is_file_name(words: str, source: str) -> bool:
    """Tell whether the words are the file's name, with or without its ending."""
    told, name = words_of(words), words_of(source.rpartition("/")[2])
    return told in (name, name[:-1])


def _link(subject: Subject, target: str, line: int) -> Iterator[Finding]:
    if not target.startswith("#") and not _OWN.fullmatch(target):
        yield subject.error(line, f"không dùng liên kết ra ngoài: {target}")


def check_outside(subject: Subject) -> Iterable[Finding]:
    """Refuse addresses anywhere in the file: lessons work without the Internet."""
    for number, line in enumerate(subject.lesson.source.split("\n"), 1):
        if found := _OUTSIDE.search(line):
            yield subject.error(number, f"không dùng địa chỉ ngoài “{found[0]}”: bỏ hoặc thay bằng lời")


def check_assets(subject: Subject) -> Iterable[Finding]:
    """Refuse active or foreign content in pictures; warn of heavy and unused files."""
    folder = subject.folder / "assets"
    for file in sorted(path for path in folder.glob("**/*") if path.is_file()):
        name = f"assets/{file.relative_to(folder).as_posix()}"
        if not _OWN.fullmatch(name) or file.suffix not in _SUFFIXES:
            yield subject.error(1, "chỉ nhận ảnh svg, png, jpg, webp, tên chữ thường không dấu", name)
        elif file.suffix == ".svg":
            yield from _svg(subject, file.read_text(encoding="utf-8", errors="replace"), name)
        if file.stat().st_size > _HEAVY:
            yield subject.warning(1, f"tệp nặng quá {_HEAVY // 1000} kB: giảm cỡ ảnh", name)
        if name not in subject.lesson.source:
            yield subject.warning(1, "không có chỗ nào dùng ảnh này", name)


def _svg(subject: Subject, text: str, name: str) -> Iterator[Finding]:
    if is_active(text):
        yield subject.error(1, "ảnh SVG không được chứa mã lệnh hay địa chỉ ngoài", name)
    try:
        expect_svg(text)
    except SvgError as error:
        yield subject.error(
            error.line,
            f"ảnh SVG hỏng, không vẽ được: {error}: sửa dòng ấy, hoặc lưu lại bằng phần mềm vẽ",
            name,
        )


def is_active(svg: str) -> bool:
    """Tell whether a picture could run or fetch anything."""
    return _ACTIVE.search(svg.replace(_NAMESPACE, "")) is not None


def check_secrets(subject: Subject) -> Iterable[Finding]:
    """Refuse a key, hint or model answer that also stands in what the learner reads."""
    lesson = subject.lesson
    cells = release_notebook(source_notebook(lesson))["cells"]
    texts = [*(cell["source"] for cell in cells), *strings(public_lesson(lesson))]
    for fault in leaks(lesson, texts):
        yield Finding(path=fault.path, line=fault.line, message=fault.message)


def check_plain(subject: Subject) -> Iterable[Finding]:
    """Warn of Markdown signs in texts that are shown as they are: options, items, passages, criteria."""
    for slot in subject.lesson.slots:
        for exercise in slot.variants.values():
            shown = {name: value for name, value in exercise.public().items() if name not in _MARKDOWN_FIELDS}
            for text in _marked_up(shown):
                yield subject.warning(
                    slot.line, f"{slot.kind}: “{text[:50]}” hiện nguyên dấu Markdown: bỏ dấu"
                )


def _marked_up(value: dict[str, Any]) -> list[str]:
    return [text for text in strings(value) if _MARKUP.search(text)]


def check_keys(subject: Subject) -> Iterable[Finding]:
    """Warn when every choice of one has its right option at the same place."""
    choices = [slot for slot in subject.lesson.slots if slot.kind == "choice"]
    places = {str(getattr(exercise, "right", ())) for slot in choices for exercise in slot.variants.values()}
    if len(choices) > 2 and len(places) == 1:  # noqa: PLR2004 - two alike may be chance
        yield subject.warning(
            choices[0].line, "choice: đáp án đúng của mọi câu ở cùng một vị trí: đổi thứ tự"
        )
