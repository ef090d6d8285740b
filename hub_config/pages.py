"""What the hub's own pages are made of; and the proxy's pages for times when the hub itself is down."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from courses.site import Site

HERE = Path(__file__).resolve().parent
TEMPLATES = HERE / "templates"
LOOK = HERE.parent / "courses" / "look" / "bdhai.css"
WAIT = (TEMPLATES / "wait.js").read_text(encoding="utf-8")
_ERRORS = {"404.html": 404, "503.html": 503, "error.html": 500}


def page_values(site: Site) -> dict[str, object]:
    """Return what every page shows."""
    return {
        "look": LOOK.read_text(encoding="utf-8"),
        "wait": WAIT,
        "programme": site.programme.name,
        "ward": site.programme.ward,
        "sample": site.demo,
    }


def write_error_pages(site: Site, folder: Path) -> None:
    """Write one page for each code that the proxy tells, in the hub's words; they need nobody to be up.

    Args:
        site: the validated settings.
        folder: made when missing.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    template = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True).get_template("error.html")
    for name, code in _ERRORS.items():
        (folder / name).write_text(template.render(**page_values(site), status_code=code), encoding="utf-8")
