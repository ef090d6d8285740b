"""A lesson's pictures for cards outside the lesson view: JupyterLab's pages have no address for them."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from courses.player.lesson import PlayerError

_NAME = re.compile(r"assets/[a-z0-9][a-z0-9._-]*\.(svg|png|jpg|jpeg|webp)")
_TYPES = {"svg": "svg+xml", "jpg": "jpeg"}
_HEAVIEST = 2_000_000  # bytes


def picture_address(folder: Path, name: str) -> str:
    """Return a picture of the lesson as a ``data:`` address.

    Args:
        folder: the lesson's folder.
        name: ``assets/x.svg``.

    Raises:
        PlayerError: when the lesson has no such picture.
    """
    found = _NAME.fullmatch(name)
    file = folder / name
    if found is None or not file.is_file() or file.stat().st_size > _HEAVIEST:
        raise PlayerError("Chưa mở được ảnh này. Bạn đọc lời tả bên dưới ảnh giúp nhé.")
    data = base64.b64encode(file.read_bytes()).decode()
    return f"data:image/{_TYPES.get(found[1], found[1])};base64,{data}"
