"""``bdhai lint``, ``bdhai build`` and the school's commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from courses.lessons import LessonError, lesson_folders
from courses.lessons.build import build_all
from courses.lessons.lint import Finding, lint
from courses.lessons.lint.explain import ExplanationError, codes, explanation
from courses.lessons.new import KINDS, NewLessonError, new_lesson
from courses.school.cli import app as roster
from courses.school.names import slug
from courses.site import load_site
from courses.yaml_errors import YamlError

app = typer.Typer(no_args_is_help=True, help="Bài học và lớp học.")
app.add_typer(roster, name="roster")


@app.command("lint")
def lint_lessons(
    lessons: Annotated[
        list[str] | None, typer.Argument(help="Thư mục hoặc khóa bài học; bỏ trống = mọi bài.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Giải thích các mã trong ngoặc vuông, hoặc một mã.")
    ] = False,
) -> None:
    """Kiểm tra bài học: lỗi ghi rõ tệp, dòng và cách sửa."""
    if explain:
        _explain(lessons or [])
        return
    root = _root()
    found = lint(root, [_folder(root, lesson) for lesson in lessons or []])
    if as_json:
        typer.echo(json.dumps([finding.model_dump() for finding in found], ensure_ascii=False, indent=1))
    else:
        _show(found)
    if any(finding.severity == "error" for finding in found):
        raise typer.Exit(1)


def _root() -> Path:
    """Return the folder of the lessons, or stop with what is wrong with it."""
    try:
        root = load_site().lessons
    except YamlError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    if not lesson_folders(root):
        typer.echo(
            f"{root}: không thấy bài học nào (level1/02-ten-bai/lesson.md); xem lại lessons trong site.yaml",
            err=True,
        )
        raise typer.Exit(1)
    return root


def _folder(root: Path, lesson: str) -> Path:
    """Return the folder that a path or a key such as ``level1/02-lenh-bon-phan`` names."""
    place = Path(lesson)
    return place if (place / "lesson.md").exists() else root / lesson


def _show(found: list[Finding]) -> None:
    for finding in found:
        typer.echo(str(finding))
    errors = sum(finding.severity == "error" for finding in found)
    typer.echo(f"{errors} lỗi, {len(found) - errors} cảnh báo.", err=True)
    if found:
        typer.echo(f"Muốn hiểu một mã trong ngoặc vuông: bdhai lint --explain {found[0].code}", err=True)


def _explain(wanted: list[str]) -> None:
    """Print what the codes mean, or one line for each code when none is named."""
    if not wanted:
        for code in codes():
            typer.echo(f"{code:<12} {explanation(code).title}")
        typer.echo(f"Đọc kỹ một mã: bdhai lint --explain {codes()[0]}", err=True)
    for number, code in enumerate(wanted):
        try:
            typer.echo(("\n\n" if number else "") + explanation(code).shown())
        except ExplanationError as error:
            typer.echo(f"Không có mã “{code}”. Các mã: {', '.join(codes())}.", err=True)
            raise typer.Exit(1) from error


@app.command("new")
def new_command(
    level: Annotated[int, typer.Argument(min=1, max=5, help="Cấp, từ 1 đến 5.")],
    name: Annotated[str, typer.Argument(metavar="SLUG", help="Tên thư mục, ví dụ moi-an-gio.")],
    *,
    kinds: Annotated[str, typer.Option(help="Các loại bài tập trong mẫu, cách nhau dấu phẩy.")] = ",".join(
        KINDS
    ),
    number: Annotated[int | None, typer.Option(help="Số thứ tự; bỏ trống = số tiếp theo.")] = None,
) -> None:
    """Tạo một bài học mẫu có ghi chú, rồi bạn sửa dần thành bài của mình."""
    try:
        root = load_site().lessons
        wanted = [kind.strip() for kind in kinds.split(",") if kind.strip()]
        folder = new_lesson(root, level, name, wanted, number)
    except (NewLessonError, YamlError) as error:
        plain = slug(name)
        other = f"\nBạn có thể gõ: bdhai new {level} {plain}" if plain not in {"", name} else ""
        typer.echo(f"{error}{other}", err=True)
        raise typer.Exit(1) from error
    key = f"{folder.parent.name}/{folder.name}"
    typer.echo(
        f"Đã tạo {folder}\nBa lệnh tiếp theo, gõ từng lệnh một:\n"
        f"  bdhai preview {key}   xem thử trên trình duyệt, vừa sửa lesson.md vừa thấy ngay\n"
        f"  bdhai lint {key}      hỏi xem còn gì phải sửa\n"
        f"  bdhai build --out xem-thu   dựng mọi bài khi lint không còn lỗi"
    )


@app.command()
def build(
    out: Annotated[Path, typer.Option(help="Thư mục nhận kết quả.")],
) -> None:
    """Dựng mọi bài học thành sổ nbgrader; dựng hai lần cho cùng một kết quả."""
    try:
        lessons = build_all(_root(), out)
    except LessonError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    typer.echo(f"Đã dựng {len(lessons)} bài vào {out}")
