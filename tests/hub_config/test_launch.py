"""Address and ports: only this machine, only free ports, and sentences that say what to do."""

import socket
import subprocess
import sys

import pytest

from hub_config.launch import ENV, Launch, StartError, free_ports, require_cells, require_free


@pytest.mark.parametrize("bind", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_this_machine_is_allowed_and_no_cell_is_tried(bind):
    require_cells(bind, lambda: pytest.fail("nobody need try"))


OPEN = ["0.0.0.0", "::", "192.168.1.5", "10.0.0.1"]


@pytest.mark.parametrize("bind", OPEN)
def test_an_address_that_others_reach_is_refused_without_cells(bind):
    with pytest.raises(StartError, match=f"Không mở lớp ở địa chỉ {bind}.*máy không cho.*bubblewrap"):
        require_cells(bind, lambda: "máy không cho")


@pytest.mark.parametrize("bind", OPEN)
def test_with_cells_it_is_allowed(bind):
    require_cells(bind, lambda: "")


@pytest.mark.parametrize("bind", ["", "example.org", "127.0.0.1.nip.io"])
def test_a_name_is_no_address(bind):
    with pytest.raises(StartError, match="phải là một địa chỉ IP"):
        require_cells(bind, lambda: "")


@pytest.mark.parametrize(
    ("bind", "address"), [("0.0.0.0", "http://127.0.0.1:8000"), ("::", "http://[::1]:8000")]
)
def test_programs_of_this_machine_find_a_hub_that_listens_everywhere(bind, address, tmp_path):
    launch = Launch(bind=bind, hub_port=1, proxy_port=2, services={}, runtime=tmp_path)
    assert launch.address == address
    assert bind in launch.bind_url


def test_a_taken_port_is_named_with_a_way_out():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(StartError, match=f"Cổng {port} đang có chương trình khác dùng.*PORT={port + 1}"):
            require_free("127.0.0.1", port)
    require_free("127.0.0.1", port)


def test_free_ports_are_all_different():
    ports = free_ports("127.0.0.1", 20)
    assert len(set(ports)) == 20


def test_a_launch_travels_through_the_environment(tmp_path):
    launch = Launch(port=8123, hub_port=1, proxy_port=2, services={"portal": 3}, runtime=tmp_path)
    assert Launch.from_env({ENV: launch.model_dump_json()}) == launch
    assert launch.address == "http://127.0.0.1:8123"


def test_the_hub_without_bdhai_run_says_how_to_start():
    with pytest.raises(StartError, match="bdhai run"):
        Launch.from_env({})


def test_no_process_of_ours_compiles_the_grammar_of_addresses():
    code = "import sys, hub_config, jsonschema; sys.exit(sys.modules.get('rfc3987_syntax') is not None)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
