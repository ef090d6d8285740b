"""``bdhai run`` for real: one start, the people who sign in, and an end that leaves nothing behind."""

import json
import re
import signal
import time
from pathlib import Path

import psutil
import pytest
import requests

from tests.hub_fixture import hidden_xsrf, running_hub, start_hub, stop, wait_for_end

pytestmark = pytest.mark.e2e

LESSON = "level1/02-lenh-bon-phan"
KEY = "sk-khóa-của-nhà-cung-cấp"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def hub(data):
    provider = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "BDHAI_AI": ""}
    with running_hub(data, provider) as running:
        yield running


@pytest.fixture(scope="module")
def learner(hub):
    return hub.sign_in("learner")


@pytest.fixture(scope="module")
def server(hub, learner):
    return hub.start_server(learner, hub.accounts["learner"][0])


def descendants(process):
    return psutil.Process(process.pid).children(recursive=True)


def command_of(process):
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def start_kernel(browser, server):
    prefix = server[server.index("/user/") :] + "/"
    token = browser.cookies.get("_xsrf", path=prefix)
    made = browser.post(
        f"{server}/api/kernels", headers={"X-XSRFToken": token}, json={"name": "python3"}, timeout=60
    )
    assert made.status_code == 201, made.text


def open_lesson(browser, server):
    """Open a lesson's page: once it is there its kernel has run every cell. Return that kernel's id."""
    page = browser.get(f"{server}/voila/render/{LESSON}/{LESSON.rpartition('/')[2]}.ipynb", timeout=180)
    assert page.status_code == 200, page.text[:500]
    (kernel,) = browser.get(f"{server}/api/kernels", timeout=60).json()
    return kernel["id"]


def environment_of(hub, username):
    found = [each for each in descendants(hub.process) if each.environ().get("JUPYTERHUB_USER") == username]
    assert found
    return found[0].environ()


def test_it_says_where_it_is_and_who_can_sign_in(hub):
    assert f"Lớp học đã mở: {hub.address}/" in hub.lines
    assert set(hub.accounts) == {"learner", "trainer", "official", "administrator"}


def test_the_bare_address_leads_to_the_portal(hub):
    reply = requests.get(f"{hub.address}/", timeout=30, allow_redirects=False)
    while reply.headers.get("Location", "").startswith("/hub"):
        reply = requests.get(hub.address + reply.headers["Location"], timeout=30, allow_redirects=False)
    assert reply.headers["Location"].startswith("/services/portal/")


@pytest.mark.parametrize("role", ["learner", "trainer", "official", "administrator"])
def test_each_demo_account_signs_in_and_lands_in_the_portal(hub, role):
    page = hub.sign_in(role).get(f"{hub.address}/", timeout=60)
    assert page.status_code == 200
    assert page.url == f"{hub.address}/services/portal/"


def test_a_wrong_password_is_told_in_vietnamese(hub):
    browser = requests.Session()
    token = hidden_xsrf(browser.get(f"{hub.address}/hub/login", timeout=30).text)
    form = {"username": "hocvien", "password": "sai", "_xsrf": token}
    page = browser.post(f"{hub.address}/hub/login", data=form, timeout=60)
    assert page.status_code == 403
    assert "Tên đăng nhập hoặc mật khẩu chưa đúng" in page.content.decode()


def test_a_missing_page_is_told_in_vietnamese_with_a_way_home(hub):
    page = requests.get(f"{hub.address}/hub/khong-co", timeout=30)
    assert page.status_code == 404
    assert "Không có trang này" in page.content.decode()
    assert 'href="/"' in page.text


@pytest.mark.usefixtures("server")
def test_a_learners_server_gets_the_lessons_and_its_addresses(hub):
    username = hub.accounts["learner"][0]
    lessons = list((hub.data / "homes" / username / "level1").iterdir())
    assert len(lessons) >= 5
    env = environment_of(hub, username)
    assert env["BDHAI_CASE"] in {"official", "trader", "citizen"}
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/services/portal", env["BDHAI_PORTAL_URL"])
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/services/ai/v1", env["BDHAI_AI_URL"])
    assert env["BDHAI_SAMPLE"] == "1"


@pytest.mark.usefixtures("server")
def test_a_learners_server_knows_no_key_no_database_and_no_data_folder(hub):
    env = environment_of(hub, hub.accounts["learner"][0])
    assert KEY not in str(env)
    assert env["OPENAI_BASE_URL"] == env["BDHAI_AI_URL"]
    assert env["OPENAI_API_KEY"] == env["JUPYTERHUB_API_TOKEN"]
    assert not [
        name for name in env if name.startswith(("BDHAI_DATA", "BDHAI_LAUNCH", "BDHAI_SITE", "CONFIGPROXY"))
    ]


