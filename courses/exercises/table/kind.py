"""``table``: fill a small table; what it holds is checked as data, each check for its share of the points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from courses.exercises.answers import blank, credited, fields_of, narrow, text_of
from courses.exercises.authoring import Kind, Options, common, read_options, statement_of
from courses.exercises.base import AnswerError, DeclarationError, Exercise, Frozen, Mark, Parts, raise_faults
from courses.exercises.table.cells import Cell, Column, tidy, value_of
from courses.exercises.table.checks import Check, Sheet, passes
from courses.exercises.table.examples import examples

MOST_ROWS = 200
MOST_COLUMNS = 12
Row = tuple[str, ...]
_CELL: TypeAdapter[str] = TypeAdapter(Cell)
_SAMPLE = "table dùng: rows: [[ô, ô, …], …]"


class TableAnswer(Frozen):
    """The table as the learner left it: a text per column in each row; empty rows at the end are dropped."""

    rows: tuple[Row, ...] = ()


class Table(Exercise):
    """``rows`` is what the learner starts from. ``grow``: rows may be added, deleted, pasted and uploaded."""

    visible: ClassVar[frozenset[str]] = Exercise.visible | {"columns", "rows", "grow", "most_rows"}

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    grow: bool
    most_rows: int
    checks: tuple[Check, ...]

    def public(self) -> dict[str, Any]:
        """Show the checks' names: what is looked at is no secret, what is expected is."""
        return {**super().public(), "looked_at": [check.name for check in self.checks]}

    def parse_answer(self, raw: object) -> TableAnswer:
        """See ``Exercise.parse_answer``."""
        given = fields_of(raw, frozenset({"rows"})).get("rows", [])
        if not isinstance(given, list) or len(given) > self.most_rows:
            raise AnswerError(f"Bảng có nhiều nhất {self.most_rows} dòng. Bạn bớt dòng rồi thử lại.")
        rows = [self._row(row) for row in given]
        while rows and not any(rows[-1]):
            rows.pop()
        self._check_shape(rows)
        return TableAnswer(rows=tuple(rows))

    def _row(self, raw: object) -> Row:
        if not isinstance(raw, list) or len(raw) != len(self.columns):
            raise AnswerError(f"Mỗi dòng của bảng có đúng {len(self.columns)} ô.")
        return tuple(tidy(text_of(cell)) for cell in raw)

    def _check_shape(self, rows: list[Row]) -> None:
        """Refuse to touch what is given where the table may not grow."""
        if self.grow or not rows:
            return
        fixed = [n for n, column in enumerate(self.columns) if column.fixed]
        given = [*rows, *[("",) * len(self.columns)] * (len(self.rows) - len(rows))]
        own = zip(given, self.rows, strict=False)
        if len(given) > len(self.rows) or any(row[n] != start[n] for row, start in own for n in fixed):
            raise AnswerError("Những ô cho sẵn và số dòng của bảng này phải giữ nguyên.")

    def is_blank(self, answer: BaseModel) -> bool:
        """An empty table, and the one that the learner was given, are blank."""
        rows = list(narrow(answer, TableAnswer).rows)
        start = list(self.rows)
        while start and not any(start[-1]):
            start.pop()
        return not rows or rows == start

    def mark(self, answer: BaseModel) -> Mark:
        """Points × shares of passed checks / all shares; what the given table passes earns nothing by itself."""
        if self.is_blank(answer):
            return blank(self)
        passed = self._passed(answer)
        right = sum(check.share for check in passed) if self._moved(passed) else 0
        total = sum(check.share for check in self.checks)
        return credited(self, Parts(right=right, wrong=total - right, total=total), self._words(passed))

    def told(self, answer: BaseModel) -> str:
        """See ``Exercise.told``: which checks pass, by name, never what they expect."""
        return "" if self.is_blank(answer) else self._words(self._passed(answer))

    def _passed(self, answer: BaseModel) -> list[Check]:
        sheet = Sheet(self.columns, narrow(answer, TableAnswer).rows)
        return [check for check in self.checks if passes(check, sheet)]

    def _moved(self, passed: list[Check]) -> bool:
        """Tell whether a check passes that the table as given does not."""
        given = Sheet(self.columns, self.rows)
        return any(not passes(check, given) for check in passed)

    def _words(self, passed: list[Check]) -> str:
        missing = [check.name for check in self.checks if check not in passed]
        parts = [f"Đạt {len(passed)}/{len(self.checks)} điều kiểm tra."]
        if passed:
            parts.append(f"Đã đạt: {'; '.join(check.name for check in passed)}.")
        if missing:
            parts.append(f"Cần xem lại: {'; '.join(missing)}.")
        return " ".join(parts)

    def render_answer(self, answer: BaseModel) -> str:
        """See ``Exercise.render_answer``: one line a row, cells between bars."""
        rows = narrow(answer, TableAnswer).rows
        if not rows:
            return "(để trống)"
        names = tuple(column.name for column in self.columns)
        return "\n".join(" | ".join(cell or "…" for cell in row) for row in (names, *rows))

    def reading(self) -> str:
        """See ``Exercise.reading``."""
        names = (column.name for column in self.columns)
        return "\n".join([self.statement, *names, *(cell for row in self.rows for cell in row if cell)])

    def minutes(self) -> float:
        """Two minutes, and a tenth for each row given: a table on a phone takes its time."""
        return 2 + len(self.rows) / 10

    def mark_scheme(self) -> str:
        """See ``Exercise.mark_scheme``."""
        return "\n".join(_scheme_line(check) for check in self.checks)

    def secrets(self) -> tuple[str, ...]:
        """See ``Exercise.secrets``."""
        return tuple(text for text in (*self.hints, self.why, self.mark_scheme()) if text)

    def sample_answer(self, form: dict[str, Any]) -> dict[str, Any]:
        """``rows`` lists all rows of the table, each a list of cells."""
        rows = form.get("rows")
        if (
            set(form) != {"rows"}
            or not isinstance(rows, list)
            or not all(isinstance(row, list) for row in rows)
        ):
            raise DeclarationError(_SAMPLE)
        try:
            return {"rows": [[_CELL.validate_python(cell) for cell in row] for row in rows]}
        except ValidationError as error:
            raise DeclarationError(f"{_SAMPLE}; mỗi ô là chữ, số hoặc ngày") from error


