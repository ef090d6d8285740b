"""Sound and video: what it is and how long it lasts, from its own tables; nothing is decoded."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from tinytag import TinyTag

from hub_config.files.reader.common import Found, Refused

_DEPTH = 8
_BROKEN = "Tệp ghi âm hoặc video này chưa đọc được. Bạn mở thử, lưu lại (MP3, M4A, MP4, WebM) rồi gửi."


def read_media(file: Path, kind: str) -> tuple[str, Found]:
    """Return ``audio`` or ``video`` with ``format`` and ``seconds``."""
    if kind == "mp4":
        return _mp4(file.read_bytes())
    if kind == "webm":
        return _webm(file.read_bytes())
    tag = TinyTag.get(file, image=False)
    if not tag.duration:
        raise Refused(_BROKEN)
    return "audio", {"format": type(tag).__name__.lstrip("_").upper(), "seconds": round(tag.duration, 1)}


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield (kind, start, end) of the boxes between two places of an MP4 file."""
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, start)
        body = start + 8
        if size == 1 and start + 16 <= end:
            size, body = struct.unpack_from(">Q", data, start + 8)[0], start + 16
        stop = end if size == 0 else start + size
        if stop < body or stop > end:
            return
        yield kind, body, stop
        start = stop


def _inside(data: bytes, path: tuple[bytes, ...], start: int, end: int) -> Iterator[tuple[int, int]]:
    if not path:
        yield start, end
        return
    for kind, body, stop in _boxes(data, start, end):
        if kind == path[0]:
            yield from _inside(data, path[1:], body, stop)


def _mp4(data: bytes) -> tuple[str, Found]:
    header = next(_inside(data, (b"moov", b"mvhd"), 0, len(data)), None)
    if header is None:
        raise Refused(_BROKEN)
    start = header[0]
    if data[start] == 1:
        scale, length = struct.unpack_from(">IQ", data, start + 20)
    else:
        scale, length = struct.unpack_from(">II", data, start + 12)
    tracks = _inside(data, (b"moov", b"trak", b"mdia", b"hdlr"), 0, len(data))
    kinds = {data[place + 8 : place + 12] for place, _ in tracks}
    seconds = round(length / scale, 1) if scale and length else None
    return "video" if b"vide" in kinds else "audio", {"format": "MP4", "seconds": seconds}


_SEGMENT, _INFO, _TRACKS, _ENTRY = 0x18538067, 0x1549A966, 0x1654AE6B, 0xAE
_SCALE, _DURATION, _TRACK_TYPE, _CLUSTER = 0x2AD7B1, 0x4489, 0x83, 0x1F43B675


def _number(data: bytes, place: int, *, marked: bool) -> tuple[int, int]:
    """Return an EBML number and its length in bytes; ``marked`` keeps the length bits (ids)."""
    length = 9 - data[place].bit_length()
    value = int.from_bytes(data[place : place + length], "big")
    return (value if marked else value & ~(1 << 7 * length)), length


def _elements(data: bytes, start: int, end: int, depth: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yield (id, content) of the parts that tell length and tracks; sound and pictures are passed by."""
    while start < end and depth < _DEPTH:
        id_, used = _number(data, start, marked=True)
        size, more = _number(data, start + used, marked=False)
        body = start + used + more
        is_open = size == (1 << 7 * more) - 1  # a live recording doesn't know its size
        stop = end if is_open else min(end, body + size)
        if id_ in {_SEGMENT, _INFO, _TRACKS, _ENTRY}:
            yield from _elements(data, body, stop, depth + 1)
        elif id_ == _CLUSTER:
            return
        else:
            yield id_, data[body : min(stop, body + 16)]
        start = stop


def _webm(data: bytes) -> tuple[str, Found]:
    scale, seconds, is_video, any_track = 1_000_000, None, False, False
    for id_, content in _elements(data, 0, len(data)):
        if id_ == _SCALE:
            scale = int.from_bytes(content, "big")
        elif id_ == _DURATION and len(content) in {4, 8}:
            length = struct.unpack(">f" if len(content) == 4 else ">d", content)[0]  # noqa: PLR2004 - bytes of a float
            seconds = round(length * scale / 1e9, 1)
        elif id_ == _TRACK_TYPE:
            any_track, is_video = True, is_video or content == b"\x01"
    if not any_track:
        raise Refused(_BROKEN)
    sound = seconds if seconds is not None and 0 < seconds < 1e6 else None  # noqa: PLR2004 - nothing lasts 11 days
    return "video" if is_video else "audio", {"format": "WEBM", "seconds": sound}
