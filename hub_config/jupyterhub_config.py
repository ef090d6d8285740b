"""The file that JupyterHub reads: one call, everything else is a function in ``hub_config.hub``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from courses.site import load_site
from hub_config.hub import apply, take_provider
from hub_config.launch import Launch

if TYPE_CHECKING:
    from traitlets.config import Config

    def get_config() -> Config:
        """JupyterHub puts this function into the file's names."""


apply(load_site(), get_config(), Launch.from_env(), take_provider(os.environ))
# Taken out of the environment: no child of the hub inherits it.
get_config().SchoolAuthenticator.oidc_secret = os.environ.pop("BDHAI_OIDC_SECRET", "")
