"""The tornado settings that nbgrader's handlers look for."""

from __future__ import annotations

from jinja2 import DictLoader
from nbconvert.exporters import HTMLExporter
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from tornado import web
from traitlets.config import Application, Config

from autograder.gradebook_view.visible import VisibleTo


class _Formgrade(FormgradeExtension):  # type: ignore[misc]  # nbgrader has no types
    """Reads its course's own ``nbgrader_config.py``: no home's and no working folder's.

    Stock reads the working folder's, again for each page, so that a process could serve one course only.
    """

    debug = False

    def load_config_file(self, *_: object, **__: object) -> None:
        """Read the file of the course, wherever this process works."""
        Application.load_config_file(self, "nbgrader_config", path=[self.root_dir])

    def load_config(self) -> Config:
        """Return what was read at the start: a course's file changes only while the school is closed."""
        return Config(self.config)


def settings(course: str, visible_to: VisibleTo) -> dict[str, object]:
    """Return the tornado settings that nbgrader's handlers look for.

    Args:
        course: the course folder, absolute.
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
