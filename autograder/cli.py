"""``bdhai daily`` and ``bdhai feedback``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from autograder import daily
from autograder.daily import DailyError, Event, Progress, Renderer, Report
from autograder.daily.judge import BROKEN
from autograder.feedback import FeedbackError, write_feedback
from autograder.judge import PASSING, REASON_TEXTS, Judge
from courses.clock import grouped_number, now, programme_day, text_date, text_number
from courses.lessons import LessonError
from courses.site import Site, load_site
from courses.yaml_errors import YamlError

NAMES = {
    "collect": "Thu bài nộp",
    "mark": "Chấm theo quy tắc",
    "judge": "Hỏi AI chấm",
    "ledger": "Ghi điểm từ sổ cái",
    "gradebook": "Ghi sổ điểm",
    "progress": "Tính điểm thi đua",
    "boards": "Dựng bảng xếp hạng",
}
_OWN_REASONS = {BROKEN: "Phần mềm chấm bị lỗi; xem nhật ký."}
WAIT = "Đang có một lượt chấm khác chạy. Tôi chờ lượt ấy xong rồi chấm tiếp…"


Day = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Ngày cần chấm; bỏ trống là hôm nay (ngày kết thúc lúc 04:00)."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Chỉ in báo cáo dạng JSON.")]
Whole = Annotated[
    bool, typer.Option("--all", help="Xem lại mọi bài nộp từ đầu, không chỉ bài mới; chậm hơn nhiều.")
]
OneLesson = Annotated[str, typer.Option(help="Chỉ bài này, ví dụ 02-lenh-bon-phan.")]
OneUser = Annotated[str, typer.Option(help="Chỉ người này (tên đăng nhập).")]


def _nothing(site: Site) -> None:
    del site


def _nobody(site: Site) -> Judge | None:
    del site
    return None


@dataclass(frozen=True)
class Parts:
    """What the hub lends to these commands; this package can't import it."""

    prepare: Callable[[Site], None] = _nothing  # migrates the database
    judge: Callable[[Site], Judge | None] = _nobody
    render: Renderer | None = None  # renders the boards


def make_app(parts: Parts) -> typer.Typer:
    """Return the commands, working with the hub's parts."""
    commands = typer.Typer(no_args_is_help=True)

    @commands.command("daily")
    def daily_command(
        date: Day = None,
        as_json: AsJson = False,  # noqa: FBT002 - a flag of the command line
        whole: Whole = False,  # noqa: FBT002 - as above
    ) -> None:
        """Chấm mọi bài nộp đến hết ngày, ghi sổ điểm và bảng xếp hạng."""
        with _sentences():
            site = load_site()
            parts.prepare(site)
            day = date.date() if date else programme_day(now())
            with _progress(hidden=as_json) as tell:
                judge, render = parts.judge(site), parts.render
                report = daily.run(site, day, judge=judge, progress=tell, render=render, whole=whole)
            typer.echo(report.model_dump_json(indent=1) if as_json else summary(report))

    @commands.command("feedback")
    def feedback_command(lesson: OneLesson = "", user: OneUser = "") -> None:
        """Làm tệp nhận xét HTML của nbgrader trong data/courses/…/feedback."""
        with _sentences():
            pages = write_feedback(load_site(), lesson, user)
            typer.echo(
                f"Đã làm {len(pages)} tệp nhận xét trong {pages[0].parents[2]}"
                if pages
                else "Không có tệp nào."
            )

    return commands


app = make_app(Parts())


def summary(report: Report) -> str:
    """Return the report as Vietnamese lines."""
    counts = {step.step: step.counts for step in report.steps}
    later = sum(number for reason, number in report.abstained.items() if reason in {*PASSING, BROKEN})
    lines = [
        f"Đã chấm xong ngày {text_date(report.day)} trong {text_number(report.seconds)} giây.",
        f"Bài nộp được tính: {counts['collect']['counting']}; chấm mới: {counts['mark']['marked']}.",
        f"Ghi sổ điểm: {counts['gradebook']['projected']} bài.",
        f"Lấy về từ nbgrader: {counts['gradebook']['pulled']} điểm do huấn luyện viên chấm.",
        _judged(report),
        _cost(report),
        f"Còn chờ người chấm: {report.waiting - later} câu; chờ AI ở lượt sau: {later} câu.",
    ]
    texts = {str(reason): text for reason, text in REASON_TEXTS.items()} | _OWN_REASONS
    lines += [f"  – {number} câu: {texts.get(reason, reason)}" for reason, number in report.abstained.items()]
    return "\n".join(lines)


def _judged(report: Report) -> str:
    known = f"sổ cái có sẵn: {report.ledger_hits} câu; giống hệt câu khác: {report.identical} câu"
    return f"AI chấm: {report.judged} câu; {known}."


def _cost(report: Report) -> str:
    """Return what asking the AI took, as a sentence."""
    cached = f" (nhà cung cấp nhớ sẵn {grouped_number(report.cached_tokens)})" if report.cached_tokens else ""
    return (
        f"Hỏi AI {grouped_number(report.calls)} lần: gửi {grouped_number(report.prompt_tokens)} token{cached}, "
        f"nhận {grouped_number(report.completion_tokens)} token; "
        f"hết {grouped_number(report.money, 2)} {report.currency} theo bảng giá."
    )


@contextmanager
def _sentences() -> Iterator[None]:
    """Turn errors that a person can mend into one sentence and exit code 1."""
    try:
        yield
    except (DailyError, FeedbackError, LessonError, YamlError) as error:
        _fail(str(error))


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)


@contextmanager
def _progress(*, hidden: bool) -> Iterator[Progress]:
    """Yield what tells the terminal how far a run is; hidden: only that it waits."""
    console = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console, disable=hidden) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(event: Event) -> None:
            if event.step == "wait":
                typer.echo(WAIT, err=True)
                return
            if event.step not in tasks:
                tasks[event.step] = bars.add_task(NAMES[event.step], total=None)
            total = 1 if event.finished else event.total or None
            bars.update(tasks[event.step], completed=total if event.finished else event.done, total=total)

        yield tell
