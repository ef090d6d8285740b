"""``number``: one number or several, each with a tolerance; units shown, or written and converted."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, Field

from courses.exercises.answers import blank, credited, fields_of, narrow, text_of
from courses.exercises.authoring import Kind, Options, common, read_options, statement_of
from courses.exercises.base import AnswerError, DeclarationError, Exercise, Frozen, Mark, Parts, raise_faults
from courses.exercises.figures import Figure, Tolerance, allowed
from courses.exercises.number.examples import examples
from courses.exercises.numerals import readings, said, split_unit
from courses.exercises.text import words

Found = Literal["right", "wrong", "empty", "unreadable", "no_unit", "odd_unit"]
_WRITE = "bạn viết số bằng chữ số, ví dụ 1.250,5"


class Asked(Frozen):
    """A number as the learner sees it. ``units`` are those that may be written; empty: ``unit`` is shown."""

    id: str
    label: str
    unit: str = ""
    units: tuple[str, ...] = ()
    signed: bool = False


class Expected(Frozen):
    """What is right: ``answer`` ± ``tolerance``, both in the asked unit; ``factors`` turn other units into it."""

    answer: Decimal
    tolerance: Decimal
    factors: dict[str, Decimal]  # folded unit → factor; empty where none is written


class NumberAnswer(Frozen):
    """What was typed, by the number's id, in the order of declaration; empty ones are left out."""

    values: dict[str, str] = Field(default_factory=dict)


class Number(Exercise):
    """Asked numbers in the order of declaration; ``key`` is secret."""

    visible: ClassVar[frozenset[str]] = Exercise.visible | {"numbers"}

    numbers: tuple[Asked, ...]
    key: dict[str, Expected]

    def parse_answer(self, raw: object) -> NumberAnswer:
        """Any text is an answer: what is no number is told and marked as wrong, never refused."""
        values = fields_of(raw, frozenset({"values"})).get("values", {})
        if not isinstance(values, dict) or not set(values) <= set(self.key):
            raise AnswerError("Câu trả lời có ô số mà bài này không có.")
        typed = {one.id: text_of(values[one.id]).strip() for one in self.numbers if one.id in values}
        return NumberAnswer(values={name: text for name, text in typed.items() if text})

    def is_blank(self, answer: BaseModel) -> bool:
        """See ``Exercise.is_blank``."""
        return not narrow(answer, NumberAnswer).values

    def mark(self, answer: BaseModel) -> Mark:
        """Points × right / all; a number left out is simply not right."""
        if self.is_blank(answer):
            return blank(self)
        found = self._found(answer)
        right = sum(one == "right" for one in found.values())
        wrong = sum(one not in {"right", "empty"} for one in found.values())
        parts = Parts(right=right, wrong=wrong, total=len(self.numbers))
        return credited(
            self, parts, f"Bạn viết đúng {right}/{len(self.numbers)} số. {self._advice(found)}".strip()
        )

    def told(self, answer: BaseModel) -> str:
        """See ``Exercise.told``; also what could not be read, because that is no secret."""
        found = self._found(answer)
        right = sum(one == "right" for one in found.values())
        count = f"Bạn viết đúng {right}/{len(self.numbers)} số. " if len(self.numbers) > 1 else ""
        return f"{count}{self._advice(found)}".strip()

    def _found(self, answer: BaseModel) -> dict[str, Found]:
        values = narrow(answer, NumberAnswer).values
        return {one.id: found(values.get(one.id, ""), one, self.key[one.id]) for one in self.numbers}

    def _advice(self, found: Mapping[str, Found]) -> str:
        """Return what to mend in how numbers are written; nothing about how large they are."""
        advice = []
        for one in self.numbers:
            if found[one.id] == "unreadable":
                advice.append(f"Ô “{one.label}” chưa đọc được thành số: {_WRITE}.")
            elif found[one.id] == "no_unit":
                advice.append(f"Ô “{one.label}” còn thiếu đơn vị: bạn viết đơn vị ngay sau số.")
            elif found[one.id] == "odd_unit":
                advice.append(f"Ô “{one.label}”: đơn vị dùng được là {', '.join(one.units) or one.unit}.")
        return " ".join(advice)

    def render_answer(self, answer: BaseModel) -> str:
        """See ``Exercise.render_answer``."""
        values = narrow(answer, NumberAnswer).values
        units = {one.id: f" {one.unit}" if one.unit and not one.units else "" for one in self.numbers}
        lines = [
            f"• {one.label}: {values[one.id]}{units[one.id]}" for one in self.numbers if one.id in values
        ]
        return "\n".join(lines) or "(để trống)"

    def reading(self) -> str:
        """See ``Exercise.reading``."""
        return "\n".join([self.statement, *(f"{one.label} {one.unit}" for one in self.numbers)])

    def minutes(self) -> float:
        """Three quarters of a minute a number: most are reckoned first."""
        return 0.75 * len(self.numbers)

    def mark_scheme(self) -> str:
        """See ``Exercise.mark_scheme``."""
        return "\n".join(self._key_line(one) for one in self.numbers)

    def _key_line(self, one: Asked) -> str:
        key = self.key[one.id]
        unit = f" {one.unit}" if one.unit else ""
        off = f" (được lệch {said(key.tolerance)}{unit})" if key.tolerance else ""
        return f"- {one.label}: {said(key.answer)}{unit}{off}"

    def secrets(self) -> tuple[str, ...]:
        """See ``Exercise.secrets``."""
        return tuple(text for text in (*self.hints, self.why, self.mark_scheme()) if text)

    def sample_answer(self, form: dict[str, Any]) -> dict[str, Any]:
        """``values`` maps a number's id to what is typed; ``value`` is enough where there is one number."""
        if set(form) == {"value"} and len(self.numbers) == 1:
            form = {"values": {self.numbers[0].id: form["value"]}}
        values = form.get("values", {})
        if set(form) - {"values"} or not isinstance(values, dict) or not set(values) <= set(self.key):
            known = ", ".join(self.key)
            raise DeclarationError(f'number dùng: values: {{id: "chữ gõ vào"}}; các id: {known}')
        return {"values": {name: _typed(value) for name, value in values.items()}}


