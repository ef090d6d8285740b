"""Markdown to HTML for exercise statements and prose: CommonMark with tables, raw HTML off."""

from __future__ import annotations

from functools import lru_cache

from markdown_it import MarkdownIt


@lru_cache(maxsize=1)
def _engine() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def render(text: str) -> str:
    """Return safe HTML; tags that an author typed come out as text."""
    return str(_engine().render(text))
