"""YAML inside lessons: loaded with its lines, validated, errors as faults of the lesson's file."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from courses.lessons.errors import Fault, LessonError
from courses.yaml_errors import fault_text, line_of

M = TypeVar("M", bound=BaseModel)


def load_yaml(text: str, path: str, offset: int = 0) -> object:
    """Return a round-trip document; ``offset`` is the number of lines above it in its file.

    Raises:
        LessonError: with the line of the first thing that is no YAML.
    """
    try:
        return YAML(typ="rt").load(text)
    except YAMLError as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        line = offset + (mark.line + 1 if mark else 1)
        raise LessonError([Fault(path=path, line=line, message=_no_yaml(error))]) from error


def _no_yaml(error: YAMLError) -> str:
    problem = str(getattr(error, "problem", "") or "")
    if "duplicate key" in problem:
        key = problem.partition('"')[2].partition('"')[0]
        return f"YAML: khóa “{key}” có hai lần: bỏ một"
    return (
        "không đọc được YAML: kiểm tra thụt dòng; câu có dấu “: ”, “#”, “{” hoặc “[” phải đặt trong ngoặc kép"
        f" ({problem})"
    )


def validate(model: type[M], document: object, path: str, offset: int = 0) -> M:
    """Return the validated document.

    Raises:
        LessonError: one fault per wrong field, at the field's line.
    """
    try:
        return model.model_validate(document)
    except ValidationError as error:
        faults = [
            Fault(
                path=path,
                line=line_of(document, fault["loc"]) + offset,
                message=f"{'.'.join(map(str, fault['loc'])) or 'tệp'}: {fault_text(fault)}",
            )
            for fault in error.errors()
        ]
        raise LessonError(faults) from error


def plain(value: object) -> object:
    """Return plain Python values in place of the loader's own types, which remember comments."""
    if isinstance(value, dict):
        return {plain(name): plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    for kind in (str, bool, int, float):
        if isinstance(value, kind):
            return value if isinstance(value, bool) else kind(value)
    return value
