"""``bdhai evaluate`` and ``bdhai redteam``: what a judge is worth, on labelled answers and under attack."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from autograder.evaluate import DatasetError, Shelf, evaluate, read_dataset
from autograder.evaluate.judging import Tell
from autograder.evaluate.pairs import compare, read_pairs
from autograder.evaluate.report import pairs_summary, summary, write_report
from autograder.judge import Judge
from autograder.redteam import attack_summary, redteam
from courses.lessons import LessonError, load_lessons
from courses.lessons.model import Lesson
from courses.site import Site, load_site
from courses.yaml_errors import YamlError

NO_AI = (
    "Chưa có AI nào để đo. Đặt --base-url và --model (khóa ở OPENAI_API_KEY), "
    "hoặc cài AI chạy trên máy: scripts/bootstrap local-ai"
)
NOT_BOTH = "Cho biết tệp bài làm (DATASET.jsonl), hoặc --pairs để đo các cặp bài có sẵn."


@dataclass(frozen=True)
class Plain:
    """An uncalibrated judge, and how many questions its provider takes at once."""

    judge: Judge
    at_once: int


Say = Callable[[str], None]
Borrow = Callable[[Site, str, str, Say], AbstractContextManager[Plain | None]]
"""Lends the judge of a model and an address; empty ones: what the environment names."""

Model = Annotated[str, typer.Option(help="Tên mô hình; bỏ trống là OPENAI_MODEL hay AI chạy trên máy.")]
BaseUrl = Annotated[str, typer.Option(help="Địa chỉ máy chủ kiểu OpenAI, kết thúc bằng /v1.")]
AsJson = Annotated[bool, typer.Option("--json", help="Chỉ in kết quả dạng JSON.")]
Cache = Annotated[
    Path | None,
    typer.Option(help="Tệp giữ các lần chấm: lượt đo bị ngắt thì chạy lại cùng lệnh, không tốn hai lần."),
]
Report = Annotated[Path | None, typer.Option(help="Ghi báo cáo Markdown vào tệp này, hình ở cạnh.")]
File = Annotated[Path | None, typer.Argument(metavar="DATASET.jsonl", help="Bài làm có điểm của người.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Chỉ chừng này bài, rút theo mầm cố định.")]
Reruns = Annotated[int, typer.Option(min=0, help="Hỏi lại lần thứ hai chừng này bài để xem có giống.")]
IsPairs = Annotated[
    bool, typer.Option("--pairs", help="Đo các cặp bài cùng ý: đủ dấu và không dấu, viết tắt, lời nói.")
]
Tries = Annotated[int | None, typer.Option("--limit", min=1, help="Chỉ chừng này lượt tấn công.")]
Only = Annotated[
    list[str] | None,
    typer.Option("--lesson", metavar="BẬC/BÀI", help="Chỉ bài này; ghi nhiều lần để lấy nhiều bài."),
]
Line = Annotated[float, typer.Option("--pass-line", min=0, max=1, help="Mức đạt, phần của thang điểm.")]


def _nobody(site: Site, model: str, base_url: str, say: Say) -> AbstractContextManager[Plain | None]:
    del site, model, base_url, say
    return nullcontext(None)


def make_app(borrow: Borrow = _nobody) -> typer.Typer:
    """Return the commands, working with the hub's judge."""
    commands = typer.Typer(no_args_is_help=True)

    @commands.command("evaluate")
    def evaluate_command(  # noqa: PLR0913, PLR0917 - the command's options
        dataset: File = None,
        model: Model = "",
        base_url: BaseUrl = "",
        limit: Limit = None,
        reruns: Reruns = 20,
        cache: Cache = None,
        report: Report = None,
        pairs: IsPairs = False,  # noqa: FBT002 - a flag of the command line
        as_json: AsJson = False,  # noqa: FBT002 - as above
    ) -> None:
        """Đo AI chấm: giống người đến đâu, nhường người bao nhiêu, tốn bao nhiêu."""
        with _sentences():
            if pairs == (dataset is not None):
                _fail(NOT_BOTH)
            bench = _Bench(borrow, model, base_url, cache, quiet=as_json)
            if dataset is None:
                _evaluate_pairs(bench, limit)
            else:
                _evaluate(bench, dataset, limit, reruns, report)

    @commands.command("redteam")
    def redteam_command(  # noqa: PLR0913, PLR0917 - the command's options
        model: Model = "",
        base_url: BaseUrl = "",
        most: Tries = None,
        only: Only = None,
        line: Line = 0.8,
        cache: Cache = None,
        as_json: AsJson = False,  # noqa: FBT002 - a flag of the command line
    ) -> None:
        """Tấn công AI chấm bằng những bài đã biết điểm, xem được lợi bao nhiêu."""
        with _sentences():
            lessons = _chosen(load_lessons(load_site().lessons), only or [])
            _redteam(_Bench(borrow, model, base_url, cache, quiet=as_json), lessons, most, line)

    return commands


