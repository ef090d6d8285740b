"""The machine: Python, node, memory, disk, clock, and what keeps learners apart."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, requires, version
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from packaging.requirements import Requirement

from hub_config.doctor.finding import Finding, Patient, bad, ok, warn
from hub_config.idle import memory as reading
from hub_config.proxy.choice import OLDEST_NODE, NoNode, find_node

OLDEST_PYTHON = (3, 11)
MIB = 2**20
DISK_BAD, DISK_LOW = 500 * MIB, 2048 * MIB
ENOUGH_FILES = 1000  # a class makes about so many in a day
CLOCK_BACK = 120  # seconds
PACKAGE = "binh-dan-hoc-ai"


def python(patient: Patient) -> Finding:
    """Python's version, and whether every package that the programme names is there and new enough."""
    del patient
    if sys.version_info < OLDEST_PYTHON:
        return bad(
            "python",
            f"Python {sys.version.split()[0]} cũ quá.",
            "Cài Python 3.11 trở lên, rồi chạy lại: make run",
        )
    return packages(requires(PACKAGE) or [])


def packages(wanted: list[str]) -> Finding:
    """Tell whether these packages are installed."""
    lacking = missing(wanted)
    if lacking:
        return bad(
            "python",
            f"Thiếu hoặc cũ {len(lacking)} gói: {', '.join(lacking[:5])}.",
            "Chạy: scripts/bootstrap run (xóa thư mục .venv trước nếu vẫn thiếu).",
        )
    return ok("python", f"Python {sys.version.split()[0]}, đủ gói.")


def missing(wanted: list[str]) -> list[str]:
    """Return the names of packages that are not installed as wanted, without optional ones."""
    found = (Requirement(each) for each in wanted)
    return [each.name for each in found if _needed(each) and not _fits(each)]


def _needed(wanted: Requirement) -> bool:
    return wanted.marker is None or wanted.marker.evaluate({"extra": ""})


def _fits(wanted: Requirement) -> bool:
    try:
        return wanted.specifier.contains(version(wanted.name), prereleases=True)
    except PackageNotFoundError:
        return False


def node(patient: Patient) -> Finding:
    """Which proxy the hub will start."""
    try:
        command = find_node(patient.env, patient.prefix)
    except NoNode as error:
        return bad("node", str(error), "Cài Node.js và npm, hoặc bỏ biến BDHAI_PROXY.")
    if command:
        return ok("node", "Cổng vào chạy bằng Node.js.")
    if patient.env.get("BDHAI_PROXY") == "python":
        return ok("node", "Cổng vào chạy bằng Python, theo BDHAI_PROXY.")
    return warn(
        "node",
        "Cổng vào chạy bằng Python, tốn sức máy gấp đôi khi đông người.",
        f"Cài Node.js {OLDEST_NODE} trở lên và npm, rồi chạy: scripts/bootstrap run",
    )


def memory(patient: Patient) -> Finding:
    """Whether there is memory for learners."""
    found = reading.from_env(patient.env)
    if found is None:
        return warn("memory", "Không đọc được bộ nhớ của máy.", "Kiểm tra /proc có được gắn vào máy không.")
    share = f"{found.available // MIB} MB trên {found.total // MIB} MB"
    if found.share < patient.site.idle.memory_share:
        return bad(
            "memory",
            f"Bộ nhớ chỉ còn {share}: chưa mở thêm được bàn học.",
            "Tắt bớt chương trình khác, hoặc thêm bộ nhớ.",
        )
    return ok("memory", f"Bộ nhớ còn {share}.")


def disk(patient: Patient) -> Finding:
    """Whether the data folder's disk has room, in bytes and in files."""
    folder = next(each for each in (patient.place.data, *patient.place.data.parents) if each.exists())
    stat = os.statvfs(folder)
    files = stat.f_favail if stat.f_files else ENOUGH_FILES  # some disks count no files
    return room(str(folder), shutil.disk_usage(folder).free, files)


def room(folder: str, free: int, files: int) -> Finding:
    """Tell whether so many bytes and files are enough."""
    mend = "Dọn bớt đĩa hoặc chuyển thư mục dữ liệu sang đĩa lớn hơn. Xem thư mục nào to: du -sh data/*"
    what = f"Đĩa của {folder} còn {free // MIB} MB."
    if free < DISK_BAD or files < ENOUGH_FILES:
        return bad("disk", f"{what} Sắp đầy.", mend)
    return warn("disk", what, mend) if free < DISK_LOW else ok("disk", what)


def clock(patient: Patient) -> Finding:
    """Whether the clock went back since the school last wrote something, and knows Vietnam's time."""
    try:
        ZoneInfo("Asia/Ho_Chi_Minh")
    except ZoneInfoNotFoundError:
        return bad(
            "clock",
            "Máy không có giờ Việt Nam.",
            "Cài gói tzdata: scripts/bootstrap run, hoặc apt-get install tzdata",
        )
    last = max((path.stat().st_mtime for path in patient.place.hub.glob("*") if path.is_file()), default=0.0)
    back = last - patient.now.timestamp()
    if back > CLOCK_BACK:
        written = datetime.fromtimestamp(last, UTC).astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))
        return bad(
            "clock",
            f"Đồng hồ máy chạy lùi: lớp đã ghi dữ liệu lúc {written:%H:%M ngày %d/%m/%Y}, sau giờ hiện tại.",
            "Chỉnh giờ cho đúng rồi mở lại lớp: timedatectl set-ntp true",
        )
    if _unsynchronised(patient):
        return warn("clock", "Đồng hồ máy chưa được chỉnh theo mạng.", "Chạy: timedatectl set-ntp true")
    return ok("clock", "Đồng hồ chạy đúng, có giờ Việt Nam.")


def _unsynchronised(patient: Patient) -> bool:
    tool = shutil.which("timedatectl", path=patient.env.get("PATH"))
    if tool is None:
        return False
    command = [tool, "show", "--property=NTPSynchronized", "--value"]
    told = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603 - found on PATH
    return told.stdout.strip() == "no"


def cells(patient: Patient) -> Finding:
    """Whether the machine can keep learners apart: an account each (root) or user namespaces, and cgroups."""
    limits = ("memory/memory.limit_in_bytes", "cgroup.controllers")
    return apart(
        is_root=os.geteuid() == 0,
        tool=shutil.which("unshare", path=patient.env.get("PATH")),
        limits=any((patient.cgroup / name).exists() for name in limits),
    )


def apart(*, is_root: bool, tool: str | None, limits: bool) -> Finding:
    """Tell what these mean for learners."""
    if not is_root and (tool is None or not _unshares(tool)):
        return warn(
            "cells",
            "Máy không tách được người học khỏi nhau; lớp chỉ nên mở trên chính máy này.",
            "Chạy lớp bằng root, hoặc cho phép user namespace: sysctl kernel.unprivileged_userns_clone=1",
        )
    if not limits:
        return warn(
            "cells",
            "Máy không có cgroup: bộ nhớ mỗi người chỉ giới hạn được một phần.",
            "Bật cgroup v2 (systemd làm sẵn).",
        )
    return ok("cells", "Máy tách được người học khỏi nhau và giới hạn được bộ nhớ.")


def _unshares(tool: str) -> bool:
    command = [tool, "--user", "true"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=20, check=False)  # noqa: S603 - found on PATH
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
