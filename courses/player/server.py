"""A tiny Jupyter server extension: the page's code as two files that a phone keeps for ever."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError

from courses.player.assets import STATIC_ENV, bundle
from courses.player.uploads import UploadHandler

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

PREFIX = "bdhai"


class CodeHandler(JupyterHandler):
    """Serve the bundle. The name holds the content's hash; the code is public."""

    @allow_unauthenticated
    async def get(self, name: str) -> None:
        """Answer with the file of that name, or 404 for the name of another version."""
        code = bundle()
        files = {code.js_name: ("text/javascript", code.page_js), code.css_name: ("text/css", code.page_css)}
        if name not in files:
            raise HTTPError(404)
        kind, text = files[name]
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.set_header("Cache-Control", "public, max-age=31536000, immutable")
        await self.finish(text)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "courses.player.server"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    base = url_path_join(server.web_app.settings["base_url"], PREFIX)
    code = url_path_join(base, r"(player-[0-9a-f]+\.(?:js|css))")
    routes = [(code, CodeHandler), (url_path_join(base, "files"), UploadHandler)]
    server.web_app.add_handlers(".*$", routes)  # type: ignore[no-untyped-call]  # theirs is untyped
    os.environ[STATIC_ENV] = "1"  # inherited by the kernels: their cards need not carry the code
