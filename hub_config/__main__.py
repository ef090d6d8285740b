"""``python -m hub_config`` is ``bdhai``."""

from __future__ import annotations

from hub_config.cli import main

if __name__ == "__main__":
    main()
