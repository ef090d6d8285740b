"""``product``: hand in a text or a file; rules check its form, a judge or a person what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from pydantic import BaseModel

from courses.exercises.answers import blank, fields_of, narrow, text_of
from courses.exercises.authoring import Kind
from courses.exercises.base import AnswerError, Checked, Criterion, Frozen, Looked, Mark, Status
from courses.exercises.files import TYPE_WORDS, HandedFile, attached, file_of
from courses.exercises.product.examples import examples
from courses.exercises.product.options import FEWEST, LONGEST, read_product
from courses.exercises.product.rules import Check, findings
from courses.exercises.product.sample import sample_file
from courses.exercises.product.work import Accepted, Finding, Work
from courses.exercises.rubric import WrittenExercise, copied
from courses.exercises.text import is_copy_of, words

Found = list[tuple[Check, Finding]]


class ProductAnswer(Frozen):
    """A learner's text, NFC, and the file as the server knows it."""

    text: str = ""
    file: HandedFile | None = None


class Product(WrittenExercise):
    """``accept`` says what may be handed in; ``checks`` are decided by rules, ``rubric`` by a judge or a person."""

    visible: ClassVar[frozenset[str]] = WrittenExercise.visible | {"accept"}
    not_task: ClassVar[frozenset[str]] = WrittenExercise.not_task | {"accept", "checks"}

    rubric: tuple[Criterion, ...] = ()
    reference: str = ""
    accept: tuple[Accepted, ...] = ("text",)
    checks: tuple[Check, ...] = ()

    def public(self) -> dict[str, Any]:
        """Show what each check asks, never how it looks."""
        return {**super().public(), "checks": [check.label() for check in self.checks]}

    def minutes(self) -> float:
        """Three minutes to write and look it over; five to put a file together and send it."""
        return 3 if self.accept == ("text",) else 5

    def answer_fields(self) -> frozenset[str]:
        """See ``WrittenExercise.answer_fields``."""
        return frozenset({"text", "file"})

    def attach(self, raw: object, find: Callable[[str], Mapping[str, Any] | None]) -> object:
        """See ``Exercise.attach``."""
        return attached(raw, find)

    def parse_answer(self, raw: object) -> ProductAnswer:  # type: ignore[override]  # an answer type of its own
        """See ``Exercise.parse_answer``."""
        fields = fields_of(raw, self.answer_fields())
        file = file_of(fields.get("file"))
        if file is not None and file.type not in self.accept:
            raise AnswerError(f"Bài này nhận {self.accepted()}. Tệp của bạn là {TYPE_WORDS[file.type]}.")
        return ProductAnswer(text=text_of(fields.get("text", "")), file=file)

    def accepted(self) -> str:
        """Return what may be handed in, for people."""
        return ", ".join("chữ viết ngay ở đây" if one == "text" else TYPE_WORDS[one] for one in self.accept)

    def is_blank(self, answer: BaseModel) -> bool:
        """Blank means no file, and no word where words may be handed in."""
        own = narrow(answer, ProductAnswer)
        return own.file is None and not ("text" in self.accept and words(own.text))

    @property
    def checkable(self) -> bool:
        """Tell whether there are checks."""
        return bool(self.checks)

    def check(self, answer: BaseModel) -> Checked:
        """Tell which checks pass; the rubric waits for submission."""
        mark = self.mark(answer)
        if mark.status == "blank" or self._is_copied(answer):
            return Checked(status=mark.status, told=mark.comment if mark.status == "wrong" else "")
        found = self._found(answer)
        known = [finding for _, finding in found if finding.known]
        passed = sum(finding.passed for finding in known)
        status: Status = "right" if passed == len(known) else "partly" if passed else "wrong"
        return Checked(status=status, told=_lines(found))

    def told(self, answer: BaseModel) -> str:
        """Return what the checks found, a line each."""
        return "" if self.is_blank(answer) or self._is_copied(answer) else _lines(self._found(answer))

    def looked(self, answer: BaseModel) -> tuple[Looked, ...]:
        """See ``Exercise.looked``."""
        if self.is_blank(answer) or self._is_copied(answer):
            return ()
        found = self._found(answer)
        part = 0 if _is_closed(found) else 1
        return tuple(
            Looked(
                met=finding.passed if finding.known else None,
                text=check.found(finding),
                earned=part * round(self._earned(check, finding), 2),
                worth=check.worth,
            )
            for check, finding in found
        )

    def mark(self, answer: BaseModel) -> Mark:
        """Return 0 for blank, copied and stopped by a gate; ``waiting`` while the rubric or a check needs people."""
        if self.is_blank(answer):
            return blank(self)
        if self._is_copied(answer):
            return copied(self)
        found = self._found(answer)
        if _is_closed(found):
            return Mark(score=0, max_score=self.points, status="wrong", comment=_lines(found))
        if self.rubric or not all(finding.known for _, finding in found):
            return Mark(score=None, max_score=self.points, status="waiting", comment=_lines(found))
        return self.judged_mark(answer, {})

    def judged_mark(self, answer: BaseModel | None, met: Mapping[str, bool]) -> Mark:
        """Add what the checks earned to what the rubric earned."""
        found = self._found(answer)
        judged = super().judged_mark(answer, met)
        score = round((judged.score or 0) + sum(self._earned(*one) for one in found), 2)
        status: Status = "right" if score >= self.points else "partly" if score > 0 else "wrong"
        comment = "\n".join(text for text in (_lines(found), judged.comment) if text)
        return Mark(score=min(score, self.points), max_score=self.points, status=status, comment=comment)

    def rubric_decides(self, answer: BaseModel) -> bool:
        """See ``RubricExercise.rubric_decides``: a check that rules can't decide has points, too."""
        return super().rubric_decides(answer) and all(finding.known for _, finding in self._found(answer))

    def _earned(self, check: Check, finding: Finding) -> float:
        if self.credit == "all":
            return check.worth if finding.passed else 0
        return check.worth * finding.right / finding.total

    def _found(self, answer: BaseModel | None) -> Found:
        own = narrow(answer, ProductAnswer)
        return findings(self.checks, Work(text=own.text, file=own.file))

    def _is_copied(self, answer: BaseModel) -> bool:
        own = narrow(answer, ProductAnswer)
        return own.file is None and is_copy_of(own.text, self.task_text)

    @property
    def judged_words(self) -> tuple[int, int]:
        """A length that is asked for is a check of its own: it costs its points, and the rest is judged all the same."""
        return FEWEST, LONGEST

    def judged_text(self, answer: BaseModel) -> str:
        """Return the words of the work; empty when a judge can't see all of it, so that a person does."""
        own = narrow(answer, ProductAnswer)
        work = Work(text=own.text, file=own.file)
        unclear = any(not finding.known for _, finding in self._found(answer))
        return "" if unclear or not work.is_written or work.facts.cut else work.body

    def render_answer(self, answer: BaseModel) -> str:
        """See ``Exercise.render_answer``."""
        own = narrow(answer, ProductAnswer)
        if own.file is None:
            return own.text.strip() or "(để trống)"
        parts = (f"Tệp: {own.file.said()}", own.text.strip(), own.file.facts.text)
        return "\n\n".join(part for part in parts if part)

    def mark_scheme(self) -> str:
        """See ``Exercise.mark_scheme``."""
        lines = [f"- [máy kiểm, {_worth(check)}] {check.label()}" for check in self.checks]
        rest = super().mark_scheme() if self.rubric or self.reference else ""
        return "\n".join([*lines, rest]).strip()

    def secrets(self) -> tuple[str, ...]:
        """See ``Exercise.secrets``."""
        told = (check.message for check in self.checks)
        return tuple(text for text in (*super().secrets(), *told) if text)

    def sample_answer(self, form: dict[str, Any]) -> dict[str, Any]:
        """Read ``{text: …}`` or ``{file: {type: docx, text: …}}``: facts stand for a file."""
        return sample_file(form, self.answer_fields())


def _is_closed(found: Found) -> bool:
    """Tell whether a gate stands in the way of all points."""
    return any(check.gate and finding.known and not finding.passed for check, finding in found)


def _lines(found: Found) -> str:
    return "\n".join(check.told(finding) for check, finding in found)


def _worth(check: Check) -> str:
    return "bắt buộc" if check.gate else f"{check.worth:g} điểm"


def _read(id_: str, options: Mapping[str, object], body: str) -> Product:
    return read_product(Product, id_, options, body)


KIND = Kind(name="product", reader=_read, examples=examples)