def _scheme_line(check: Check) -> str:
    said = check.model_dump(mode="json", exclude={"name", "share"}, exclude_defaults=True)
    return f"- {check.name} ({check.share} phần): {said}"


class TableOptions(Options):
    """Header of a table block."""

    columns: tuple[Column, ...] = Field(min_length=1, max_length=MOST_COLUMNS)
    rows: tuple[Annotated[tuple[Cell, ...], Field(min_length=1)], ...] = Field(
        default=(), max_length=MOST_ROWS
    )
    grow: bool = False
    most_rows: int = Field(default=30, ge=1, le=MOST_ROWS)
    checks: tuple[Check, ...] = Field(min_length=1)


def _read(id_: str, options: Mapping[str, object], body: str) -> Table:
    wanted = read_options(TableOptions, options)
    raise_faults([*_column_faults(wanted), *_row_faults(wanted), *_check_faults(wanted)])
    table = Table(
        id=id_,
        kind="table",
        statement=statement_of(body.split("\n")),
        **common(wanted),
        columns=wanted.columns,
        rows=tuple(tuple(tidy(cell) for cell in row) for row in wanted.rows),
        grow=wanted.grow,
        most_rows=max(wanted.most_rows, len(wanted.rows)) if wanted.grow else len(wanted.rows),
        checks=wanted.checks,
    )
    if all(passes(check, Sheet(table.columns, table.rows)) for check in table.checks):
        raise DeclarationError(
            "bảng cho sẵn đã đạt mọi điều kiểm tra: để học viên còn việc làm", option=("checks",)
        )
    return table


def _column_faults(wanted: TableOptions) -> list[DeclarationError]:
    faults = []
    ids = [column.id for column in wanted.columns]
    for n, column in enumerate(wanted.columns):
        if column.id in ids[:n]:
            faults.append(_column_fault(n, f"cột “{column.id}” có hai lần: đổi một id"))
        if (column.type == "choice") != bool(column.choices):
            faults.append(_column_fault(n, "cột type: choice cần choices, cột khác thì không"))
        if column.fixed and wanted.grow:
            faults.append(_column_fault(n, "bảng grow không có cột fixed: bỏ một trong hai"))
    if not wanted.grow and not wanted.rows:
        faults.append(
            DeclarationError("bảng không có dòng nào: thêm rows hoặc grow: true", option=("columns",))
        )
    return faults


def _column_fault(number: int, message: str) -> DeclarationError:
    return DeclarationError(message, option=("columns", number))


def _row_faults(wanted: TableOptions) -> list[DeclarationError]:
    width = len(wanted.columns)
    return [
        DeclarationError(f"dòng này có {len(row)} ô, bảng có {width} cột", option=("rows", n))
        for n, row in enumerate(wanted.rows)
        if len(row) != width
    ]


def _check_faults(wanted: TableOptions) -> list[DeclarationError]:
    columns = {column.id: column for column in wanted.columns}
    faults = []
    for n, check in enumerate(wanted.checks):
        unknown = [name for name in check.columns() if name not in columns]
        message = (
            f"không có cột “{unknown[0]}”; các cột: {', '.join(columns)}"
            if unknown
            else _misfit(check, columns)
        )
        if message:
            faults.append(DeclarationError(message, option=("checks", n)))
    return faults


def _misfit(check: Check, columns: Mapping[str, Column]) -> str:
    """Return what of a check can never be met because of a column's type."""
    if check.total is not None and columns[check.total.column].type != "number":
        return f"cột “{check.total.column}” không phải type: number nên không cộng được"
    told = [(name, text) for row in check.match for name, text in row.items()]
    told += [(check.holds.column, text) for text in check.holds.values] if check.holds is not None else []
    odd = next(((name, text) for name, text in told if value_of(text, columns[name]) is None), None)
    return f"“{odd[1]}” không hợp với cột “{odd[0]}”" if odd else ""


KIND = Kind(name="table", reader=_read, examples=examples)
