"""``python -m hub_config.learner``: JupyterHub's single-user server, after ``hub_config`` made Python start faster."""

from __future__ import annotations

from jupyterhub.singleuser import main

if __name__ == "__main__":
    main()