def _typed(value: object) -> str:
    """Return what an author meant to be typed; YAML turns ``12`` into a number."""
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)


def fold_unit(unit: str) -> str:
    """Return a unit to compare: small letters, no spaces and signs between, ``m²`` as ``m2``."""
    plain = unit.replace("²", "2").replace("³", "3")
    return "".join(words(plain)) or "".join(plain.split())


def found(text: str, asked: Asked, key: Expected) -> Found:
    """Return what is in one field."""
    if not text:
        return "empty"
    number, unit = split_unit(text)
    values = readings(number)
    if not values:
        return "unreadable"
    factor = _factor(unit, asked, key)
    if factor is None:
        return "odd_unit" if unit else "no_unit"
    fits = any(abs(value * factor - key.answer) <= key.tolerance for value in values)
    return "right" if fits else "wrong"


def _factor(unit: str, asked: Asked, key: Expected) -> Decimal | None:
    """Return the factor of a written unit; a shown unit need not be written, but may."""
    if key.factors:
        return key.factors.get(fold_unit(unit))
    return Decimal(1) if not unit or fold_unit(unit) == fold_unit(asked.unit) else None


class Declared(Frozen):
    """One number as its author declares it."""

    id: str = Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
    label: str = Field(min_length=1)
    answer: Figure
    tolerance: Tolerance = "0"
    unit: str = ""
    units: dict[str, Figure] = Field(default_factory=dict)
    signed: bool = False


class NumberOptions(Options):
    """Either ``answer`` and its companions (one number), or ``numbers``."""

    answer: Figure | None = None
    label: str = "Số của bạn"
    tolerance: Tolerance = "0"
    unit: str = ""
    units: dict[str, Figure] = Field(default_factory=dict)
    signed: bool = False
    numbers: tuple[Declared, ...] = ()


def _read(id_: str, options: Mapping[str, object], body: str) -> Number:
    wanted = read_options(NumberOptions, options)
    declared = _declared(wanted)
    raise_faults(_faults(declared))
    return Number(
        id=id_,
        kind="number",
        statement=statement_of(body.split("\n")),
        **common(wanted),
        numbers=tuple(_asked(one) for one in declared),
        key={one.id: _expected(one) for one in declared},
    )


def _declared(wanted: NumberOptions) -> tuple[Declared, ...]:
    if (wanted.answer is None) == (not wanted.numbers):
        message = "cần answer (một số) hoặc numbers (nhiều số), không dùng cả hai"
        raise DeclarationError(message, option=("answer",))
    if wanted.numbers:
        return wanted.numbers
    own = ("answer", "label", "unit", "units", "signed")
    fields = {name: getattr(wanted, name) for name in own}
    return (Declared.model_construct(id="so", tolerance=wanted.tolerance, **fields),)


def _faults(declared: tuple[Declared, ...]) -> list[DeclarationError]:
    faults = []
    ids = [one.id for one in declared]
    for n, one in enumerate(declared):
        if one.id in ids[:n]:
            message = f"số “{one.id}” có hai lần: đổi một id"
            faults.append(DeclarationError(message, option=("numbers", n, "id")))
        if one.units and (not one.unit or min(one.units.values()) <= 0):
            message = f"số “{one.id}”: units cần unit là đơn vị gốc, và mỗi hệ số lớn hơn 0"
            faults.append(DeclarationError(message, option=("numbers", n, "units")))
    return faults


def _asked(one: Declared) -> Asked:
    units = (one.unit, *(unit for unit in one.units if unit != one.unit)) if one.units else ()
    return Asked(id=one.id, label=one.label, unit=one.unit, units=units, signed=one.signed)


def _expected(one: Declared) -> Expected:
    factors = {fold_unit(unit): factor for unit, factor in one.units.items()}
    if factors:
        factors[fold_unit(one.unit)] = Decimal(1)
    return Expected(answer=one.answer, tolerance=allowed(one.tolerance, one.answer), factors=factors)


KIND = Kind(name="number", reader=_read, examples=examples)
