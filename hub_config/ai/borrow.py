"""The plain judge for a measurement from a shell: any endpoint by name, or the local model for as long as it takes."""

from __future__ import annotations

import os
import secrets
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import httpx2
from pydantic import SecretStr

from autograder.measuring import Plain
from courses.site import Site, layout
from hub_config.ai.local import KEY, free_port
from hub_config.ai.local_process import COMMAND
from hub_config.ai.provider import Provider, plain_judge, provider_from_env, reachable

PATIENCE = 900.0
"""Seconds until the local model must answer: it is joined from its parts first where nobody did."""
PAUSE = 0.5
LEAVE = 3.0
"""Seconds that the local model has to end by itself when its standard input closes."""
STARTING = "Đang mở AI chạy trên máy cho lượt đo này…"

Say = Callable[[str], None]


@contextmanager
def borrowed(  # noqa: PLR0913, PLR0917 - each is a place or a voice of its own
    site: Site,
    env: Mapping[str, str],
    model: str,
    base_url: str,
    say: Say,
    command: Sequence[str] = COMMAND,
) -> Iterator[Plain | None]:
    """Yield the uncalibrated judge of a provider, or None when there is no AI to ask.

    Args:
        site: names thresholds and the data folder.
        env: names the provider where the arguments don't, and its key.
        model: the model's id; empty: what the environment says.
        base_url: where it answers, ends in ``/v1``; empty: what the environment says.
        say: is told what a person has to wait for.
        command: starts the local model; ``--port N`` is appended.
    """
    provider = provider_from_env({**env, **_named(env, model, base_url)})
    if provider is None:
        yield None
        return
    ready = reachable(provider, layout(site).ai)
    if ready is not None:
        yield _plain(site, ready)
        return
    say(STARTING)
    with _local(provider, env, command) as started:
        yield _plain(site, started) if started else None


def _named(env: Mapping[str, str], model: str, base_url: str) -> Mapping[str, str]:
    """Return what a command line says in the environment's words; an address of one's own is no local model."""
    named = {"OPENAI_MODEL": model} if model else {}
    if not base_url:
        return named
    return {
        **named,
        "OPENAI_BASE_URL": base_url,
        "BDHAI_AI": "",
        "OPENAI_API_KEY": env.get("OPENAI_API_KEY", ""),
    }


def _plain(site: Site, ready: Provider) -> Plain:
    return Plain(judge=plain_judge(site, ready), at_once=ready.concurrency)


@contextmanager
def _local(provider: Provider, env: Mapping[str, str], command: Sequence[str]) -> Iterator[Provider | None]:
    """Run the local model; None when it doesn't come up (it said why on standard error)."""
    port, key = free_port(), secrets.token_urlsafe(24)
    child = subprocess.Popen(  # noqa: S603 - our own module
        [*command, "--port", str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env={**os.environ, **env, KEY: key},
    )
    url = f"http://127.0.0.1:{port}/v1"
    try:
        up = _comes_up(child, url, key)
        yield provider.model_copy(update={"base_url": url, "api_key": SecretStr(key)}) if up else None
    finally:
        _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.stdin is not None:
        child.stdin.close()
    try:
        child.wait(LEAVE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _comes_up(child: subprocess.Popen[bytes], url: str, key: str) -> bool:
    end = time.monotonic() + PATIENCE
    while child.poll() is None and time.monotonic() < end:
        try:
            if httpx2.get(f"{url}/models", headers={"Authorization": f"Bearer {key}"}, timeout=5).is_success:
                return True
        except httpx2.HTTPError:
            pass
        time.sleep(PAUSE)
    return False
