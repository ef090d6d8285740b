"""Pictures: decoded once to see that they are whole, and drawn anew, small, for the result page."""

from __future__ import annotations

import warnings
from pathlib import Path

from PIL import Image, ImageOps

from hub_config.files.reader.common import Found, Refused

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_PIXELS = 64_000_000
PREVIEW = 1280  # pixels, the longer side


def read_image(file: Path, preview: Path) -> Found:
    """Return ``format``, ``width`` and ``height``, and write a small JPEG without any hidden data (place, name)."""
    Image.MAX_IMAGE_PIXELS = None  # our own limit, before anything is decoded
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(file, formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Refused("Ảnh này quá nhiều điểm ảnh. Bạn thu nhỏ ảnh rồi gửi.")
            kind, turned = str(image.format), image.getexif().get(0x0112, 1) in {5, 6, 7, 8}
            width, height = (image.height, image.width) if turned else (image.width, image.height)
            image.draft("RGB", (PREVIEW * 2, PREVIEW * 2))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((PREVIEW, PREVIEW))
            _on_paper(upright).save(preview, "JPEG", quality=80)
    return {"format": kind, "width": width, "height": height}


def _on_paper(image: Image.Image) -> Image.Image:
    """Return the picture in RGB, what is transparent on white."""
    clear = image.convert("RGBA")
    paper = Image.new("RGB", clear.size, "white")
    paper.paste(clear, mask=clear.getchannel("A"))
    return paper