@dataclass(frozen=True)
class _Bench:
    """What both commands need: a judge, a shelf, a bar, and how to print."""

    borrow: Borrow
    model: str
    base_url: str
    cache: Path | None
    quiet: bool

    @contextmanager
    def judge(self) -> Iterator[Plain]:
        with self.borrow(load_site(), self.model, self.base_url, _say) as plain:
            if plain is None:
                _fail(NO_AI)
            yield plain

    def shelf(self) -> Shelf:
        return Shelf(self.cache)

    @contextmanager
    def bar(self, words: str) -> Iterator[Tell]:
        columns = (
            TextColumn(words),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        with Bars(*columns, console=Console(file=sys.stderr), disable=self.quiet) as bars:
            task = bars.add_task(words, total=None)
            yield lambda done, total: bars.update(task, completed=done, total=total)

    def show(self, found: BaseModel, words: str) -> None:
        typer.echo(found.model_dump_json(indent=1) if self.quiet else words)


def _evaluate(bench: _Bench, path: Path, limit: int | None, reruns: int, report: Path | None) -> None:
    whole = read_dataset(path)
    with bench.judge() as plain, bench.bar("Chấm thử") as tell:
        found = evaluate(
            plain.judge,
            whole.limited(limit),
            whole=whole,
            shelf=bench.shelf(),
            reruns=reruns,
            at_once=plain.at_once,
            tell=tell,
        )
    if report is not None:
        write_report(found, report)
    bench.show(found, summary(found))


def _evaluate_pairs(bench: _Bench, limit: int | None) -> None:
    pairs = read_pairs(load_lessons(load_site().lessons))[:limit]
    with bench.judge() as plain, bench.bar("Chấm thử từng cặp") as tell:
        found = compare(plain.judge, pairs, bench.shelf(), at_once=plain.at_once, tell=tell)
    bench.show(found, pairs_summary(found))


def _chosen(lessons: Sequence[Lesson], keys: Sequence[str]) -> list[Lesson]:
    known = {lesson.key for lesson in lessons}
    for key in keys:
        if key not in known:
            _fail(f"--lesson {key}: không có bài này. Tên bài là tên thư mục của nó, ví dụ: {min(known)}")
    return [lesson for lesson in lessons if not keys or lesson.key in keys]


def _redteam(bench: _Bench, lessons: Sequence[Lesson], most: int | None, line: float) -> None:
    with bench.judge() as plain, bench.bar("Tấn công thử") as tell:
        found = redteam(
            plain.judge,
            lessons,
            shelf=bench.shelf(),
            most=most,
            line=line,
            at_once=plain.at_once,
            tell=tell,
        )
    bench.show(found, attack_summary(found))


@contextmanager
def _sentences() -> Iterator[None]:
    """Turn errors that a person can mend into one sentence and exit code 1."""
    try:
        yield
    except (DatasetError, LessonError, YamlError) as error:
        _fail(str(error))


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)


def _say(line: str) -> None:
    typer.echo(line, err=True)
