"""The one console command: ``bdhai run``, ``bdhai daily``, and what the other packages bring."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager

import typer

from autograder.cli import Parts, make_app
from autograder.judge import Judge
from autograder.measuring import Plain, Say
from autograder.measuring import make_app as make_measuring
from autograder.remark.command import make_app as make_remark
from courses.cli import app as courses_app
from courses.lessons.model import Lesson
from courses.preview.agreement import Agreement
from courses.preview.cli import make_app as make_preview
from courses.preview.server import TryJudge
from courses.school.cli import Prepare
from courses.site import Site, load_site
from courses.yaml_errors import YamlError
from hub_config import boards
from hub_config.ai.cli import app as ai_app
from hub_config.launch import StartError


def _migrate(site: Site) -> None:
    from hub_config.database import prepare  # noqa: PLC0415 - Alembic loads only when a database is used

    prepare(site)


def _judge(site: Site) -> Judge | None:
    from hub_config.ai.provider import judge_for  # noqa: PLC0415 - openai loads only when something is judged

    return judge_for(site, os.environ)


def _borrow(site: Site, model: str, base_url: str, say: Say) -> AbstractContextManager[Plain | None]:
    from hub_config.ai.borrow import borrowed  # noqa: PLC0415 - as above

    return borrowed(site, os.environ, model, base_url, say)


def _try_judge(site: Site) -> TryJudge | None:
    if _judge(site) is None:
        return None

    async def try_judge(lesson: Lesson) -> tuple[Agreement, ...]:
        from autograder.agreement import agreement  # noqa: PLC0415 - as above

        judge = _judge(site)  # a fresh one: its connections belong to one run
        return () if judge is None else await agreement(judge, lesson)

    return try_judge


app = typer.Typer(no_args_is_help=True, add_completion=False, help="Bình dân học AI: mở lớp và chấm bài.")
app.add_typer(ai_app, name="ai")
app.add_typer(courses_app)  # new, lint, build, roster
app.add_typer(make_preview(_try_judge))  # preview
app.add_typer(make_measuring(_borrow))  # evaluate, redteam
_parts = Parts(prepare=_migrate, judge=_judge, render=boards.render)
app.add_typer(make_app(_parts))  # daily, feedback
app.add_typer(make_remark(_parts))  # remark


@app.callback()
def _bdhai(context: typer.Context) -> None:
    """Keep ``bdhai run`` a subcommand, and let the school's commands work before the first ``bdhai run``."""
    context.obj = Prepare(_migrate)


@app.command()
def run(port: int = typer.Option(8000, envvar="PORT", help="Cổng mà mọi người mở trên trình duyệt.")) -> None:
    """Mở lớp học trên máy này; bấm Ctrl-C để đóng."""
    from hub_config import run as room  # noqa: PLC0415 - Alembic and the rest load only when a hub starts

    raise SystemExit(room.run(load_site(), os.environ.get("BDHAI_BIND", "127.0.0.1"), port, _say))


@app.command()
def doctor(
    port: int = typer.Option(8000, envvar="PORT", help="Cổng mà mọi người mở trên trình duyệt."),
    as_json: bool = typer.Option(False, "--json", help="In JSON cho máy đọc."),  # noqa: FBT001, FBT003 - an option
) -> None:
    """Khám máy và lớp học: chỗ nào hỏng, sửa thế nào. Không thay đổi gì."""
    from hub_config.doctor.command import report  # noqa: PLC0415 - it looks at every part, so it loads them all

    text, code = report(port, as_json=as_json)
    typer.echo(text)
    raise SystemExit(code)


def main() -> None:
    """Run the command; our own errors are one Vietnamese sentence, never a traceback."""
    try:
        app()
    except (StartError, YamlError) as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from error


def _say(line: str) -> None:
    typer.echo(line)
    sys.stdout.flush()
