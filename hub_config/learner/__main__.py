"""``python -m hub_config.learner``: JupyterHub's single-user server, after ``hub_config`` made Python start faster."""

from __future__ import annotations

import os

from jupyterhub.singleuser import main

from hub_config.cell import relay

if __name__ == "__main__":
    relay.inside(relay.doors_of(os.environ))  # the server asks the hub before it does anything else
    main()
