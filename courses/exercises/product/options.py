"""The YAML header of a ``product`` block."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, Field

from courses.exercises.authoring import common, read_options, statement_of
from courses.exercises.base import Criterion, DeclarationError, raise_faults
from courses.exercises.product.rules import Check
from courses.exercises.product.work import MEDIA, Accepted
from courses.exercises.rubric import RubricOptions, rubric_faults

if TYPE_CHECKING:
    from courses.exercises.product.kind import Product

LONGEST = 4000  # words that a judge may read when no check says less
FEWEST = 10  # words that there must be to judge; of less, a person says what it is worth


def _several(value: object) -> object:
    return [part.strip() for part in value.split("|")] if isinstance(value, str) else value


class ProductOptions(RubricOptions):
    """``accept``: what may be handed in; ``checks``: what rules decide."""

    rubric: tuple[Criterion, ...] = ()
    reference: str = ""
    accept: Annotated[tuple[Accepted, ...], BeforeValidator(_several)] = Field(
        default=("text",), min_length=1
    )
    checks: tuple[Check, ...] = ()

    def other_points(self) -> float:
        """See ``RubricOptions.other_points``."""
        return sum(check.worth for check in self.checks)


def read_product(made: type[Product], id_: str, options: Mapping[str, object], body: str) -> Product:
    """Return the declared exercise.

    Raises:
        DeclarationError: with every fault of the header.
    """
    wanted = read_options(ProductOptions, options)
    raise_faults([*_faults(wanted), *rubric_faults(wanted)])
    words = next((check.words for check in wanted.checks if check.words), None)
    return made(
        id=id_,
        kind="product",
        statement=statement_of(body.split("\n")),
        rubric=wanted.rubric,
        reference=wanted.reference,
        min_words=(words.min if words else 0) or 0,
        max_words=(words.max if words else 0) or LONGEST,
        accept=wanted.accept,
        checks=wanted.checks,
        **common(wanted),
    )


def _faults(wanted: ProductOptions) -> list[DeclarationError]:
    faults = [
        DeclarationError(
            f"bài sản phẩm không có {name}: viết thành một điều kiện trong checks, ví dụ words",
            option=(name,),
        )
        for name in ("min_words", "max_words")
        if name in wanted.model_fields_set
    ]
    if not wanted.rubric and not wanted.checks:
        faults.append(
            DeclarationError("cần rubric (người hay AI chấm) hoặc checks (máy kiểm)", option=("checks",))
        )
    if wanted.rubric and not wanted.reference:
        faults.append(
            DeclarationError("có rubric thì cần reference: một bài mẫu cho người chấm", option=("reference",))
        )
    for number, check in enumerate(wanted.checks):
        if check.rule.needs and not check.rule.needs & set(wanted.accept):
            message = (
                f"điều kiện này chỉ xem {', '.join(sorted(check.rule.needs))}, mà accept không nhận loại nào"
            )
            faults.append(DeclarationError(message, option=("checks", number)))
        elif not check.rule.needs and set(wanted.accept) <= MEDIA and check.no_personal_data is None:
            message = "ảnh, ghi âm và video không có chữ để kiểm: bỏ điều kiện này"
            faults.append(DeclarationError(message, option=("checks", number)))
    return faults
