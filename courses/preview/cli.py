"""``bdhai preview``."""

from __future__ import annotations

import asyncio
import tempfile
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from courses.preview.draft import Desk
from courses.preview.server import Room, TryJudge, listen, watch
from courses.site import Site, load_site
from courses.yaml_errors import YamlError

LendJudge = Callable[[Site], TryJudge | None]


def _nobody(site: Site) -> TryJudge | None:
    del site
    return None


def make_app(lend_judge: LendJudge = _nobody) -> typer.Typer:
    """Return the command; the judge comes from whoever may import one."""
    commands = typer.Typer(no_args_is_help=True)

    @commands.command("preview")
    def preview(
        lesson: Annotated[
            str, typer.Argument(help="Thư mục hoặc khóa bài học, ví dụ level1/02-lenh-bon-phan.")
        ],
        *,
        port: Annotated[int, typer.Option(min=0, max=65535, help="Cổng; 0 = cổng nào trống.")] = 0,
        no_browser: Annotated[bool, typer.Option("--no-browser", help="Không tự mở trình duyệt.")] = False,
    ) -> None:
        """Xem thử bài học trên trình duyệt: vừa sửa tệp vừa thấy ngay; bấm Ctrl-C để đóng."""
        try:
            site = load_site()
            folder = _folder(site.lessons, lesson)
            asyncio.run(_serve(folder, port, lend_judge(site), show=not no_browser))
        except (YamlError, OSError) as error:
            typer.echo(_words(error, port), err=True)
            raise typer.Exit(1) from error
        except KeyboardInterrupt:
            typer.echo("Đã đóng bản xem thử.", err=True)

    return commands


def _folder(root: Path, lesson: str) -> Path:
    """Return the lesson's folder; a lesson that is not there yet is refused, a broken one is not."""
    for place in (Path(lesson), root / lesson):
        folder = place.parent if place.name == "lesson.md" else place
        if (folder / "lesson.md").is_file():
            return folder.resolve()
    raise FileNotFoundError(f"Không thấy {lesson}/lesson.md. Tạo bài mới: bdhai new 1 ten-bai")


async def _serve(folder: Path, port: int, try_judge: TryJudge | None, *, show: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="bdhai-xem-thu-") as released:
        desk = Desk(folder, Path(released), "")
        room = Room(desk, Path(released), try_judge=try_judge)
        desk.result_url = f"{room.base}ket-qua"
        desk.refresh()
        _, taken = listen(room, port)
        address = f"http://127.0.0.1:{taken}{room.base}"
        typer.echo(f"Xem thử {desk.key} tại {address}")
        typer.echo("Sửa tệp rồi lưu, trang tự đổi theo. Bấm Ctrl-C để đóng.")
        if show:
            webbrowser.open(address)
        await watch(room)


def _words(error: Exception, port: int) -> str:
    if isinstance(error, OSError) and not isinstance(error, FileNotFoundError):
        return f"Cổng {port} đang có chương trình khác dùng. Bạn bỏ --port để máy tự chọn cổng trống."
    return str(error)
