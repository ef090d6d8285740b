"""standings.json → bang-xep-hang.html and .gz: one short-lived Voila, then files that are swapped in whole."""

from __future__ import annotations

import gzip
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from autograder.daily import DailyError
from courses.site import Site, layout
from hub_config.boards.board import ENV, parse
from hub_config.boards.look import NOTEBOOK, PAGE, SHARE, frame
from hub_config.boards.voila_order import Order

log = logging.getLogger(__name__)

STANDINGS = "standings.json"
PATIENCE = 180  # seconds; on two busy cores it takes about 5
_FAILED = "<!--board-failed "
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH")


def render_site(site: Site, notebook: Path = NOTEBOOK, patience: float = PATIENCE) -> None:
    """Render a site's board.

    Args:
        site: the site.
        notebook: the notebook that shows the standings.
        patience: seconds until a notebook that does not end is ended.

    Raises:
        DailyError: when there is nothing to render, or the notebook failed; the old page stays.
    """
    folder = layout(site).boards
    _require(folder / STANDINGS)
    content = _voila(site, folder / STANDINGS, notebook, patience).encode()
    _swap(folder / f"{PAGE}.gz", gzip.compress(content, mtime=0))
    _swap(folder / PAGE, content)


def _require(standings: Path) -> None:
    try:
        parse(standings.read_bytes())
    except OSError as error:
        raise DailyError("Chưa có số liệu xếp hạng để dựng bảng. Hãy chạy lại: bdhai daily") from error
    except ValueError as error:
        raise DailyError(f"Tệp {standings.name} bị hỏng. Hãy chạy lại: bdhai daily") from error


def _voila(site: Site, standings: Path, notebook: Path, patience: float) -> str:
    """Return the page that Voila made in a process of its own."""
    with TemporaryDirectory(prefix="bdhai-") as folder:
        order = Order(notebook=notebook, frame=frame(site), out=Path(folder) / "page.html")
        said = _run(order, _env(Path(folder), standings), patience)
        page = order.out.read_text(encoding="utf-8") if order.out.exists() else ""
    if not page.rstrip().endswith("</html>") or _FAILED in page:
        log.error("the board's notebook failed: %s\n%s", _reason(page), said)
        raise DailyError("Chưa dựng được bảng xếp hạng; bảng cũ vẫn còn nguyên. Nguyên nhân ở nhật ký.")
    return page


def _reason(page: str) -> str:
    return page.partition(_FAILED)[2].partition("-->")[0]


def _env(folder: Path, standings: Path) -> dict[str, str]:
    """Return an environment without anybody's keys and without anybody's own Jupyter settings."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    private = ("HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    own = {"JUPYTER_PATH": str(SHARE), ENV: str(standings), "PYTHONHASHSEED": "0"}
    return kept | dict.fromkeys(private, str(folder)) | own


def _run(order: Order, env: dict[str, str], patience: float) -> str:
    """Run Voila, for a limited time; return what it said."""
    with subprocess.Popen(
        [sys.executable, "-m", "hub_config.boards.voila_page"],
        env=env,
        cwd=order.out.parent,  # nothing that the notebook leaves may lie in a folder of ours
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            return process.communicate(order.model_dump_json(), timeout=patience)[1]
        except subprocess.TimeoutExpired:
            return f"ended after {patience} s"
        finally:
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """End the process, if it still runs; its kernel sees that and ends too."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def _swap(path: Path, content: bytes) -> None:
    """Replace a file so that readers see the old one or the new one, also after a power cut."""
    new = path.with_name(f"{path.name}.new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
