"""The boards: residents' groups and learners, rendered by Voila once per daily run, then served as a file."""

from __future__ import annotations

from courses.site import Site


def render(site: Site) -> None:
    """Render ``data/boards/standings.json`` to ``bang-xep-hang.html`` and ``.gz`` beside it.

    Raises:
        DailyError: a Vietnamese sentence; the page of the last run stays as it was.
    """
    from hub_config.boards.rendering import render_site  # noqa: PLC0415 - the board's kernel imports this package too

    render_site(site)


__all__ = ["render"]
