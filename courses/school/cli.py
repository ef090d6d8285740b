"""``bdhai roster …``: the ward's people, groups and activation codes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import track
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from courses import clock
from courses.school import accounts
from courses.school.csv_file import RosterError
from courses.school.db import open_engine, session
from courses.school.groups import set_working_age
from courses.school.logins import find_by_login, login_of, open_seal, shown_login
from courses.school.models import Person
from courses.school.names import printable, sort_key, text_key
from courses.school.roster import ROLE_NAMES, Change, Plan, Slip, apply, draw_codes, make_plan
from courses.school.roster_file import read_groups, read_roster
from courses.site import Site, database_url, layout, load_site
from courses.yaml_errors import YamlError

app = typer.Typer(name="roster", no_args_is_help=True, help="Danh sách người học và mã kích hoạt.")

_SHOWN = 50


@dataclass(frozen=True)
class Prepare:
    """Brings a site's database up to date; the program that mounts these commands puts one in its context."""

    run: Callable[[Site], None]


File = Annotated[Path, typer.Argument(help="Tệp CSV (UTF-8).", show_default=False)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Chỉ xem sẽ đổi gì, không ghi.")]


@app.command("import")
def import_roster(  # noqa: PLR0913 - the options of one command
    context: typer.Context,
    file: File,
    *,
    dry_run: DryRun = False,
    sheet: Annotated[Path | None, typer.Option(help="Tệp PDF nhận phiếu kích hoạt.")] = None,
    create_groups: Annotated[bool, typer.Option("--create-groups", help="Thêm tổ chưa có.")] = False,
    new_codes: Annotated[
        bool, typer.Option("--new-codes", help="Cấp mã mới cho cả người cũ chưa đặt mật khẩu.")
    ] = False,
) -> None:
    """Đưa danh sách vào lớp: cột mã, họ tên, tổ, nhóm, vai trò. Sai một dòng thì không ghi dòng nào."""
    site = _site()
    out = sheet or _default_sheet(site)
    try:
        with _school(context, site) as db:
            entries = read_roster(file)
            plan = make_plan(db, entries, file.name, create_groups=create_groups, all_codes=new_codes)
            _tell(plan)
            if not dry_run:
                slips = draw_codes(plan, _bar)
                _print_slips(site, out, slips)
                with _removed_on_error(out if slips else None):
                    apply(db, plan, slips, clock.now())
                    db.commit()
    except RosterError as error:
        _refuse(str(error))
    except FileExistsError:
        _refuse(f"{out}: đã có tệp này; mã trong đó không có ở đâu khác. Hãy chọn tên khác. Chưa ghi gì.")
    except OSError as error:
        _refuse(f"{out}: không ghi được phiếu kích hoạt ({error.strerror}). Chưa ghi gì.")
    if dry_run:
        typer.echo("Xem thử: chưa ghi gì.")


@app.command("groups")
def import_groups(context: typer.Context, file: File, *, dry_run: DryRun = False) -> None:
    """Ghi số người trong độ tuổi lao động của từng tổ: cột tổ, số người."""
    try:
        entries = read_groups(file)
    except RosterError as error:
        _refuse(str(error))
    with _school(context, _site()) as db:
        told = set_working_age(db, entries)
        for line in told:
            typer.echo(line)
        if dry_run:
            db.rollback()
        typer.echo("Xem thử: chưa ghi gì." if dry_run else f"Đã ghi {len(told)} thay đổi.")


@app.command("code")
def new_code(
    context: typer.Context, username: Annotated[str, typer.Argument(help="Tên đăng nhập hoặc số điện thoại.")]
) -> None:
    """Cấp một mã kích hoạt mới, ví dụ khi người học quên mật khẩu."""
    site = _site()
    with _school(context, site) as db:
        person = find_by_login(db, login_of(username, open_seal(layout(site).secrets)))
        if person is None:
            _refuse("Không có ai đang học với tên đăng nhập này; hãy xem lại từng chữ.")
        login = shown_login(db, person)
        code = accounts.new_activation_code(db, person, clock.now())
    last = clock.text_date((clock.now() + accounts.CODE_LIVES).astimezone(clock.VIETNAM).date())
    typer.echo(f"{printable(person.display_name)}: tên đăng nhập {login}, mã {code}, đến {last}.")


def _site() -> Site:
    try:
        return load_site()
    except YamlError as error:
        _refuse(str(error))


@contextmanager
def _school(context: typer.Context, site: Site) -> Iterator[Session]:
    prepare = context.find_object(Prepare)
    if prepare:
        prepare.run(site)
    engine = open_engine(database_url(site))
    try:
        if not inspect(engine).has_table(Person.__tablename__):
            _refuse("Cơ sở dữ liệu còn trống; hãy chạy “make run” (hoặc “bdhai migrate”) một lần trước đã.")
        with session(engine) as db:
            yield db
    finally:
        engine.dispose()


def _tell(plan: Plan) -> None:
    for group in plan.book.made:
        typer.echo(f"Tổ mới: {group.name} (chưa có số người: bdhai roster groups FILE.csv)")
    for change in plan.new[:_SHOWN]:
        typer.echo(
            f"Thêm: {change.entry.name} ({ROLE_NAMES[change.entry.role]}), tên đăng nhập {change.login}"
        )
    for change in plan.changed[:_SHOWN]:
        typer.echo(f"Đổi: {change.login}: {'; '.join(change.fields)}")
    typer.echo(f"Thêm {len(plan.new)} người, đổi {len(plan.changed)}, giữ nguyên {plan.unchanged}.")


def _bar(changes: Sequence[Change]) -> Iterable[Change]:
    return track(changes, "Tạo mã", console=Console(stderr=True), disable=len(changes) < _SHOWN)


def _print_slips(site: Site, out: Path, slips: Sequence[Slip]) -> None:
    """Write the sheet before anything is stored: codes that no paper holds would be lost."""
    if not slips:
        typer.echo("Không có mã mới để in.")
        return
    from courses.school.sheet import write_sheet  # noqa: PLC0415 - fpdf2 takes most of a command's start

    ordered = sorted(slips, key=lambda slip: (text_key(slip.group), sort_key(slip.name)))
    last = (clock.now() + accounts.CODE_LIVES).astimezone(clock.VIETNAM).date()
    programme = f"{site.programme.name} – {site.programme.ward}"
    if out.parent == layout(site).secrets:
        out.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_sheet(out, ordered, programme, site.address, last)
    typer.echo(f"{len(slips)} phiếu kích hoạt: {out} (in, cắt, phát tận tay; rồi xóa tệp)")


@contextmanager
def _removed_on_error(sheet: Path | None) -> Iterator[None]:
    """Take the new sheet away when nothing was stored: its codes are worth nothing."""
    try:
        yield
    except BaseException:
        if sheet:
            sheet.unlink(missing_ok=True)
        raise


def _default_sheet(site: Site) -> Path:
    """Return a new name among the secrets, by the time of day."""
    stem = f"phieu-kich-hoat-{clock.now().astimezone(clock.VIETNAM):%Y%m%d-%H%M%S}"
    names = (f"{stem}{f'-{number}' if number else ''}.pdf" for number in count())
    return next(path for name in names if not (path := layout(site).secrets / name).exists())


def _refuse(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)
