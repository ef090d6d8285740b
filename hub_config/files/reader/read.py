"""Finds the reader of a file."""

from __future__ import annotations

from pathlib import Path

from hub_config.files.reader.common import Found
from hub_config.files.reader.sniff import HEAD, sniff


def read(file: Path, preview: Path) -> tuple[str, Found]:
    """Return the file's type and facts.

    Args:
        file: what was sent.
        preview: where a picture's small copy may be written.

    Raises:
        Refused: in Vietnamese.
    """
    with file.open("rb") as stream:
        kind = sniff(stream.read(HEAD))
    # Each library is loaded only for its own files.
    if kind == "zip":
        from hub_config.files.reader.office import read_office  # noqa: PLC0415

        return read_office(file)
    if kind == "pdf":
        from hub_config.files.reader.pdf import read_pdf  # noqa: PLC0415

        return "pdf", read_pdf(file)
    if kind == "image":
        from hub_config.files.reader.image import read_image  # noqa: PLC0415

        return "image", read_image(file, preview)
    if kind == "text":
        from hub_config.files.reader.plain import read_plain  # noqa: PLC0415

        return read_plain(file)
    from hub_config.files.reader.media import read_media  # noqa: PLC0415

    return read_media(file, kind)
