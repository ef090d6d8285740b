"""The page's frame: the programme's look inlined, so that a page is one file without requests."""

from __future__ import annotations

from pathlib import Path

from courses.exercises.base import Frozen
from courses.site import Site

HERE = Path(__file__).resolve().parent
NOTEBOOK = HERE / "bang-xep-hang.ipynb"
SHARE = HERE / "share" / "jupyter"
PAGE = "bang-xep-hang.html"  # in data/boards
TEMPLATE = "bang-xep-hang"
TEMPLATES = SHARE / "voila" / "templates" / TEMPLATE
_LOOK = HERE.parents[1] / "courses" / "look" / "bdhai.css"


class Frame(Frozen):
    """What stands around the content; the templates call it ``page``."""

    title: str
    programme: str
    ward: str
    css: str


def frame(site: Site, title: str = "Bảng xếp hạng") -> Frame:
    """Return the frame of a site's page."""
    css = "\n".join(path.read_text(encoding="utf-8") for path in (_LOOK, HERE / "board.css"))
    return Frame(title=title, programme=site.programme.name, ward=site.programme.ward, css=css)
