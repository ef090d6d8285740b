"""``bdhai remark level1/02-lenh-bon-phan``: what an author's edit moves, and applying it."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from typing import Annotated, Any, NoReturn

import typer

from autograder.cli import WAIT, Parts
from autograder.remark.apply import ApplyError
from autograder.remark.asking import Said
from autograder.remark.plan import Row
from autograder.remark.run import Applying, Report, remark
from autograder.remark.why import said
from courses.clock import text_number
from courses.lessons import LessonError, load_lessons
from courses.lessons.model import Lesson
from courses.site import Site, load_site
from courses.yaml_errors import YamlError

Key = Annotated[str, typer.Argument(metavar="BẬC/BÀI", help="Bài đã sửa, ví dụ level1/02-lenh-bon-phan.")]
Apply = Annotated[bool, typer.Option("--apply", help="Ghi điểm mới. Bỏ trống: chỉ xem.")]
Reason = Annotated[str, typer.Option("--reason", help="Lý do, học viên đọc được; cần khi có --apply.")]
AsJson = Annotated[bool, typer.Option("--json", help="Chỉ in kết quả dạng JSON.")]
_PRIVATE: Any = {"plan": {"rows": {"__all__": {"submission_id", "columns"}}}}  # columns quote learners' words


def make_app(parts: Parts) -> typer.Typer:
    """Return the command, working with the hub's parts."""
    commands = typer.Typer(no_args_is_help=True)

    @commands.command("remark")
    def remark_command(
        lesson: Key,
        apply: Apply = False,  # noqa: FBT002 - a flag of the command line
        reason: Reason = "",
        as_json: AsJson = False,  # noqa: FBT002 - as above
    ) -> None:
        """Xem điểm AI nào đổi vì tiêu chí chấm được sửa, rồi áp dụng bằng --apply. Điểm người chấm không đổi."""
        try:
            site = load_site()
            report = _run(
                site, parts, lesson, Applying(reason=reason, by=getpass.getuser()) if apply else None
            )
        except (ApplyError, LessonError, YamlError) as error:
            _fail(str(error))
        typer.echo(
            report.model_dump_json(indent=1, exclude=_PRIVATE) if as_json else "\n".join(lines(report))
        )

    return commands


def _run(site: Site, parts: Parts, key: str, applying: Applying | None) -> Report:
    lesson = _lesson(site, key)
    parts.prepare(site)
    waits = lambda _: typer.echo(WAIT, err=True)  # noqa: E731 - one sentence
    return remark(site, lesson, parts.judge(site), applying, waits=waits, tell=_tell)


def _lesson(site: Site, key: str) -> Lesson:
    for lesson in load_lessons(site.lessons):
        if key in {lesson.key, lesson.slug}:
            return lesson
    raise ApplyError(f"Không có bài “{key}”. Bạn viết như level1/02-lenh-bon-phan.")


def _tell(own: Said) -> None:
    typer.echo(f"Hỏi AI: {own.asked}/{own.total} câu.", err=True)


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)


def lines(report: Report) -> list[str]:
    """Return a report as Vietnamese lines."""
    plan = report.plan
    parts: tuple[tuple[str, Sequence[Row]], ...] = (
        ("Điểm đổi" if not report.applied else "Đã đổi điểm", plan.of("moves")),
        ("Chờ người chấm" if not report.applied else "Đã chuyển cho người chấm", plan.of("people")),
        ("Chưa hỏi được AI", plan.of("unknown")),
        ("Người đã chấm, giữ nguyên", plan.of("kept")),
    )
    found = [line for title, rows in parts if rows for line in (f"{title}: {len(rows)}", *map(_line, rows))]
    if same := plan.of("same"):
        found.append(f"Cùng điểm, khác tiêu chí đạt: {len(same)}")
    if not plan.rows:
        return ["Không có điểm nào đổi."]
    return (
        found
        if report.applied
        else [*found, "Chưa ghi gì. Để ghi: thêm --apply --reason “lý do học viên đọc”."]
    )


def _line(row: Row) -> str:
    new = "chờ" if row.new_score is None else _score(row.new_score, row.new_max)
    why = " ".join((*row.why, *([said(row.reason)] if row.state in {"people", "unknown"} else [])))
    old = "" if row.newest else " (bài nộp cũ)"
    return f"  {row.receipt} {row.exercise}{old}: {_score(row.old_score, row.old_max)} → {new}. {why}"


def _score(score: float, most: float) -> str:
    return f"{text_number(score, 2)}/{text_number(most, 2)}"
