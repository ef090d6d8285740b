"""The file that a learner's Jupyter server reads; the settings are ``hub_config.learner.server.configure``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub_config.learner.server import configure

if TYPE_CHECKING:
    from traitlets.config import Config

    def get_config() -> Config:
        """Jupyter puts this function into the file's names."""


configure(get_config())
