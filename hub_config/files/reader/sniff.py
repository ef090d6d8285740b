"""What a file is, by its first bytes; its name is never asked."""

from __future__ import annotations

from hub_config.files.reader.common import Refused

HEAD = 4096

_SIGNS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF87a", "image"),
    (b"GIF89a", "image"),
    (b"ID3", "sound"),
    (b"\xff\xfb", "sound"),
    (b"\xff\xf3", "sound"),
    (b"\xff\xf2", "sound"),
    (b"OggS", "sound"),
    (b"fLaC", "sound"),
    (b"\x1a\x45\xdf\xa3", "webm"),
)
_OLD_OFFICE = (
    "Tệp này có mật khẩu, hoặc là kiểu Office cũ (.doc, .xls, .ppt). "
    "Bạn bỏ mật khẩu, lưu lại thành .docx, .xlsx hoặc .pptx rồi gửi."
)
_ARCHIVE = "Chưa nhận tệp nén. Bạn giải nén rồi gửi đúng tệp cần nộp."
_MARKUP = "Chưa nhận tệp SVG, HTML hay XML. Bạn xuất thành ảnh PNG, JPEG hoặc PDF rồi gửi."
_HEIC = (
    "Chưa nhận ảnh HEIC của iPhone. Bạn chụp màn hình tấm ảnh, hoặc chọn kiểu ảnh “Tương thích nhất” rồi gửi."
)
_PROGRAM = "Đây là một chương trình, không phải bài làm. Bạn chọn lại tệp giúp nhé."
_REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0", _OLD_OFFICE),
    (b"PK\x05\x06", _ARCHIVE),
    (b"PK\x07\x08", _ARCHIVE),
    (b"Rar!", _ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (b"\x1f\x8b", _ARCHIVE),
    (b"MZ", _PROGRAM),
    (b"\x7fELF", _PROGRAM),
    (b"#!AMR", "Chưa nhận ghi âm kiểu AMR. Bạn ghi bằng ứng dụng khác, lưu thành MP3 hoặc M4A rồi gửi."),
    (b"#!", _PROGRAM),
)
_MARKUP_STARTS = ("<?xml", "<svg", "<html", "<!doctype", "<script", "<!--")


def sniff(head: bytes) -> str:
    """Return ``zip``, ``pdf``, ``image``, ``sound``, ``mp4``, ``webm`` or ``text``.

    Raises:
        Refused: a kind of file that nobody may hand in.
    """
    if not head:
        raise Refused("Tệp này trống. Bạn mở tệp xem lại rồi gửi.")
    for sign, message in _REFUSED:
        if head.startswith(sign):
            raise Refused(message)
    for sign, kind in _SIGNS:
        if head.startswith(sign):
            return kind
    return _inner(head)


def _inner(head: bytes) -> str:
    """Tell formats whose sign stands a few bytes further in."""
    if head[:4] == b"RIFF":
        if head[8:12] == b"WEBP":
            return "image"
        if head[8:12] == b"WAVE":
            return "sound"
    if head[4:8] == b"ftyp":
        if head[8:12] in {b"heic", b"heix", b"heim", b"hevc", b"mif1", b"msf1"}:
            raise Refused(_HEIC)
        return "mp4"
    return _text(head)


def _text(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").decode("latin-1").lstrip().casefold()
    if start.startswith(_MARKUP_STARTS):
        raise Refused(_MARKUP)
    return "text"
