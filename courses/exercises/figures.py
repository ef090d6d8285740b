"""Numbers and tolerances as authors write them in options."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator

from courses.exercises.numerals import readings


def _decimal(value: object) -> Decimal:
    """Read a number as authors write it: YAML's own, or a text in the Vietnamese way."""
    if isinstance(value, str):
        values = readings(value)
        if not values:
            raise ValueError("phải là số, ví dụ 1500000 hoặc 0,5")
        return values[0]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return readings(str(value).replace(".", ","))[0]
        except IndexError:
            raise ValueError("phải là số bình thường, ví dụ 1500000 hoặc 0,5") from None
    raise ValueError("phải là số, ví dụ 1500000 hoặc 0,5")


Figure = Annotated[Decimal, BeforeValidator(_decimal)]
"""A number as authors write it."""


def _allowance(value: object) -> object:
    """Read ``2%`` as such, anything else as a number."""
    if isinstance(value, str) and value.strip().endswith("%"):
        return f"{_positive(_decimal(value.strip()[:-1]))}%"
    return str(_positive(_decimal(value)))


def _positive(value: Decimal) -> Decimal:
    if value < 0:
        raise ValueError("không được là số âm")
    return value


Tolerance = Annotated[str, BeforeValidator(_allowance)]
"""How far off a number may be: ``50``, or ``2%`` of what is expected."""


def allowed(tolerance: str, answer: Decimal) -> Decimal:
    """Return the tolerance as a plain number."""
    if tolerance.endswith("%"):
        return abs(answer) * Decimal(tolerance[:-1]) / 100
    return Decimal(tolerance)
