"""``python -m hub_config.formgrader level1``: what the hub starts."""

from __future__ import annotations

import sys

from hub_config.formgrader.server import serve

if __name__ == "__main__":
    serve(sys.argv[1])
