"""The school: lessons, database, nightly marking, AI, and the certificate of its address."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from courses.lessons import LessonError, load_lessons
from courses.school.db import open_engine, session
from courses.site import database_url, layout
from hub_config.ai.console import describe, trouble
from hub_config.ai.provider import provider_from_env, reachable
from hub_config.daily_service import days_behind
from hub_config.database import MIGRATIONS
from hub_config.doctor.finding import Finding, Patient, bad, ok, warn
from hub_config.doctor.place import is_running

CERTIFICATE_DAYS = 14


def lessons(patient: Patient) -> Finding:
    """Whether the lessons can be read."""
    try:
        found = load_lessons(patient.site.lessons)
    except LessonError as error:
        return bad("lessons", f"Bài học có lỗi: {error}", "Sửa đúng dòng ấy, rồi chạy: bdhai lint")
    if not found:
        return bad(
            "lessons",
            f"Không có bài học nào trong {patient.site.lessons}.",
            "Tải lại chương trình cho đủ tệp.",
        )
    return ok("lessons", f"Đọc được {len(found)} bài học.")


def database(patient: Patient) -> Finding:
    """Whether the database answers and has the newest form."""
    url = make_url(database_url(patient.site))
    where = url.render_as_string(hide_password=True)
    if not _exists(url):
        return warn("database", "Chưa có cơ sở dữ liệu.", "Chạy make run một lần; lệnh ấy tạo cơ sở dữ liệu.")
    engine = open_engine(database_url(patient.site))
    try:
        with engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError as error:
        return bad(
            "database",
            f"Không mở được cơ sở dữ liệu {where}: {str(error).splitlines()[0]}",
            "Kiểm tra PostgreSQL có chạy không (systemctl status postgresql), địa chỉ database: trong site.yaml, và PGPASSWORD.",
        )
    finally:
        engine.dispose()
    newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    if current != newest:
        return bad(
            "database",
            f"Cơ sở dữ liệu {where} còn ở bản cũ ({current}).",
            "Sao lưu, rồi mở lại lớp: make run tự đưa lên bản mới.",
        )
    return ok("database", f"Cơ sở dữ liệu {where} trả lời, đúng bản mới nhất.")


def _exists(url: URL) -> bool:
    """Tell whether there is a database to look at: opening SQLite's file would make it."""
    return url.get_backend_name() != "sqlite" or Path(str(url.database)).exists()


def daily(patient: Patient) -> Finding:
    """Whether the nightly marking ran when it should have."""
    if not _exists(make_url(database_url(patient.site))):
        return ok("daily", "Chưa chấm ngày nào; lớp mới thì đúng là vậy.")
    engine = open_engine(database_url(patient.site))
    try:
        with session(engine) as db:
            behind = days_behind(db, patient.now, patient.site.opening.daily)
    except SQLAlchemyError:
        return warn(
            "daily", "Chưa xem được lần chấm bài gần nhất.", "Sửa cơ sở dữ liệu trước (mục database)."
        )
    finally:
        engine.dispose()
    if behind is None:
        return ok("daily", "Chưa chấm ngày nào; lớp mới thì đúng là vậy.")
    if not behind:
        return ok("daily", "Bài đã được chấm đến ngày gần nhất.")
    log = patient.place.logs / "daily.log"
    if is_running(patient):
        return bad("daily", f"Đã {behind} ngày chưa chấm bài.", f"Xem cuối {log}; chấm ngay: bdhai daily")
    return warn("daily", f"Đã {behind} ngày chưa chấm bài, vì lớp đang đóng.", "Mở lớp: máy tự chấm bù.")


def ai(patient: Patient) -> Finding:
    """Whether the AI answers."""
    provider = provider_from_env(patient.env)
    words = describe(provider, patient.env)
    if provider is None:
        off = patient.env.get("BDHAI_AI", "").lower() == "none"
        return (
            ok("ai", words)
            if off
            else warn("ai", words, "Không có AI lớp vẫn chạy; bài viết tự do thì do người chấm.")
        )
    ready = reachable(provider, layout(patient.site).ai)
    if ready is None:
        return warn("ai", f"{words} Nó chưa chạy.", "Mở lớp rồi chờ vài phút; xem thêm: bdhai ai status")
    if wrong := trouble(ready):
        return bad(
            "ai", f"{words} {wrong}", "Kiểm tra OPENAI_BASE_URL và OPENAI_API_KEY, rồi thử: bdhai ai test"
        )
    return ok("ai", f"{words} AI trả lời.")


def certificate(patient: Patient) -> Finding:
    """Whether the address on the slips has a certificate that browsers believe, and for how long still."""
    address = urlsplit(patient.site.address)
    if address.scheme != "https":
        what = "Lớp không có địa chỉ https, nên chỉ dùng trên chính máy này."
        return (
            ok("certificate", what)
            if not patient.site.address
            else warn(
                "certificate",
                "Địa chỉ của lớp không phải https: mật khẩu đi trên mạng ai cũng đọc được.",
                "Đặt Caddy hoặc nginx phía trước (docs/hosting/), rồi sửa address: trong site.yaml.",
            )
        )
    host, number = address.hostname or "", address.port or 443
    try:
        until = _valid_until(host, number)
    except ssl.SSLError as error:
        return bad(
            "certificate",
            f"Trình duyệt không tin chứng thư của {host}: {error.reason}.",
            "Xin chứng thư mới; Caddy tự làm việc này.",
        )
    except OSError as error:
        return bad(
            "certificate",
            f"Không nối được tới {host}:{number} ({error}).",
            "Kiểm tra tên miền, tường lửa và Caddy hoặc nginx.",
        )
    days = (until - patient.now).days
    if days < CERTIFICATE_DAYS:
        return warn(
            "certificate",
            f"Chứng thư của {host} chỉ còn {days} ngày.",
            "Gia hạn chứng thư; Caddy tự làm việc này.",
        )
    return ok("certificate", f"Chứng thư của {host} còn {days} ngày.")


def _valid_until(host: str, number: int) -> datetime:
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, number), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        told = secure.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)
