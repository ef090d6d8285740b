"""Templates to HTML: everything escaped, numbers and dates the Vietnamese way."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from courses.clock import VIETNAM, grouped_number, text_date, text_number, text_time
from courses.exercises.markdown import render
from courses.player.reading import Reading
from hub_config.portal.desk import Desk

if TYPE_CHECKING:
    from hub_config.portal.handler import Viewer

HERE = Path(__file__).parent / "templates"
READ_AS_IT_IS = Reading()
CASES = {
    "official": "công chức, viên chức",
    "trader": "kinh doanh, hợp tác xã",
    "citizen": "người dân",
}


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the one environment; a name that a template misspells is an error, not a blank."""
    made = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "number": lambda value: text_number(value, 2),
        "grouped": grouped_number,
        "day": text_date,
        "time": text_time,
        "date": lambda moment: text_date(moment.astimezone(VIETNAM).date()),
        # Authors' Markdown with raw HTML off: the result is safe by construction.
        "markdown": lambda text: Markup(render(text)),  # noqa: S704
        "case": CASES.__getitem__,
    }
    return made


def page(  # noqa: PLR0913, PLR0917 - the six parts of a page
    desk: Desk,
    template: str,
    viewer: Viewer | None,
    xsrf: str,
    values: Mapping[str, object],
    reading: Reading = READ_AS_IT_IS,
) -> str:
    """Return a whole page.

    Args:
        desk: settings and addresses.
        template: file name under ``templates/``.
        viewer: who looks; None on error pages.
        xsrf: value for the forms of this page.
        values: what the template shows.
        reading: how the viewer likes to read.
    """
    common = {
        "asset": desk.asset,
        "base": desk.base,
        "home": desk.prefix,
        "programme": desk.site.programme.name,
        "ward": desk.site.programme.ward,
        "daily": f"{desk.site.opening.daily:%H:%M}",
        "reading": reading.attributes(),
        "viewer": viewer,
        "xsrf": xsrf,
    }
    return environment().get_template(template).render({**common, **values})
