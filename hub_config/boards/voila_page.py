"""``python -m hub_config.boards.voila_page``: let Voila run one notebook once and print it into a file.

A process of its own, because Voila and a kernel cost memory that the daily run must not keep, and because a
process can be ended whatever the notebook does. The kernel listens on private sockets, is shut down at the
end, and ends by itself when this process is killed.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from traitlets.config import Config
from voila.configuration import VoilaConfiguration  # type: ignore[import-untyped]  # Voila ships no types
from voila.notebook_renderer import NotebookRenderer  # type: ignore[import-untyped]  # Voila ships no types
from voila.paths import collect_template_paths  # type: ignore[import-untyped]  # Voila ships no types

from hub_config.boards.look import TEMPLATE, Frame
from hub_config.boards.voila_order import Order


def config(frame: Frame) -> Config:
    """Return the settings of Voila and of the kernel."""
    return Config(
        {
            "VoilaConfiguration": {
                "template": TEMPLATE,
                "allow_template_override": "NO",
                "allow_theme_override": "NO",
                "show_tracebacks": True,  # the template must see that a cell failed
                "resources": {"bdhai": frame.model_dump()},
            },
            "AsyncKernelManager": {"transport": "ipc"},
            "NotebookNotary": {"db_file": ":memory:"},
        }
    )


async def page(order: Order) -> str:
    """Return the notebook's page; its kernel is gone when this returns."""
    settings = config(order.frame)
    # Without a path of their own, the sockets would lie in the working folder and two runs would share them.
    sockets = str(order.out.with_name("kernel"))
    kernel = AsyncKernelManager(kernel_name="python3", ip=sockets, config=settings)
    await kernel.start_kernel(extra_arguments=["--HistoryManager.enabled=False"])
    try:
        renderer = _renderer(order.notebook, settings)
        await renderer.initialize()
        return str(await renderer.generate_content_str(kernel.kernel_id, kernel))
    finally:
        await kernel.shutdown_kernel(now=True)


def _renderer(notebook: Path, settings: Config) -> NotebookRenderer:
    return NotebookRenderer(
        voila_configuration=VoilaConfiguration(config=settings),
        traitlet_config=settings,
        notebook_path=notebook.name,
        template_paths=collect_template_paths(["voila", "nbconvert"], TEMPLATE),
        contents_manager=AsyncLargeFileManager(root_dir=str(notebook.parent), config=settings),
        kernel_spec_manager=KernelSpecManager(config=settings),
        base_url="/",
        page_config={},
    )


def main() -> None:
    """Render what standard input orders."""
    order = Order.model_validate_json(sys.stdin.read())
    order.out.write_text(asyncio.run(page(order)), encoding="utf-8")


if __name__ == "__main__":
    main()
