"""``python -m hub_config.formgrader``: what the hub starts."""

from __future__ import annotations

from hub_config.formgrader.server import serve

if __name__ == "__main__":
    serve()
