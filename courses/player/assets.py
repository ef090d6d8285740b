"""The page's JavaScript and CSS, put together from small files without a build step.

A kind's ``widget.js`` is one plain ES module whose only export is ``mount``; it becomes a closure in
``KINDS``. The same text goes to JupyterLab through a trait and to the lesson view as one cached file.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

STATIC_ENV = "BDHAI_PLAYER_STATIC"
"""Set in a server that serves ``bundle()`` as files; its kernels inherit it."""

_HERE = Path(__file__).parent
_KINDS = _HERE.parent / "exercises"
_LOOK = _HERE.parent / "look" / "bdhai.css"
_EXPORT = "export function mount("


@dataclass(frozen=True)
class Bundle:
    """All the code of a page. ``esm`` and ``scoped_css`` are for JupyterLab, the rest for our own page."""

    esm: str
    scoped_css: str
    page_js: str
    page_css: str

    @property
    def js_name(self) -> str:
        """File name with the content's hash, so that it may be cached for ever."""
        return f"player-{_hash(self.page_js)}.js"

    @property
    def css_name(self) -> str:
        """See ``js_name``."""
        return f"player-{_hash(self.page_css)}.css"


@lru_cache(maxsize=1)
def bundle() -> Bundle:
    """Read the sources once per process."""
    cards = _light("\n".join([*_frame(), *_kinds_js()]))
    css = "\n".join(_read(path) for path in [_HERE / "css" / "card.css", *_kind_files("widget.css")])
    look = _read(_LOOK)
    page = "\n".join(
        _read(_HERE / "js" / name)
        for name in ("manager.js", "link.js", "reading.js", "aloud.js", "clock.js", "terms.js", "page.js")
    )
    return Bundle(
        esm=f"{cards}\nexport default {{ render }};\n",
        scoped_css=_scoped(f"{look}\n{css}") + _light_css(_read(_HERE / "css" / "lab.css")),
        page_js=f"{cards}\n{_light(page)}\n",
        page_css=_light_css(f"{look}\n{css}\n{_read(_HERE / 'css' / 'page.css')}"),
    )


def _frame() -> list[str]:
    names = ("parts", "writing", "drafts", "saver", "upload", "sending", "card", "review", "submit")
    return [_read(_HERE / "js" / f"{name}.js") for name in names]


def _kinds_js() -> list[str]:
    return ["const KINDS = {};", *(_closure(path) for path in _kind_files("widget.js"))]


def _closure(path: Path) -> str:
    """Turn a kind's module into ``KINDS["kind"] = its mount function``."""
    source = _read(path)
    if source.count("export ") != 1 or _EXPORT not in source:
        raise ValueError(f"{path.parent.name}/{path.name}: the only export must be `{_EXPORT}`")
    body = source.replace(_EXPORT, _EXPORT.removeprefix("export "))
    return f'KINDS["{path.parent.name}"] = (() => {{\n{body}\nreturn mount;\n}})();'


def _kind_files(name: str) -> list[Path]:
    return sorted(_KINDS.glob(f"*/{name}"))


def _scoped(css: str) -> str:
    """Keep our look inside our cards: JupyterLab's own pages must not change."""
    return _light_css(f".bdh {{\n{css.replace(':root', '&')}\n}}\n")


def _light(js: str) -> str:
    """Drop comment lines and indentation; our sources hold no text that spans lines."""
    lines = (line.strip() for line in js.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def _light_css(css: str) -> str:
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return "\n".join(line.strip() for line in css.splitlines() if line.strip())


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
