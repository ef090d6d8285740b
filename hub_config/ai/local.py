"""``python -m hub_config.ai.local --port N``: the local model as a server of its own.

It speaks OpenAI's protocol on loopback, wants the key that its starter chose (``BDHAI_LOCAL_KEY``), tells
where it listens in ``data/ai/local.json``, and ends with whoever started it (its standard input closes).
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import socket
import sys
import threading
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from tempfile import NamedTemporaryFile

from courses.site import layout, load_site
from hub_config.ai import status
from hub_config.ai.model_file import ModelError, ready_model
from hub_config.ai.provider import LOCAL_MODEL, LocalAddress

KEY = "BDHAI_LOCAL_KEY"
CONTEXT = 16_384  # tokens, shared by the slots
SLOTS = 2
CACHE_MIB = 512  # the server's own default is 8 GiB
UNUSABLE = 3
"""Exit code: the model file cannot be used, starting again would not help."""


def main() -> None:
    """Check the file, load it, serve until the starter is gone."""
    parser = argparse.ArgumentParser(prog="python -m hub_config.ai.local")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--with-parent", action="store_true", help="end when standard input closes")
    options = parser.parse_args()
    folder = layout(load_site()).ai
    if options.with_parent:
        threading.Thread(target=_end_with_parent, args=(folder,), daemon=True).start()
    os.nice(10)  # people's pages come before the model
    status.tell(folder, "model", "checking")
    try:
        model = ready_model(folder, os.environ, joining(folder))
    except ModelError as error:
        sys.stderr.write(f"{error}\n")
        status.tell(folder, "model", "failed", why=str(error))
        raise SystemExit(UNUSABLE) from error
    status.tell(folder, "model", "loading")
    serve(model, options.port or free_port(), os.environ.get(KEY) or secrets.token_urlsafe(24), folder)


def joining(folder: Path) -> Callable[[int, int], None]:
    """Return a progress that tells each further hundredth; whoever opened the school sees it as a bar."""
    told = -1

    def progress(done: int, whole: int) -> None:
        nonlocal told
        percent = done * 100 // whole
        if percent > told:
            told = percent
            status.tell(folder, "model", "joining", percent=percent)

    return progress


def free_port() -> int:
    """Return a loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(model: Path, port: int, key: str, folder: Path) -> None:
    """Load a checked model and serve it until the process ends."""
    xllamacpp = import_module("xllamacpp")  # heavy, untyped, and only in the local-ai extra
    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.model_alias = {LOCAL_MODEL}
    params.hostnames, params.port = ["127.0.0.1"], port
    params.api_keys = [key]
    params.n_ctx, params.n_parallel = CONTEXT, SLOTS
    params.cache_ram_mib, params.ui = CACHE_MIB, False
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads(os.cpu_count() or 1)
    server = xllamacpp.Server(params)
    announce(folder, LocalAddress(base_url=f"{server.listening_address}/v1", api_key=key, pid=os.getpid()))
    status.tell(folder, "model", "ready")
    try:
        while True:
            time.sleep(3600)
    finally:
        (folder / "local.json").unlink(missing_ok=True)


def threads(cores: int) -> int:
    """Return how many threads compute: one core is left to the hub.

    Its threads wait for each other by spinning at every step, so one thread more than free cores is worse than
    one less: on two busy cores (load 15 to 20) two threads made 0.12 tokens a second, one made 1.66.
    """
    return max(1, cores - 1)


def announce(folder: Path, address: LocalAddress) -> None:
    """Write where we listen, whole or not at all, for the owner's eyes only."""
    with NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8") as file:  # 0600
        json.dump(address.model_dump(), file)
    Path(file.name).replace(folder / "local.json")


def _end_with_parent(folder: Path) -> None:
    sys.stdin.buffer.read()
    (folder / "local.json").unlink(missing_ok=True)
    os._exit(0)  # the server's threads know no other end


if __name__ == "__main__":
    main()
