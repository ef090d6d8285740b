"""The tornado settings that nbgrader's handlers look for."""

from __future__ import annotations

import os

from jinja2 import DictLoader
from nbconvert.exporters import HTMLExporter
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from tornado import web

from autograder.gradebook_view.visible import VisibleTo


class _Formgrade(FormgradeExtension):  # type: ignore[misc]  # nbgrader has no types
    """Reads the course's own ``nbgrader_config.py`` (the working folder is the course) and no home's."""

    debug = False


def settings(course: str, visible_to: VisibleTo) -> dict[str, object]:
    """Return the tornado settings that nbgrader's handlers look for.

    Args:
        course: the course folder, absolute; also the process's working folder.
        visible_to: tells which students a user name may see.
    """
    formgrader = _Formgrade()
    formgrader.root_dir = course
    formgrader.initialize([], root=course)
    application = web.Application()
    formgrader.init_tornado_settings(application)
    exporter = _exporter(formgrader)
    return {
        **application.settings,
        "nbgrader_exporter": exporter,
        "nbgrader_bad_setup": False,
        "bdhai_visible_to": visible_to,
        "mathjax_url": "",
    }


def _exporter(formgrader: FormgradeExtension) -> HTMLExporter:
    """Return a page maker that cleans whatever a learner wrote and loads nothing from elsewhere."""
    no_formulas = DictLoader(
        {"mathjax.html.j2": "{% macro mathjax(url='') %}{% endmacro %}"}
    )  # stock links a CDN
    exporter = HTMLExporter(config=formgrader.config, extra_loaders=[no_formulas])  # type: ignore[no-untyped-call]  # nbconvert has half of its types
    exporter.sanitize_html = True
    for name in ("mathjax_url", "require_js_url", "jquery_url", "mermaid_js_url"):
        setattr(exporter, name, "")
    return exporter


def course_folder() -> str:
    """Return the working folder: the hub starts the service inside the course."""
    return os.path.realpath(os.curdir)
