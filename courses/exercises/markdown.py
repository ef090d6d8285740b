"""Markdown to HTML for exercise statements and prose: CommonMark with tables, raw HTML off; a table scrolls in a frame of its own."""

from __future__ import annotations

from functools import lru_cache

from markdown_it import MarkdownIt

_FRAME = '<div class="table-wrap prose-table" role="group" tabindex="0" aria-label="Bảng; vuốt ngang để xem hết">\n'


@lru_cache(maxsize=1)
def _engine() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).enable("table")
    made.add_render_rule("table_open", lambda *_: f"{_FRAME}<table>\n")
    made.add_render_rule("table_close", lambda *_: "</table>\n</div>\n")
    return made


def render(text: str) -> str:
    """Return safe HTML; tags that an author typed come out as text."""
    return str(_engine().render(text))
