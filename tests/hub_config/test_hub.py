"""The hub's configuration, without a hub: every value is a function of the site."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from traitlets.config import Config

from courses.site import Programme, Site
from hub_config.hub import apply, roles, take_provider
from hub_config.launch import Launch, StartError
from hub_config.services import WEB, services

KEY = "sk-bí-mật"


@pytest.fixture
def site(tmp_path):
    lesson = tmp_path / "lessons" / "level1" / "01-bai"
    lesson.mkdir(parents=True)
    (lesson / "lesson.md").write_text("", encoding="utf-8")
    return Site(data=tmp_path / "data", lessons=tmp_path / "lessons", programme=Programme(ward="Phường An"))


def launch_at(site, bind="127.0.0.1"):
    ports = {name: 9000 + number for number, name in enumerate(WEB)}
    return Launch(bind=bind, port=8000, hub_port=8101, proxy_port=8102, services=ports, runtime=site.data)


@pytest.fixture
def config(site):
    c = Config()
    apply(site, c, launch_at(site), {"OPENAI_API_KEY": KEY})
    return c


@pytest.mark.parametrize("bind", ["0.0.0.0", "::", "192.168.1.5"])
def test_the_hub_is_not_configured_for_an_address_that_others_reach(site, bind):
    with pytest.raises(StartError, match="chưa được ngăn riêng với nhau"):
        apply(site.model_copy(update={"spawner": "plain"}), Config(), launch_at(site, bind), {})


def test_every_address_of_the_hub_is_on_this_machine(config):
    addresses = [
        config.JupyterHub.bind_url,
        config.JupyterHub.hub_bind_url,
        config.ConfigurableHTTPProxy.api_url,
        *(each["url"] for each in config.JupyterHub.services if "url" in each),
    ]
    assert all(address.startswith("http://127.0.0.1:") for address in addresses)


def test_all_state_lies_below_the_data_folder(config, site):
    for value in (
        config.JupyterHub.db_url.removeprefix("sqlite:///"),
        config.JupyterHub.cookie_secret_file,
        config.ConfigurableHTTPProxy.pid_file,
    ):
        assert value.startswith(str(site.data / "hub"))


def test_only_the_ai_gateway_gets_the_providers_key(site):
    found = services(site, launch_at(site), {"OPENAI_API_KEY": KEY})
    with_key = [each["name"] for each in found if KEY in str(each)]
    assert with_key == ["ai"]


def test_the_hub_takes_every_providers_variable_out_of_its_environment():
    env = {
        "OPENAI_API_KEY": KEY,
        "OPENAI_ORG_ID": "x",
        "OPENAI_BASE_URL": "",
        "BDHAI_AI": "none",
        "PATH": "/bin",
    }
    assert take_provider(env) == {"OPENAI_API_KEY": KEY, "BDHAI_AI": "none"}
    assert env == {"BDHAI_AI": "none", "PATH": "/bin"}


def test_a_database_address_reaches_the_services_and_nobody_else(site):
    url = "postgresql+psycopg://bdhai:mk@127.0.0.1/bdhai"
    c = Config()
    apply(site.model_copy(update={"database": url}), c, launch_at(site), {})
    told = {each["name"]: each.get("environment", {}).get("BDHAI_DATABASE") for each in c.JupyterHub.services}
    assert told.pop("doors", None) is None, "it passes bytes on and needs no data"
    assert set(told.values()) == {url}


def test_people_reach_pages_and_their_own_server_only(config):
    user = next(role for role in config.JupyterHub.load_roles if role["name"] == "user")
    assert set(user["scopes"]) == {
        "access:servers!user",
        "servers!user",
        "read:users!user",
        "users:activity!user",
        "access:services!service=portal",
        "access:services!service=boards",
        "access:services!service=ai",
    }


def test_a_learners_server_may_speak_to_portal_and_ai_only():
    server = next(role for role in roles() if role["name"] == "server")
    assert set(server["scopes"]) == {
        "users:activity!user",
        "access:servers!server",
        "access:services!service=portal",
        "access:services!service=ai",
    }


def test_formgrader_is_for_trainers_and_administrators():
    marking = next(role for role in roles() if role["name"] == "marking")
    assert marking["groups"] == ["trainer", "administrator"]
    assert marking["scopes"] == ["access:services!service=cham"]


def test_nobody_is_a_hub_administrator(config):
    assert "admin" not in {role["name"] for role in config.JupyterHub.load_roles}
    assert config.JupyterHub.admin_access is False
    assert "admin_users" not in config.Authenticator


def test_hub_pages_load_nothing_and_run_only_the_script_that_waits(config):
    policy = config.JupyterHub.tornado_settings["headers"]["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    script = config.JupyterHub.template_vars["wait"].encode()
    (allowed,) = re.findall(r"script-src ([^;]+);", policy)
    assert allowed == f"'sha256-{b64encode(sha256(script).digest()).decode()}'"


def test_pages_know_the_ward_and_say_when_data_are_samples(config, site):
    assert config.JupyterHub.template_vars["ward"] == "Phường An"
    assert config.JupyterHub.template_vars["sample"] is False
    c = Config()
    apply(site.model_copy(update={"demo": True}), c, launch_at(site), {})
    assert c.JupyterHub.template_vars["sample"] is True


def test_the_home_of_the_site_is_the_portal(config):
    assert config.JupyterHub.default_url == "/services/portal/"


def test_a_wave_of_learners_has_time_to_start(config):
    assert config.LearnerSpawner.http_timeout >= 120
    assert config.LearnerSpawner.start_timeout >= 120
