"""The rows of a data set's JSONL file, and what is wrong with them, line by line, in Vietnamese."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from courses.yaml_errors import fault_text

MOST_FAULTS = 20  # told at once
MOST_WORDS = 5000  # of an answer, where a row gives no limit

Name = Annotated[str, Field(min_length=1)]
Verdicts = dict[str, Annotated[bool, Field(strict=True)]]


class DatasetError(ValueError):
    """A data set can't be read; the message says where and how to mend it, a line per fault."""


class _Row(BaseModel):
    """Fields that we don't know are let be: data sets carry notes of their own."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class CriterionRow(_Row):
    """One criterion of an exercise."""

    id: Name
    text: Name
    polarity: Literal["must", "must_not"] = "must"
    points: float = Field(default=1, gt=0, allow_inf_nan=False)
    guidance: str = ""


class SampleRow(_Row):
    """An answer to calibrate with."""

    answer: str
    verdicts: Verdicts = Field(min_length=1)


class ExerciseRow(_Row):
    """An exercise, its criteria, and samples to calibrate the judge with."""

    type: Literal["exercise"]
    id: Name
    question: str
    criteria: tuple[CriterionRow, ...] = Field(min_length=1)
    samples: tuple[SampleRow, ...] = ()
    reference: str = ""
    min_words: int = Field(default=0, ge=0)
    max_words: int = Field(default=MOST_WORDS, ge=1)


class AnswerRow(_Row):
    """An answer with one verdict of people per criterion; true = the criterion is satisfied."""

    type: Literal["answer"]
    exercise: Name
    id: Name
    answer: str
    verdicts: Verdicts


class ScoreRow(_Row):
    """An answer with a score of people and nothing else."""

    question_id: Name
    question: str = ""
    reference: str = ""
    answer_id: str = ""
    answer: str
    score: float = Field(ge=0, allow_inf_nan=False)
    max_score: float = Field(gt=0, allow_inf_nan=False)
    dataset: str = ""


Row = ExerciseRow | AnswerRow | ScoreRow
Placed = tuple[str, Row]
"""A row with its place for messages, ``file:line``."""
M = TypeVar("M", bound=BaseModel)
_NO_KIND = "type: phải là “exercise” hoặc “answer”; dòng chỉ có điểm thì không có type mà có score"


def read_rows(path: Path, faults: list[str]) -> Iterator[Placed]:
    """Yield the rows of a file; what can't be read becomes a fault."""
    for place, data in json_lines(path, faults):
        model = _model(data)
        if model is None:
            faults.append(f"{place}: {_NO_KIND}")
            continue
        row = validated(model, data, place, faults)
        if row is not None:
            yield place, row


def _model(data: Mapping[str, Any]) -> type[ExerciseRow | AnswerRow | ScoreRow] | None:
    kind = data.get("type")
    if kind == "exercise":
        return ExerciseRow
    if kind == "answer":
        return AnswerRow
    return ScoreRow if kind is None and "score" in data else None


def json_lines(path: Path, faults: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each JSON object of a file with its place; empty lines are let be."""
    for line, content in enumerate(_text(path, faults).split("\n"), start=1):
        if content.strip():
            place = f"{path.name}:{line}"
            data = _object(content, place, faults)
            if data is not None:
                yield place, data


def _text(path: Path, faults: list[str]) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        faults.append(f"{path}: không có tệp này")
    except (OSError, UnicodeDecodeError):
        faults.append(f"{path}: không đọc được; tệp phải là chữ UTF-8")
    return ""


def _object(content: str, place: str, faults: list[str]) -> dict[str, Any] | None:
    try:
        data = json.loads(content)
    except json.JSONDecodeError as error:
        faults.append(f"{place}: không phải JSON (từ cột {error.colno}); mỗi dòng là một đối tượng {{…}}")
        return None
    if not isinstance(data, dict):
        faults.append(f"{place}: phải là một đối tượng JSON {{…}}")
        return None
    return data


def validated(model: type[M], data: Mapping[str, Any], place: str, faults: list[str]) -> M | None:
    """Return a row's values, or None with its faults told."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults += [f"{place}: {'.'.join(map(str, f['loc']))}: {fault_text(f)}" for f in error.errors()]
        return None


def raise_faults(faults: Sequence[str]) -> None:
    """Raise what is wrong, all of it or as much as helps; do nothing when all is well."""
    if not faults:
        return
    more = len(faults) - MOST_FAULTS
    rest = [f"… và {more} lỗi khác"] if more > 0 else []
    raise DatasetError("\n".join([*faults[:MOST_FAULTS], *rest]))
