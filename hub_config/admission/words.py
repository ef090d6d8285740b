"""What the page that waits says: whose turn it is, and how long it still takes."""

from __future__ import annotations

from math import ceil

KEEP_OPEN = "Bạn cứ để trang này mở, trang sẽ tự chuyển sang bài học."
IN_TURN = "Nhiều bạn cùng vào học nên bàn học được mở lần lượt."
NO_ROOM = "Máy đang kín chỗ. Có bạn nào nghỉ là đến lượt bạn, ai đến trước vào trước."
YOUR_TURN = "Đến lượt bạn rồi. Bàn học của bạn đang mở."


def about(seconds: float) -> str:
    """Say a time as people do, never shorter than it is: “chừng 15 giây”, “chừng 3 phút”; empty for 0."""
    if seconds <= 0:
        return ""
    if seconds <= 55:  # noqa: PLR2004 - from there on minutes read better
        return f"chừng {5 * ceil(seconds / 5)} giây"
    return f"chừng {ceil(seconds / 60)} phút"


def before_you(ahead: int) -> str:
    """Say how many come first: “4 bạn”; for the next in turn, that they are it."""
    return f"{ahead} bạn" if ahead else "không còn ai"
