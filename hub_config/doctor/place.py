"""The data folder, its secrets and backups, and the port that people use."""

from __future__ import annotations

import fcntl
import os
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

from hub_config.doctor.finding import Finding, Patient, bad, ok, warn
from hub_config.launch import StartError, require_free

OLD_BACKUP = timedelta(days=2)


def data(patient: Patient) -> Finding:
    """Whether the data folder is there, and can be written."""
    folder = patient.place.data
    if not folder.is_dir():
        return warn(
            "data", f"Chưa có thư mục dữ liệu {folder}.", "Chạy make run một lần; lệnh ấy tạo thư mục này."
        )
    return writable(str(folder), allowed=os.access(folder, os.W_OK | os.X_OK))


def writable(folder: str, *, allowed: bool) -> Finding:
    """Tell what it means that a folder can be written or not."""
    if allowed:
        return ok("data", f"Ghi được vào {folder}.")
    return bad(
        "data",
        f"Không ghi được vào {folder}.",
        f"Chạy lớp bằng tài khoản chủ thư mục, hoặc: chown -R TÀI-KHOẢN {folder}",
    )


def secrets(patient: Patient) -> Finding:
    """Whether what only the owner may read is readable by its owner only."""
    open_ones = [str(path) for path in _private(patient) if path.exists() and path.stat().st_mode & 0o077]
    if open_ones:
        return bad(
            "secrets",
            f"Người khác trên máy đọc được: {', '.join(open_ones[:5])}.",
            f"Chạy: chmod go-rwx {' '.join(open_ones)}",
        )
    return ok("secrets", "Khóa và cơ sở dữ liệu chỉ chủ máy đọc được.")


def _private(patient: Patient) -> tuple[Path, ...]:
    place = patient.place
    below = place.secrets.glob("*") if place.secrets.is_dir() else ()
    files = (place.hub / "cookie_secret", place.hub / "jupyterhub.sqlite", place.data / "bdhai.sqlite")
    return (place.data, place.hub, place.secrets, *below, *files)


def backup(patient: Patient) -> Finding:
    """How old the newest backup is."""
    folder = Path(patient.env.get("BDHAI_BACKUPS") or patient.place.data.parent / "backups")
    times = [path.stat().st_mtime for path in folder.glob("*")] if folder.is_dir() else []
    mend = f"Sao lưu thư mục {patient.place.data} mỗi ngày vào {folder} (xem docs/van-hanh.md)."
    if not times:
        return warn("backup", f"Chưa thấy bản sao lưu nào trong {folder}.", mend)
    age = timedelta(seconds=patient.now.timestamp() - max(times))
    if age > OLD_BACKUP:
        return warn("backup", f"Bản sao lưu mới nhất đã {age.days} ngày.", mend)
    return ok("backup", "Có bản sao lưu mới.")


def port(patient: Patient) -> Finding:
    """Whether the school answers, or could be opened."""
    if is_running(patient):
        return _answers(patient)
    try:
        require_free("127.0.0.1", patient.port)
    except StartError as error:
        return bad("port", f"Lớp đang đóng, mà cổng {patient.port} có chương trình khác dùng.", str(error))
    return ok("port", f"Lớp đang đóng; cổng {patient.port} còn trống.")


def is_running(patient: Patient) -> bool:
    """Tell whether ``bdhai run`` holds this data folder."""
    try:
        with (patient.place.hub / "run.lock").open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _answers(patient: Patient) -> Finding:
    address = f"http://127.0.0.1:{patient.port}/services/portal/static/bdhai.css"
    try:
        with urllib.request.urlopen(address, timeout=10) as reply:
            reply.read(1)
    except (urllib.error.URLError, OSError) as error:
        return bad(
            "port",
            f"Lớp đang mở nhưng trang Hôm nay không trả lời ở cổng {patient.port} ({error}).",
            f"Xem cuối {patient.place.logs / 'hub.log'}; mở lại lớp. Cổng khác thì đặt PORT trước khi chạy doctor.",
        )
    return ok("port", f"Lớp đang mở và trả lời ở cổng {patient.port}.")
