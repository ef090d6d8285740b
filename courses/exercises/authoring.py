"""What an exercise kind needs to read an author's block: its ``Kind``, options, errors with a place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Annotated, Any, Literal, TypedDict, TypeVar

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_core import ErrorDetails

from courses.exercises.base import Credit, DeclarationError, Exercise, Frozen, raise_faults
from courses.yaml_errors import fault_text

Reader = Callable[[str, Mapping[str, object], str], Exercise]


@dataclass(frozen=True)
class Example:
    """One raw answer with what marking must say of it; ``malformed``: an AnswerError and no mark."""

    raw: object
    expect: Literal["right", "partly", "wrong", "blank", "waiting", "malformed"]


def malformed(*raws: object) -> Iterator[Example]:
    """Yield examples of what is no answer at all."""
    return (Example(raw, "malformed") for raw in raws)


Examples = Callable[[Exercise, Random], Iterable[Example]]
"""Makes right, partly right, wrong and malformed answers of any exercise of the kind, for the tests of all kinds."""
O = TypeVar("O", bound="Options")  # noqa: E741 - O for options; there is no zero beside it


@dataclass(frozen=True)
class Kind:
    """One exercise kind: ``choice``, ``sort`` … found by its folder's name."""

    name: str
    reader: Reader
    examples: Examples

    def read(self, id: str, options: Mapping[str, object], body: str) -> Exercise:  # noqa: A002 - the author's word
        """Return the exercise that an author declared.

        Args:
            id: the exercise's id, already checked.
            options: ``:key: value`` lines or the YAML header; values are text or plain YAML values.
            body: Markdown below the options, NFC.

        Raises:
            DeclarationError: with a 0-based body line or the option's path, in Vietnamese.
        """
        return self.reader(id, options, body)

    def read_sample(self, exercise: Exercise, form: dict[str, Any]) -> dict[str, Any]:
        """Return the raw answer that an author's sample stands for. Raises DeclarationError."""
        return exercise.sample_answer(form)


def _several(value: object) -> object:
    """Read one hint as a list of one; an empty one as none."""
    if isinstance(value, str):
        return [value] if value.strip() else []
    return value


class Options(Frozen):
    """Options of every kind. ``credit`` None: the kind's own."""

    points: float = Field(default=1, gt=0, allow_inf_nan=False)
    hint: Annotated[tuple[str, ...], BeforeValidator(_several)] = ()
    why: str = ""
    credit: Credit | None = None


class Common(TypedDict):
    """Fields of every exercise that come from its options."""

    points: float
    hints: tuple[str, ...]
    why: str
    credit: Credit


def common(wanted: Options, credit: Credit = "share") -> Common:
    """Return the fields that all kinds share; ``credit`` is the kind's own unless the author chose one."""
    return {
        "points": wanted.points,
        "hints": wanted.hint,
        "why": wanted.why,
        "credit": wanted.credit or credit,
    }


def _split(value: object) -> object:
    """Read ``Đỏ | Vàng | Xanh`` as a list; leave a YAML list alone."""
    if isinstance(value, str):
        return [part.strip() for part in value.split("|")]
    return value


Names = Annotated[tuple[str, ...], BeforeValidator(_split)]
"""Several short names: ``A | B`` on an option line or a YAML list."""


def read_options(model: type[O], options: Mapping[str, object]) -> O:
    """Validate a block's options.

    Raises:
        DeclarationError: one fault per option that is wrong or unknown.
    """
    try:
        return model.model_validate(dict(options))
    except ValidationError as error:
        faults = [_fault(fault, model) for fault in error.errors()]
        raise_faults(faults)
        raise  # pragma: no cover - a ValidationError has at least one fault


def _fault(fault: ErrorDetails, model: type[Options]) -> DeclarationError:
    where = fault["loc"]
    name = ".".join(str(part) for part in where)
    if fault["type"] == "extra_forbidden" and len(where) == 1:
        known = ", ".join(sorted(model.model_fields))
        return DeclarationError(f"không có tùy chọn “{name}”; dùng được: {known}", option=where)
    return DeclarationError(f"{name}: {fault_text(fault)}", option=where)


def statement_of(lines: list[str]) -> str:
    """Return the statement's lines as Markdown.

    Raises:
        DeclarationError: when there is no statement.
    """
    text = "\n".join(lines).strip("\n").rstrip()
    if not text.strip():
        raise DeclarationError("chưa có lời đề bài: viết câu hỏi ngay dưới các tùy chọn", 0)
    return text
