"""Turn a lesson's notebook into what the template shows; runs in the learner's server, not in a kernel.

Prose is rendered here with the builder's own Markdown (raw HTML off) so that a phone has the whole
text before a kernel has even started. The task cells of exercises go: their cards show the statement.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from courses.exercises.terms import count_terms, render_with_terms
from courses.player.assets import bundle
from courses.player.lesson import CASES, LessonFile, PlayerError, read_lesson
from courses.player.reading import SIZES, cookie_name, read_cookie
from courses.player.store import NAME

if TYPE_CHECKING:
    from jupyter_server.base.handlers import JupyterHandler
    from nbformat import NotebookNode

NO_TERMS: Mapping[str, str] = {}
_RELATIVE_IMAGE = re.compile(r'(<img src=")(?![a-z]+:|/)([^"]+)')


@dataclass(frozen=True)
class PageData:
    """What the template and the page's script are told. Addresses are paths on the learner's own host."""

    title: str
    number: str
    base: str  # the server's base path, /user/an/
    folder: str  # the lesson's folder on the server, level1/02-lenh-bon-phan
    xsrf: str
    case: str
    has_cases: bool
    home: str
    lab: str
    sample: bool
    exercises: int
    minutes: int
    owner: str  # hub user name: what a shared phone's browser keeps is kept apart by it
    reading_cookie: str
    js: str
    css: str


def prepare(handler: JupyterHandler, notebook: NotebookNode, cwd: str) -> NotebookNode:
    """Voila's ``prelaunch_hook``: called before the kernel of a view is started.

    Args:
        handler: the request, for the base address and the forgery token.
        notebook: the lesson's notebook; changed in place.
        cwd: its folder, relative to the server's root.
    """
    base = handler.base_url
    folder = Path(handler.contents_manager.root_dir).expanduser() / cwd
    lesson = _readable(folder)
    notebook.cells = [cell for cell in notebook.cells if not _is_task(cell)]
    _write_prose(notebook, lesson, f"{base}voila/files/{quote(cwd)}/")
    data = page_data(folder, cwd, base, handler.xsrf_token.decode(), os.environ)
    reading = read_cookie(handler.get_cookie(data.reading_cookie))
    notebook.metadata["bdhai_page"] = asdict(data)
    notebook.metadata["bdhai_reading"] = {
        **asdict(reading),
        "attributes": reading.attributes(),
        "sizes": SIZES,
    }
    return notebook


def _write_prose(notebook: NotebookNode, lesson: LessonFile | None, files: str) -> None:
    """Give each text its HTML, with a pop-up for each explained word."""
    popups = 1
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        about = cell.metadata.get("bdhai", {})
        text = str(about.get("marked", cell.source))
        cell.metadata["bdhai_html"] = prose(text, files, lesson.means if lesson else {}, popups)
        popups += count_terms(text)
        if about.get("role") == "teach_back" and lesson:
            cell.metadata["bdhai_number"] = lesson.number_of(str(about.get("exercise")))


def prose(markdown: str, files: str, means: Mapping[str, str] = NO_TERMS, first: int = 1) -> str:
    """Return safe HTML whose pictures come straight from the file address; see ``render_with_terms``."""
    return _RELATIVE_IMAGE.sub(rf"\g<1>{files}\g<2>", render_with_terms(markdown, means, first))


def page_data(folder: Path, path: str, base: str, xsrf: str, env: Mapping[str, str]) -> PageData:
    """Gather what the page needs; a lesson without a readable ``lesson.json`` still opens."""
    name = Path(path).name
    lesson = _readable(folder)
    owner = env.get("JUPYTERHUB_USER", "")
    code = bundle()
    return PageData(
        title=lesson.title if lesson else name,
        number=lesson.number if lesson else "",
        base=base,
        folder=path,
        xsrf=xsrf,
        case=current_case(folder, env.get("BDHAI_CASE", "")),
        has_cases=bool(lesson and lesson.varied_ids),
        home=urlsplit(env.get("BDHAI_PORTAL_URL", "/services/portal")).path.rstrip("/") + "/",
        lab=f"{base}lab/tree/{quote(path)}/{quote(name)}.ipynb",
        sample=env.get("BDHAI_SAMPLE") == "1",
        exercises=len(lesson.slots) if lesson else 0,
        minutes=lesson.minutes if lesson else 0,
        owner=owner,
        reading_cookie=cookie_name(owner),
        js=f"{base}bdhai/{code.js_name}",
        css=f"{base}bdhai/{code.css_name}",
    )


def _readable(folder: Path) -> LessonFile | None:
    try:
        return read_lesson(folder)
    except PlayerError:
        return None


def current_case(folder: Path, given: str) -> str:
    """Return the setting that the learner chose last in this lesson, else the given one."""
    try:
        chosen = json.loads((folder / NAME).read_bytes()).get("case")
    except (OSError, ValueError, AttributeError):
        chosen = None
    return next((case for case in (chosen, given) if case in CASES), "citizen")


def _is_task(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and bool(cell.metadata.get("nbgrader", {}).get("task"))
