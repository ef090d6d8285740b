"""What each part of the AI last said of itself: small files in ``data/ai``, for ``bdhai ai status`` and the portal.

``install.json`` is written by ``make run``, ``model.json`` by the local model's process, ``gateway.json`` by the gateway.
None holds a key or what anybody asked.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Literal

from pydantic import ValidationError

from courses.clock import now
from courses.exercises.base import Frozen

Part = Literal["install", "model", "gateway"]
Stage = Literal["installing", "joining", "checking", "loading", "starting", "ready", "failed", "none"]


class Status(Frozen):
    """How one part stands.

    Attributes:
        stage: what it does now.
        percent: how far, while installing or joining.
        why: after a failure: what happened and what to do, in Vietnamese.
        kind: provider's kind, from the gateway.
        model: its model.
        breaker: see `hub_config.ai.breaker`.
        pid: the process that said so.
        at: when.
    """

    stage: Stage
    percent: int = 0
    why: str = ""
    kind: str = ""
    model: str = ""
    breaker: str = "closed"
    pid: int = 0
    at: datetime

    @property
    def alive(self) -> bool:
        """Tell whether the process that said so still runs."""
        return self.pid > 0 and Path(f"/proc/{self.pid}").exists()


def tell(folder: Path, part: Part, stage: Stage, **more: str | int) -> None:
    """Write how a part stands, whole or not at all; a full disk must not stop the part."""
    said = Status.model_validate({"stage": stage, **more, "pid": os.getpid(), "at": now()})
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8") as file:  # 0600
            file.write(said.model_dump_json())
        Path(file.name).replace(folder / f"{part}.json")
    except OSError:
        return


def told(folder: Path, part: Part) -> Status | None:
    """Return what a part last said; None when it said nothing that can be read."""
    try:
        return Status.model_validate_json((folder / f"{part}.json").read_bytes())
    except (OSError, ValidationError):
        return None


def words(folder: Path) -> str:
    """Return one sentence on the AI: none, outside, being installed, joining, loading, ready, or failed and why."""
    install, model, gateway = (told(folder, part) for part in ("install", "model", "gateway"))
    if install and install.stage == "installing" and install.alive:
        return f"AI chạy trên máy đang được cài: {install.percent} %. Lớp vẫn dùng được bình thường."
    if gateway is None or not gateway.alive:
        return "Cổng AI chưa chạy. Cổng tự chạy khi mở lớp (make run)."
    if gateway.stage == "none":
        return install.why if install and install.stage == "failed" else NO_AI
    if gateway.kind == "openai":
        return "Lớp đang nối với AI ở máy chủ ngoài."
    return _local_words(model, gateway)


NO_AI = "Lớp chưa nối với AI nào: bài thực hành dùng câu trả lời mẫu, bài viết do người chấm."


def _local_words(model: Status | None, gateway: Status) -> str:
    if gateway.stage == "ready":
        return _LOCAL["ready"]
    if model and model.stage == "failed":
        return model.why
    if gateway.stage == "failed":
        return "AI chạy trên máy bị ngắt nhiều lần nên đã dừng. Hãy xem nhật ký của lớp rồi mở lại lớp."
    return _LOCAL[model.stage].format(percent=model.percent) if model and model.alive else _LOCAL["starting"]


_LOCAL: dict[Stage, str] = {
    "starting": "AI chạy trên máy đang khởi động.",
    "joining": "Đang ghép tệp AI: {percent} %.",
    "checking": "Đang kiểm mã của tệp AI.",
    "loading": "Đang nạp AI vào bộ nhớ, mất chừng một phút.",
    "ready": "AI chạy trên máy đã sẵn sàng.",
}
