"""Turn a schema's complaint about YAML into ``file:line: chỗ nào, sửa thế nào``."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml.comments import CommentedBase

M = TypeVar("M", bound=BaseModel)

_TEXTS = {
    "missing": "thiếu mục này",
    "extra_forbidden": "không có mục này; xem lại chính tả",
    "string_type": "phải là chữ; đặt trong dấu ngoặc kép",
    "invalid_key": "tên khóa phải là chữ; đặt trong dấu ngoặc kép",
    "int_parsing": "phải là số nguyên",
    "int_type": "phải là số nguyên",
    "float_parsing": "phải là số",
    "bool_parsing": "phải là true hoặc false",
    "bool_type": "phải là true hoặc false",
    "int_from_float": "phải là số nguyên",
    "float_type": "phải là số",
    "literal_error": "chỉ được là một trong: {expected}",
    "list_type": "phải là một danh sách",
    "tuple_type": "phải là một danh sách",
    "dict_type": "phải gồm các dòng “khóa: giá trị”",
    "model_type": "phải gồm các dòng “khóa: giá trị”",
    "model_attributes_type": "phải gồm các dòng “khóa: giá trị”",
    "greater_than": "phải lớn hơn {gt:g}",
    "greater_than_equal": "phải từ {ge:g} trở lên",
    "less_than_equal": "không được quá {le:g}",
    "too_short": "còn thiếu: cần ít nhất {min_length} mục",
    "too_long": "nhiều quá: nhiều nhất {max_length} mục",
    "string_too_long": "dài quá: nhiều nhất {max_length} ký tự",
    "string_too_short": "đang bỏ trống: hãy điền vào",
    "string_pattern_mismatch": "viết sai dạng; chỉ dùng chữ thường không dấu, số và dấu gạch nối",
    "time_type": "phải là giờ dạng 22:00",
    "time_parsing": "phải là giờ dạng 22:00",
    "path_type": "phải là đường dẫn",
    "finite_number": "phải là số bình thường",
    "date_type": "phải là ngày dạng năm-tháng-ngày, ví dụ 2026-11-20",
    "date_parsing": "phải là ngày dạng năm-tháng-ngày, ví dụ 2026-11-20",
    "date_from_datetime_parsing": "phải là ngày dạng năm-tháng-ngày, ví dụ 2026-11-20",
}


class YamlError(ValueError):
    """A YAML file is wrong; the message says where and how to mend it, in Vietnamese."""


def validate_yaml(model: type[M], document: object, name: str, offset: int = 0) -> M:
    """Validate a round-trip YAML document against a model.

    Args:
        model: the schema.
        document: what ``YAML(typ="rt")`` loaded, so that lines are known.
        name: file name for messages.
        offset: lines that precede the document in its file.

    Raises:
        YamlError: one line per fault, ``name:LINE: field: …``.
    """
    try:
        return model.model_validate(document)
    except ValidationError as error:
        faults = [_fault(fault, document, name, offset) for fault in error.errors()]
        raise YamlError("\n".join(faults)) from error


def fault_text(fault: ErrorDetails) -> str:
    """Return what is wrong and how to mend it, in Vietnamese, without the place."""
    text = _TEXTS.get(fault["type"])
    if text is None:
        return fault["msg"].removeprefix("Value error, ")
    return text.format(**fault.get("ctx", {})).replace("' or '", "' hoặc '")  # pydantic's list of literals


def _fault(fault: ErrorDetails, document: object, name: str, offset: int) -> str:
    where = fault["loc"]
    line = line_of(document, where) + offset
    place = f"{name}:{line}: {'.'.join(map(str, where))}" if where else f"{name}:{line}"
    return f"{place}: {fault_text(fault)}"


def line_of(document: object, where: tuple[object, ...]) -> int:
    """Return the 1-based line of the deepest part of ``where`` that exists."""
    line = 1
    for key in where:
        if not isinstance(document, CommentedBase):
            break
        try:
            line = document.lc.data[key][0] + 1
            document = document[key]  # type: ignore[index]  # CommentedMap or CommentedSeq
        except (KeyError, IndexError, TypeError):
            break
    return line
