"""What a learner's process can reach through any documented address: nothing that it may not see."""

import itertools
import json

import psutil
import pytest
import requests
from sqlalchemy import select

from courses.clock import now
from courses.school.db import open_engine, session
from courses.school.models import Person, Submission
from tests.e2e.conftest import PROVIDER_KEY

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

HUB = ["", "user", "users", "users/huanluyen", "groups", "services", "services/ai", "proxy", "shutdown", "info",
       "authorizations/token/x", "users/hocvien/tokens", "users/huanluyen/tokens", "users/huanluyen/server"]  # fmt: skip
PORTAL = ["", "lop", "lop/{other}", "bai-nop/{receipt}", "ket-qua/{receipt}", "so-lieu", "tai-khoan", "quan-tri/ai",
          "api/me", "api/lessons", "api/submissions", "api/submissions?lesson={lesson}", "api/results/{receipt}",
          "api/openapi.json", "static/../../../data/bdhai.sqlite", "static/%2e%2e/%2e%2e/site.py"]  # fmt: skip
OTHERS = ["/services/boards/", "/services/boards/standings.json", "/services/boards/..%2fstandings.json",
          "/services/ai/v1/models", "/services/cham-level1/formgrader/gradebook",
          "/services/cham-level1/formgrader/api/submissions/{slug}", "/services/cham-level1/formgrader/api/students",
          "/user/{other}/api/contents", "/user/{other}/lab"]  # fmt: skip
OWN = ["api/contents", "api/contents/level1", "api/contents/..", "api/contents/%2e%2e/%2e%2e/bdhai.sqlite",
       "files/../../bdhai.sqlite", "files/%2e%2e/%2e%2e/bdhai.sqlite", "files/..%2f..%2fsecrets%2fdemo.json",
       "api/terminals", "api/kernels", "api/config/x", "api/spec.yaml", "static/../server_config.py",
       "voila/files/level1/{slug}/{slug}.ipynb", "voila/files/../../courses/level1/source/{slug}/{slug}.ipynb",
       "voila/render/../../courses/level1/source/{slug}/{slug}.ipynb", "api/contents/level1/{slug}/lesson.json",
       "api/contents/level1/{slug}/{slug}.ipynb"]  # fmt: skip


@pytest.fixture
def learner(hub):
    """The demo learner's running server: its address, the variables of its process, its own token."""
    username = hub.accounts["learner"][0]
    browser = hub.sign_in("learner")
    address = hub.start_server(browser, username)
    environments = [
        environment(process) for process in psutil.Process(hub.process.pid).children(recursive=True)
    ]
    own = [env for env in environments if env.get("JUPYTERHUB_USER") == username]
    assert own, "the learner's server runs, so its process must be among the hub's"
    env = own[0]
    return address, env


def environment(process):
    try:
        return dict(process.environ())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return {}


def test_a_learners_process_holds_no_key_and_no_address_of_a_database(learner):
    _, env = learner
    text = json.dumps(env)
    assert env["JUPYTERHUB_API_TOKEN"]
    assert env["OPENAI_API_KEY"] == env["JUPYTERHUB_API_TOKEN"]
    for word in (PROVIDER_KEY, "BDHAI_DATA", "BDHAI_DATABASE", "sqlite", "CONFIGPROXY_AUTH_TOKEN"):
        assert word not in text


def test_no_documented_address_tells_a_learner_a_secret(learner, hub, lessons):
    address, env = learner
    strange = somebody_else(hub)
    words = dict(strange, slug="02-lenh-bon-phan")
    forbidden = {PROVIDER_KEY, strange["answer"], strange["name"]} | lesson_secrets(lessons)
    routes = itertools.chain(
        (f"{hub.address}/hub/api/{route}" for route in HUB),
        (f"{hub.address}/services/portal/{route}" for route in PORTAL),
        (f"{hub.address}{route}" for route in OTHERS),
        (f"{address}/{route}" for route in OWN),
    )
    answered = 0
    for route in routes:
        reply = ask(route.format(**words), env["JUPYTERHUB_API_TOKEN"])
        answered += reply.status_code == 200
        told = [secret for secret in forbidden if secret in reply.text]
        assert not told, (route, reply.status_code, told[0][:80])
    assert answered >= 8, "the addresses that a learner may use must answer, or this test looks at nothing"


def ask(url, token):
    """Ask without tidying the path: `..` must reach the server."""
    request = requests.Request("GET", url, headers={"Authorization": f"token {token}"}).prepare()
    request.url = url
    with requests.Session() as plain:
        return plain.send(request, timeout=60, allow_redirects=False)


def somebody_else(hub):
    """A learner of another group, and a submission of theirs with a written answer."""
    with session(open_engine(f"sqlite:///{hub.data / 'bdhai.sqlite'}")) as db:
        me = db.scalars(select(Person).where(Person.username == hub.accounts["learner"][0])).one()
        query = select(Submission).join(Person).where(Person.group_id != me.group_id).order_by(Submission.id)
        for own in db.scalars(query):
            texts = [raw["text"] for raw in own.answers.values() if len(raw.get("text", "")) > 40]
            if texts:
                line = max(texts[0].splitlines(), key=len)
                return {"other": own.person.username, "name": own.person.display_name, "receipt": own.receipt,
                        "lesson": own.lesson, "answer": line}  # fmt: skip
    raise AssertionError("the demo ward has no written answer")


def lesson_secrets(lessons):
    """Every text that only markers may see; long enough not to stand in a page by chance."""
    exercises = [e for lesson in lessons.values() for slot in lesson.slots for e in slot.variants.values()]
    lines = {line.strip() for e in exercises for secret in e.secrets() for line in secret.splitlines()}
    public = " ".join(json.dumps(e.public(), ensure_ascii=False) for e in exercises)
    return {line for line in lines if len(line) > 30 and line not in public}


def test_the_data_folder_is_for_its_owner_only(hub):
    for folder in (hub.data, hub.data / "secrets", hub.data / "hub"):
        assert folder.stat().st_mode & 0o077 == 0


def test_jupyterlab_asks_nobody_for_news(learner):
    address, env = learner
    page = ask(f"{address}/lab", env["JUPYTERHUB_API_TOKEN"])
    assert page.status_code == 200
    assert "@jupyterlab/apputils-extension:announcements" in page.text


def test_a_learners_server_may_tell_that_it_is_in_use(learner):
    _, env = learner
    headers = {"Authorization": f"token {env['JUPYTERHUB_API_TOKEN']}"}
    body = {"last_activity": f"{now():%Y-%m-%dT%H:%M:%SZ}"}
    told = requests.post(env["JUPYTERHUB_ACTIVITY_URL"], json=body, headers=headers, timeout=30)
    assert told.status_code == 200
