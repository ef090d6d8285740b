"""The lesson view: what the hub sets so that Voila shows lessons our way.

``learner_env()`` goes into the environment of the learner's server, ``configure_view(c)`` into the
function that configures it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traitlets.config import Config

_SHARE = Path(__file__).parent / "share" / "jupyter"


def learner_env() -> dict[str, str]:
    """Return the variable by which Jupyter finds the template ``bdhai``; prepend it to what is there."""
    return {"JUPYTER_PATH": str(_SHARE)}


def voila_config() -> dict[str, dict[str, object]]:
    """Return traitlets configuration for a learner's server, by class name.

    The template is ``bdhai``; sources are stripped; no JupyterLab extension is loaded into the page
    (an empty list would mean all of them, hence a name that does not exist); answers travel compressed.
    """
    from courses.player.page import prepare  # noqa: PLC0415 - kernels import this package too

    return {
        "ServerApp": {
            "jpserver_extensions": {"voila.server_extension": True, "courses.player.server": True},
            "tornado_settings": {"compress_response": True, "websocket_compression_options": {}},
        },
        "VoilaConfiguration": {
            "template": "bdhai",
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            "strip_sources": True,
            "show_tracebacks": False,
            "extension_allowlist": ["none"],
            "file_allowlist": [r".*/assets/[^/]+\.(png|jpg|jpeg|webp|gif|svg)"],
            "file_denylist": [r".*\.(ipynb|py|json)"],
            "prelaunch_hook": prepare,
        },
    }


def configure_view(c: Config) -> None:
    """Set ``voila_config()``; dictionaries that are set already keep their other keys."""
    for owner, settings in voila_config().items():
        section = c[owner]
        for name, value in settings.items():
            old = section.get(name)
            if isinstance(old, dict) and isinstance(value, dict):
                section[name] = {**old, **value}
            else:
                section[name] = value
