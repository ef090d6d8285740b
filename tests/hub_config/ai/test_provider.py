"""Which AI the environment names, and whom the grader asks."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from autograder.calibration import Calibrated
from autograder.models import GateFit
from autograder.signals import Gate
from courses.clock import now
from courses.school.db import open_engine
from courses.school.db import session as open_session
from courses.site import Site, database_url
from hub_config.ai import provider as room
from hub_config.ai.provider import LOCAL_MODEL, judge_for, local_address, provider_from_env, reachable
from hub_config.database import migrate


def test_a_key_alone_means_openais_own_address():
    provider = provider_from_env({"OPENAI_API_KEY": "k"})
    assert provider is not None
    assert (provider.kind, provider.model) == ("openai", "gpt-4.1-mini")
    assert provider.base_url.endswith("/v1")


def test_an_address_alone_needs_no_key_and_a_model_can_be_named():
    provider = provider_from_env({"OPENAI_BASE_URL": "http://may:1/v1/", "OPENAI_MODEL": "qwen"})
    assert provider is not None
    assert (provider.base_url, provider.model) == ("http://may:1/v1", "qwen")


def test_the_key_is_never_printed():
    assert "sk-secret" not in repr(provider_from_env({"OPENAI_API_KEY": "sk-secret"}))


def test_none_means_none_and_local_means_local_whatever_else_is_set():
    assert provider_from_env({"BDHAI_AI": "none", "OPENAI_API_KEY": "k"}) is None
    provider = provider_from_env({"BDHAI_AI": "local", "OPENAI_API_KEY": "k"})
    assert provider is not None
    assert (provider.kind, provider.model) == ("local", LOCAL_MODEL)


def test_without_any_name_it_is_the_local_model_where_that_is_installed():
    provider = provider_from_env({})
    assert (provider is not None) == room.has_local()


def test_without_a_provider_nobody_judges(tmp_path):
    assert judge_for(Site(data=tmp_path), {"BDHAI_AI": "none"}) is None


def test_a_shells_judge_asks_the_named_provider_and_is_calibrated(tmp_path):
    env = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "OPENAI_MODEL": "m"}
    judge = judge_for(Site(data=tmp_path), env)
    assert isinstance(judge, Calibrated)
    assert judge.name == "m"


@pytest.mark.parametrize("second", ["", "other"])
def test_the_judge_has_the_gate_that_was_fitted_on_peoples_marks(tmp_path, second):
    site = Site(data=tmp_path, judge={"second_model": second})
    env = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "OPENAI_MODEL": "m"}
    assert judge_for(site, env).plain.gate == Gate()
    assert list(tmp_path.iterdir()) == []  # an author's preview leaves no database behind
    engine = open_engine(database_url(site))
    assert judge_for(site, env).plain.gate == Gate()  # not migrated yet
    migrate(engine)
    judge = judge_for(site, env)
    row = {"judge": judge.name, "prompt_hash": judge.prompt_hash, "how": "wider", "curve": [], "at": now()}
    with open_session(engine) as session:
        session.add(GateFit(start=0.25, tolerance=0.4, **row))
    assert judge_for(site, env).plain.gate == Gate(band=0.4, words=0.8)
    with open_session(engine) as session:
        session.add(GateFit(start=0.1, tolerance=1.0, **row))  # of another setting
    assert judge_for(site, env).plain.gate == Gate(band=0.4, words=0.8)
    engine.dispose()


@pytest.mark.parametrize("token", ["nobody", "daily-token"])
def test_a_service_whose_gateway_has_no_ai_has_no_judge(open_gateway, tmp_path, token):
    env = {"BDHAI_AI_URL": open_gateway(None), "JUPYTERHUB_API_TOKEN": token, "OPENAI_API_KEY": "k"}
    assert judge_for(Site(data=tmp_path), env) is None


def test_a_service_whose_gateway_is_gone_has_no_judge(tmp_path):
    env = {"BDHAI_AI_URL": "http://127.0.0.1:9/v1", "JUPYTERHUB_API_TOKEN": "t"}
    assert judge_for(Site(data=tmp_path), env) is None


def test_a_local_model_is_found_where_it_says_it_listens(tmp_path):
    provider = provider_from_env({"BDHAI_AI": "local"})
    assert provider is not None
    assert reachable(provider, tmp_path) is None
    told = {"base_url": "http://127.0.0.1:5/v1", "api_key": "k", "pid": os.getpid()}
    (tmp_path / "local.json").write_text(json.dumps(told))
    found = reachable(provider, tmp_path)
    assert found is not None
    assert (found.base_url, found.api_key.get_secret_value()) == ("http://127.0.0.1:5/v1", "k")


def test_a_note_of_a_process_that_ended_counts_for_nothing(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    told = {"base_url": "http://127.0.0.1:5/v1", "api_key": "k", "pid": ended.pid}
    (tmp_path / "local.json").write_text(json.dumps(told))
    assert local_address(tmp_path) is None
    (tmp_path / "local.json").write_text("{")
    assert local_address(tmp_path) is None
