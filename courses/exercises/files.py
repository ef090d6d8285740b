"""A file in an answer: what the learner names, and what the server itself read from it.

The page sends ``{"file": {"id", "name"}}``. Before an answer is checked or stored the portal replaces that by
``{"file": {"id", "name", "type", "size", "facts"}}`` from its own table (``Exercise.attach``), so marking stays a
pure function of the stored answer, and nothing that a learner's process claims about a file ever counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, cast

from pydantic import Field, ValidationError

from courses.exercises.base import AnswerError, Frozen

FileType = Literal["docx", "xlsx", "pptx", "pdf", "csv", "text", "image", "audio", "video"]
TYPE_WORDS: dict[FileType, str] = {
    "docx": "Word (.docx)",
    "xlsx": "Excel (.xlsx)",
    "pptx": "PowerPoint (.pptx)",
    "pdf": "PDF",
    "csv": "bảng CSV",
    "text": "tệp chữ (.txt)",
    "image": "ảnh",
    "audio": "âm thanh",
    "video": "video",
}
TEXT_CHARACTERS = 20_000  # of a file's text that is kept
CELL_CHARACTERS = 300
MAX_ROWS, MAX_COLUMNS = 500, 40
LINES = 60  # paragraphs whose look is kept

FindFile = Callable[[str], Mapping[str, Any] | None]
"""Gives the file of an id as the server knows it, or None: unknown, or somebody else's."""


class Sheet(Frozen):
    """One section's paper and margins in millimetres."""

    width: float
    height: float
    top: float
    bottom: float
    left: float
    right: float


class Line(Frozen):
    """One paragraph and how it looks: ``size`` in points (None: not said), ``upper`` when set in capitals."""

    text: str = Field(max_length=CELL_CHARACTERS)
    bold: bool = False
    italic: bool = False
    upper: bool = False
    size: float | None = None
    align: str = ""


class PageNumber(Frozen):
    """Where page numbers stand. ``first``: also on the first page."""

    place: Literal["top", "bottom"]
    align: str
    size: float | None
    first: bool


class Form(Frozen):
    """How a word document is set. ``fonts`` and ``colours`` (RRGGBB) count characters."""

    sheets: tuple[Sheet, ...] = ()
    fonts: dict[str, int] = Field(default_factory=dict)
    colours: dict[str, int] = Field(default_factory=dict)
    page_number: PageNumber | None = None
    lines: tuple[Line, ...] = Field(default=(), max_length=LINES)


class Facts(Frozen):
    """What the server read from a file; what a type has not is left out.

    Attributes:
        text: the words, at most 20,000 characters; ``cut`` tells that there were more.
        words: how many syllables the whole text has.
        rows: the first sheet of a workbook, a CSV file, or the first table of a document, as text.
        format: the exact format, such as ``PNG`` or ``MP4``.
        seconds: how long a recording lasts; None when the file doesn't say.
    """

    text: str = Field(default="", max_length=TEXT_CHARACTERS)
    cut: bool = False
    words: int = 0
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = Field(default=(), max_length=MAX_ROWS)
    sheets: int | None = None
    tables: int | None = None
    pages: int | None = None
    slides: int | None = None
    titles: tuple[str, ...] = ()
    notes: int | None = None
    width: int | None = None
    height: int | None = None
    format: str = ""
    seconds: float | None = None
    form: Form | None = None


class HandedFile(Frozen):
    """A file of an answer, attested by the server. ``id`` is the SHA-256 of its bytes."""

    id: str = Field(pattern=r"^[0-9a-f]{64}$")
    name: str = Field(max_length=200)
    type: FileType
    size: int = Field(ge=0)
    facts: Facts = Facts()

    def said(self) -> str:
        """Return name, type and size for people: ``bao-cao.docx · Word (.docx) · 23 KB``."""
        return f"{self.name} · {TYPE_WORDS[self.type]} · {size_words(self.size)}"


def size_words(size: int) -> str:
    """Return a number of bytes for people."""
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / 1024 / 1024:.1f} MB".replace(".", ",")


def attached(raw: object, find: FindFile) -> object:
    """Return a raw answer whose ``file`` holds what the server knows, and nothing that the learner said.

    Raises:
        AnswerError: no such file, or not this person's.
    """
    if not isinstance(raw, dict) or raw.get("file") is None:
        return raw
    named = raw["file"]
    id_ = named.get("id") if isinstance(named, dict) else None
    known = find(id_) if isinstance(id_, str) else None
    if known is None:
        raise AnswerError("Chưa thấy tệp này trong các tệp bạn đã gửi. Bạn chọn tệp rồi gửi lại giúp nhé.")
    return {**raw, "file": dict(known)}


def file_of(raw: object) -> HandedFile | None:
    """Return the attested file of an answer's ``file`` field, or None when there is none.

    Raises:
        AnswerError: when it is no file that the server attested.
    """
    if raw is None:
        return None
    try:
        return HandedFile.model_validate(cast("Any", raw))
    except ValidationError as error:
        raise AnswerError("Phần tệp của câu trả lời chưa đúng. Bạn gửi lại tệp giúp nhé.") from error
