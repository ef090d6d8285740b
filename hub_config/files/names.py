"""The name of a file as text for people: never a path, and with the ending of what the file really is."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

from courses.exercises.text import nfc

LONGEST = 120
_ENDINGS = {
    "docx": ("docx",),
    "xlsx": ("xlsx",),
    "pptx": ("pptx",),
    "pdf": ("pdf",),
    "csv": ("csv",),
    "text": ("txt", "md"),
    "JPEG": ("jpg", "jpeg"),
    "PNG": ("png",),
    "WEBP": ("webp",),
    "GIF": ("gif",),
    "audio/MP4": ("m4a", "mp4"),
    "video/MP4": ("mp4", "mov"),
    "WEBM": ("webm",),
    "MP3": ("mp3",),
    "WAVE": ("wav",),
    "OGG": ("ogg", "oga", "opus"),
    "FLAC": ("flac",),
}
_NOT_IN_NAMES = str.maketrans(dict.fromkeys('/\\:*?"<>|', "-"))


def tidy_name(given: str, kind: str, form: str) -> str:
    """Return a name that can be shown, stored and offered for download.

    Invisible characters go (some turn the reading direction and so hide an ending); the ending is that of the
    content, because programs open files by it.

    Args:
        given: what the browser sent.
        kind: the file's type by content.
        form: its exact format by content, such as ``PNG``; empty for documents.
    """
    plain = "".join(
        " " if unicodedata.category(letter)[0] in "CZ" else letter for letter in nfc(given[:1000])
    )
    whole = " ".join(plain.translate(_NOT_IN_NAMES).split()).strip(" .")
    endings = _ENDINGS.get(f"{kind}/{form}") or _ENDINGS.get(form) or _ENDINGS.get(kind) or ("bin",)
    stem, dot, ending = whole.rpartition(".")
    if not dot or ending.casefold() not in endings:
        stem, ending = whole, endings[0]
    return f"{stem[:LONGEST].strip(' .') or 'tep'}.{ending.casefold()}"


def disposition(name: str) -> str:
    """Return the header by which a browser saves a file under its name and never shows it."""
    ending = name.rpartition(".")[2]
    return f"attachment; filename=\"tep.{ending}\"; filename*=UTF-8''{quote(name, safe='')}"