@pytest.mark.usefixtures("server")
def test_of_the_hubs_children_only_the_ai_gateway_knows_the_key(hub):
    holders = [each.cmdline() for each in descendants(hub.process) if KEY in str(each.environ())]
    below_the_hub = [command for command in holders if "hub_config.school_hub" not in command]
    assert [command[2] for command in below_the_hub] == ["hub_config.ai"]


def test_a_learners_server_loads_no_extension_of_nbgrader_and_no_terminal(learner, server):
    assert learner.get(f"{server}/api/terminals", timeout=30).status_code == 404
    for path in ("/formgrader/api/status", "/assignments", "/courses", "/tree"):
        assert learner.get(server + path, timeout=30).status_code == 404


def test_a_learners_kernels_do_not_listen_on_tcp(hub, learner, server):
    number = open_lesson(learner, server)
    kernel = next(each for each in descendants(hub.process) if number in str(command_of(each)))
    connection = json.loads(
        Path(kernel.cmdline()[kernel.cmdline().index("-f") + 1]).read_text(encoding="utf-8")
    )
    assert connection["transport"] == "ipc"
    assert "--HistoryManager.enabled=False" in kernel.cmdline()
    assert not [each for each in kernel.net_connections() if each.status == "LISTEN"]


def test_a_learner_cannot_open_somebody_elses_server(hub, server):
    page = hub.sign_in("official").get(f"{server}/api/contents", timeout=60)
    assert page.status_code in {403, 404}


def test_a_learner_cannot_open_formgrader_and_a_trainer_can(hub, learner):
    assert learner.get(f"{hub.address}/services/cham/level1/formgrader/", timeout=60).status_code == 403
    trainer = hub.sign_in("trainer").get(f"{hub.address}/services/cham/level1/formgrader/", timeout=60)
    assert trainer.status_code == 200
    assert trainer.url.endswith("/formgrader/gradebook")


def test_nobody_administers_the_hub(hub):
    for role in hub.accounts:
        assert hub.sign_in(role).get(f"{hub.address}/hub/admin", timeout=60).status_code == 403


def test_the_data_folder_is_for_its_owner_only(hub):
    for folder in (hub.data, *(each for each in hub.data.iterdir() if each.is_dir())):
        assert folder.stat().st_mode & 0o077 == 0, folder
    for secret in (hub.data / "hub" / "cookie_secret", hub.data / "hub" / "jupyterhub.sqlite"):
        assert secret.stat().st_mode & 0o077 == 0


def test_a_second_start_on_the_same_data_says_that_it_is_open_already(hub):
    second = start_hub(hub.data)
    assert wait_for_end(second) == 1
    assert f"Lớp học này đang mở rồi (tiến trình {hub.process.pid})" in "\n".join(second.lines)


def test_a_taken_port_is_said_with_a_way_out(hub, tmp_path):
    second = start_hub(tmp_path, {"PORT": hub.address.rpartition(":")[2]})
    assert wait_for_end(second) == 1
    assert "đang có chương trình khác dùng" in "\n".join(second.lines)


def test_an_open_address_is_refused_where_learners_share_an_account(tmp_path):
    refused = start_hub(tmp_path, {"BDHAI_BIND": "0.0.0.0", "BDHAI_SPAWNER": "plain"})
    assert wait_for_end(refused) == 1
    assert "người học chưa được ngăn riêng với nhau (bàn học mở theo cách spawner: plain" in "\n".join(
        refused.lines
    )


def test_a_faulty_site_file_names_its_line(tmp_path):
    (tmp_path / "site.yaml").write_text("programme:\n  name: X\n  yer: 3\n", encoding="utf-8")
    refused = start_hub(tmp_path)
    assert wait_for_end(refused) == 1
    assert "site.yaml:3: programme.yer: không có mục này" in "\n".join(refused.lines)


def test_a_service_that_falls_is_started_again(hub):
    board = next(each for each in descendants(hub.process) if "hub_config.boards" in command_of(each))
    board.kill()
    deadline = time.monotonic() + 120
    while not [each for each in descendants(hub.process) if "hub_config.boards" in command_of(each)]:
        assert time.monotonic() < deadline
        time.sleep(1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_end_leaves_no_process_and_the_next_start_keeps_the_data(data, hub, number):
    """The module's hub is ended here and started again, so this test stays near the end."""
    stop(hub)
    with running_hub(data) as again:
        assert again.accounts == hub.accounts
        browser = again.sign_in("learner")
        start_kernel(browser, again.start_server(browser, again.accounts["learner"][0]))
        below = descendants(again.process)
        assert any("hub_config.learner.kernel" in command_of(each) for each in below)
        assert stop(again, number) == 0
    _, alive = psutil.wait_procs(below, timeout=1)
    assert alive == []


def test_killing_bdhai_run_itself_still_ends_the_hub(data, hub):
    stop(hub)
    with running_hub(data) as again:
        below = descendants(again.process)
        again.process.kill()
        wait_for_end(again)
    _, alive = psutil.wait_procs(below, timeout=30)
    assert alive == []
