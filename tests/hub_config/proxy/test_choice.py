"""Which proxy runs: node's where it is, the Python port else; a wish that can't be met is said."""

import subprocess
import sys

import pytest

from hub_config.launch import ENV, Launch
from hub_config.proxy.choice import GUARD, LAUNCH, SCRIPT, NoNode, find_node, own_error_pages


@pytest.fixture
def machine(tmp_path):
    """Make a machine with a node of some version (or none), and with or without its proxy."""

    def make(version="v20.1.0", *, script=True):
        if version:
            node = tmp_path / "node"
            node.write_text(f"#!/bin/sh\necho {version}\n", encoding="ascii")
            node.chmod(0o755)
        if script:
            (tmp_path / SCRIPT).parent.mkdir(parents=True)
            (tmp_path / SCRIPT).touch()
        return {"PATH": str(tmp_path)}

    return make


def test_node_serves_where_it_and_its_proxy_are(machine, tmp_path):
    assert find_node(machine(), tmp_path) == [str(tmp_path / "node"), str(tmp_path / SCRIPT)]


@pytest.mark.parametrize("wish", [{}, {"BDHAI_PROXY": "node"}])
def test_before_cells_node_serves_with_the_guard(machine, tmp_path, wish):
    command = [str(tmp_path / "node"), str(GUARD), str(tmp_path / SCRIPT)]
    assert find_node(machine() | wish, tmp_path, doors=True) == command
    assert GUARD.exists()


@pytest.mark.parametrize("version", ["", "v18.20.4", "nonsense"])
def test_without_a_new_enough_node_python_serves(machine, tmp_path, version):
    assert find_node(machine(version), tmp_path) == []


def test_without_its_proxy_python_serves(machine, tmp_path):
    assert find_node(machine(script=False), tmp_path) == []


def test_python_can_be_insisted_on(machine, tmp_path):
    assert find_node(machine() | {"BDHAI_PROXY": "python"}, tmp_path) == []


def test_node_that_is_insisted_on_and_missing_is_said_with_a_way_out(machine, tmp_path):
    with pytest.raises(NoNode, match=r"cần Node\.js 20 .* scripts/bootstrap run"):
        find_node(machine("v18.0.0") | {"BDHAI_PROXY": "node"}, tmp_path)


def test_error_pages_come_from_the_disk_not_from_a_hub_that_may_be_down(tmp_path):
    launch = Launch(hub_port=1, proxy_port=2, services={}, runtime=tmp_path)
    asked = ["--port", "8000", "--error-target", "http://127.0.0.1:1/hub/error", "--log-level", "error"]
    given = own_error_pages(asked, {ENV: launch.model_dump_json()})
    assert given == ["--port", "8000", "--log-level", "error", "--error-path", str(tmp_path / "errors")]
    assert own_error_pages(asked, {}) == asked


def test_both_know_the_launch_by_one_name():
    assert LAUNCH == ENV


def test_the_proxy_starts_without_the_school():
    """The hub waits ten seconds for it; on a busy machine every import counts."""
    code = "import sys, hub_config.proxy.__main__ as _; print(*(name for name in sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {"pydantic", "tornado", "jupyterhub", "courses"} & set(loaded.split())
