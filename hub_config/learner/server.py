"""A learner's Jupyter server: JupyterLab and the lesson view, nothing else; quiet and offline."""

from __future__ import annotations

from traitlets.config import Config

from courses.player.view import configure_view

# Every extension costs memory and start time in each learner's server (nbgrader's: 33 MiB, 0.7 CPU-s).
EXTENSIONS = {
    "jupyterlab": True,
    "voila.server_extension": True,
    "hub_config.learner.entrance": True,
    "jupyter_lsp": False,
    "jupyter_server_terminals": False,
    "nbgrader": False,
    "nbgrader.server_extensions.assignment_list": False,
    "nbgrader.server_extensions.course_list": False,
    "nbgrader.server_extensions.formgrader": False,
    "nbgrader.server_extensions.validate_assignment": False,
    "notebook": False,
    "notebook_shim": False,
}

# JupyterLab evaluates code that it ships; nothing may be loaded from anywhere else.
POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
    "connect-src 'self' ws: wss: data: blob:; "
    "frame-ancestors 'self'; "
    "object-src 'none'"
)


def configure(c: Config) -> None:
    """Set a learner's server up: fewest extensions, private kernels, no request to the outside."""
    c.ServerApp.jpserver_extensions = EXTENSIONS
    c.ServerApp.terminals_enabled = False
    c.ServerApp.allow_root = True  # `make run` may be root's; hosting gives each learner an account
    c.ServerApp.root_dir = "."  # the home: the spawner starts the process there
    c.ServerApp.tornado_settings = {"headers": {"Content-Security-Policy": POLICY}, "compress_response": True}
    c.KernelManager.transport = "ipc"  # TCP kernels can be read by every account of the machine
    c.MappingKernelManager.cull_connected = (
        True  # a page that a phone forgot says no goodbye, and holds its socket
    )
    c.NotebookNotary.db_file = ":memory:"
    c.LabApp.news_url = None
    c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
    c.LabApp.extension_manager = "readonly"
    configure_view(c)
