"""The command ``bdhai ai``, for administrators; what it does is in `hub_config.ai.console`."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help="Xem, thử và cài AI cho lớp.")


@app.command()
def status() -> None:
    """Cho biết lớp đang dùng AI nào và AI có trả lời không."""
    from hub_config.ai import console  # noqa: PLC0415 - openai loads in half a second; other commands don't pay

    console.status()


@app.command()
def test() -> None:
    """Hỏi AI một câu và đo thời gian."""
    from hub_config.ai import console  # noqa: PLC0415 - as above

    console.try_it()


@app.command()
def install() -> None:
    """Ghép tệp AI chạy trên máy và kiểm mã; không tải gì thêm."""
    from hub_config.ai import console  # noqa: PLC0415 - as above

    console.install()
