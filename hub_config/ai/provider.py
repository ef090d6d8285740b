"""Which AI answers: one named in the environment, else the local model, else none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, TypedDict

import httpx2
import openai
from pydantic import SecretStr, ValidationError
from sqlalchemy import inspect
from sqlalchemy.engine import make_url

from autograder.audit.fitting import fit_of, newest_fit
from autograder.calibration import CALIBRATIONS, Calibrated, FileStore
from autograder.judge import Judge
from autograder.models import GateFit
from autograder.openai_judge import OpenAIJudge
from autograder.second import BothJudges
from autograder.signals import gated
from autograder.thresholds import Thresholds
from courses.exercises.base import Frozen
from courses.school.db import open_engine
from courses.school.db import session as open_session
from courses.site import Site, database_url, layout


class LocalPace(TypedDict):
    """How patiently the local model is asked."""

    concurrency: int
    timeout: float


DEFAULT_MODEL = "gpt-4.1-mini"
LOCAL_MODEL = "qwen2.5-coder-1.5b-instruct-q4_k_m"
LOCAL_PACE: LocalPace = {"concurrency": 2, "timeout": 600.0}  # a busy machine reads a long question slowly


class Provider(Frozen):
    """Where questions go. A local provider has no address until its process is up."""

    kind: Literal["openai", "local"]
    model: str
    base_url: str = ""  # ends in /v1
    api_key: SecretStr = SecretStr("")
    concurrency: int = 256  # requests that it bears at the same time; ``judge.at_once`` may ask for fewer
    timeout: float = 120.0  # seconds until the first byte, and between two of them


class LocalAddress(Frozen):
    """Where a running local model listens; kept in ``data/ai/local.json``, readable by its owner only."""

    base_url: str
    api_key: str
    pid: int


def provider_from_env(env: Mapping[str, str]) -> Provider | None:
    """Return the provider that the environment names.

    ``OPENAI_BASE_URL`` / ``OPENAI_API_KEY`` (and ``OPENAI_MODEL``) name an outside one; without them it is the
    local model where the ``local-ai`` extra is installed. ``BDHAI_AI=none`` means none, ``BDHAI_AI=local``
    means the local model whatever else is set.
    """
    wanted = env.get("BDHAI_AI", "").strip().lower()
    if wanted == "none":
        return None
    if wanted != "local" and (env.get("OPENAI_BASE_URL") or env.get("OPENAI_API_KEY")):
        return _outside(env)
    if wanted == "local" or has_local():
        return Provider(kind="local", model=LOCAL_MODEL, **LOCAL_PACE)
    return None


def has_local() -> bool:
    """Tell whether the ``local-ai`` extra is installed."""
    return find_spec("xllamacpp") is not None


def _outside(env: Mapping[str, str]) -> Provider:
    # A server of one's own often wants no key, but the SDK and the header need some text.
    key = env.get("OPENAI_API_KEY") or "none"
    url = env.get("OPENAI_BASE_URL") or str(openai.OpenAI(api_key=key, base_url=None).base_url)
    return Provider(
        kind="openai",
        model=env.get("OPENAI_MODEL") or DEFAULT_MODEL,
        base_url=url.rstrip("/"),
        api_key=SecretStr(key),
    )


def local_address(folder: Path) -> LocalAddress | None:
    """Return where the local model listens, or None when it doesn't run."""
    try:
        address = LocalAddress.model_validate(json.loads((folder / "local.json").read_bytes()))
    except (OSError, ValueError, ValidationError):
        return None
    return address if Path(f"/proc/{address.pid}").exists() else None


def reachable(provider: Provider, folder: Path) -> Provider | None:
    """Return the provider with its address, or None for a local model that doesn't run."""
    if provider.kind == "openai":
        return provider
    address = local_address(folder)
    if address is None:
        return None
    key = SecretStr(address.api_key)
    return provider.model_copy(update={"base_url": address.base_url, "api_key": key})


def judge_for(site: Site, env: Mapping[str, str]) -> Judge | None:
    """Return the judge of rubric answers, calibrated or silent; None when there is no AI to ask.

    As a service of the hub it asks the gateway with the service's own token, so that the provider's key
    stays in one process; from a shell it asks the provider that the environment names.
    """
    provider = _through_gateway(env) if _is_service(env) else provider_from_env(env)
    ready = provider and reachable(provider, layout(site).ai)
    if ready is None:
        return None
    asked = _fitted(site, plain_judge(site, ready))
    return Calibrated(asked, FileStore(layout(site).ai / CALIBRATIONS))


def _fitted(site: Site, judge: Judge) -> Judge:
    """Return the judge with the gate that was fitted on people's marks here, if there is one."""
    default = Thresholds.of(site).gate
    url = make_url(database_url(site))
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return judge  # a preview on an author's own machine
    engine = open_engine(database_url(site))
    try:
        if not inspect(engine).has_table(GateFit.__tablename__):
            return judge
        with open_session(engine) as session:
            row = newest_fit(session, judge, default)
        return judge if row is None else gated(judge, fit_of(row).gate(default))
    finally:
        engine.dispose()


def plain_judge(site: Site, ready: Provider) -> Judge:
    """Return the judge that asks a reachable provider, uncalibrated; two models' where the site names a second."""
    asked = _ask(site, ready, ready.model)
    second = site.judge.second_model
    return BothJudges(asked, _ask(site, ready, second)) if second else asked


def _ask(site: Site, provider: Provider, model: str) -> OpenAIJudge:
    return OpenAIJudge(
        provider.base_url,
        provider.api_key.get_secret_value(),
        model,
        concurrency=min(provider.concurrency, site.judge.at_once),
        timeout=provider.timeout,
        thresholds=Thresholds.of(site),
        price=site.ai.prices.get(model),
    )


def _is_service(env: Mapping[str, str]) -> bool:
    return bool(env.get("BDHAI_AI_URL") and env.get("JUPYTERHUB_API_TOKEN"))


def _through_gateway(env: Mapping[str, str]) -> Provider | None:
    """Ask the gateway which model it has; None when it has none or doesn't answer."""
    token = env["JUPYTERHUB_API_TOKEN"]
    try:
        reply = httpx2.get(
            f"{env['BDHAI_AI_URL']}/models", headers={"Authorization": f"Bearer {token}"}, timeout=10
        )
        model = reply.raise_for_status().json()["data"][0]
        gateway = Provider(
            kind="openai",
            model=model["id"],
            base_url=env["BDHAI_AI_URL"],
            api_key=SecretStr(token),
        )
        return gateway.model_copy(update=LOCAL_PACE) if model["owned_by"] == "local" else gateway
    except (httpx2.HTTPError, ValueError, LookupError, TypeError):
        return None
