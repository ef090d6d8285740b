"""Pages: another site, a file in a home or a learner's answer never acts in a trainer's name."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from nbgrader.api import Gradebook
from sqlalchemy import create_engine
from sqlalchemy import text as sql

from courses.lessons import load_lessons
from courses.site import REPOSITORY
from tests.kernel_fixture import running_kernel

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]
SCRIPT = (
    '<script>window.pwned=1</script><img src=x onerror="window.pwned=1"><svg onload="window.pwned=1"></svg>'
    '<iframe srcdoc="<script>parent.pwned=1</script>"></iframe> {{7*191}} [bấm](javascript:window.pwned=1)'
)
EVIL = """<!doctype html><meta charset=utf-8><title>evil</title>
<iframe id=portal src="%(hub)s/services/portal/"></iframe><iframe id=login src="%(hub)s/hub/home"></iframe>
<form id=f target=out method=post></form><iframe name=out></iframe>
<script>
const told = {};
const hub = "%(hub)s";
const targets = ["/services/portal/api/submissions", "/services/portal/lop", "/services/portal/tai-khoan", "/services/portal/quan-tri/ai",
  "/services/portal/cach-doc", "/hub/api/users/%(user)s/tokens", "/hub/api/users/%(user)s/server", "/hub/spawn", "/hub/token",
  "/user/%(user)s/api/kernels", "/user/%(user)s/api/contents/evil.ipynb", "/services/cham/level1/formgrader/api/submission_notebooks"];
async function attack() {
  for (const path of ["/services/portal/", "/services/portal/api/me", "/hub/api/user", "/user/%(user)s/api/contents"]) {
    try { told["read " + path] = (await (await fetch(hub + path, {credentials: "include"})).text()).length; }
    catch (error) { told["read " + path] = "refused"; }
  }
  for (const path of targets) {
    for (const method of ["POST", "PUT", "DELETE"]) {
      try { const reply = await fetch(hub + path, {method, mode: method === "POST" ? "no-cors" : "cors", credentials: "include", headers: {"Content-Type": "text/plain"}, body: '{"name":"python3"}'});
        told[method + " " + path] = reply.type; }
      catch (error) { told[method + " " + path] = "refused"; }
    }
    const form = document.getElementById("f");
    form.action = hub + path; form.enctype = "text/plain"; form.innerHTML = "<input name='{&quot;lesson&quot;:&quot;' value='level1/01-ai-doan-chu&quot;}'>";
    form.submit();
    await new Promise(done => setTimeout(done, 60));
  }
  try { const line = new WebSocket(hub.replace("http", "ws") + "/user/%(user)s/api/kernels/x/channels"); told.socket = await new Promise(done => { line.onopen = () => done("open"); line.onerror = () => done("refused"); }); }
  catch (error) { told.socket = "refused"; }
  for (const name of ["portal", "login"]) {
    try { told["frame " + name] = document.getElementById(name).contentDocument ? "mine" : "shut"; } catch (error) { told["frame " + name] = "shut"; }
  }
  window.told = told;
}
attack();
</script>"""


@pytest.fixture
def trainer(chromium, ours):
    """The victim's browser: signed in to hub, portal, formgrader and their own server."""
    context = chromium.new_context(locale="vi-VN")
    context.set_default_timeout(60_000)
    page = context.new_page()
    username, password = ours.hub.accounts["trainer"]
    page.goto(f"{ours.hub.address}/")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/services/portal/**")
    for path in (f"user/{username}/api/status", "services/cham/level1/formgrader/"):
        page.goto(f"{ours.hub.address}/{path}")
    yield page
    context.close()


@pytest.fixture
def elsewhere(ours):
    """Another site: same machine, other port, so browsers send even same-site cookies along."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            content = (EVIL % {"hub": ours.hub.address, "user": ours.victim}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def everything(scene):
    """Return what an attack would change: rows of school and hub, the victim's home."""
    counts = {}
    for place, tables in (
        ("bdhai.sqlite", ("submission", "person", "group", "trainer_group", "attempt", "consent")),
        ("hub/jupyterhub.sqlite", ("users", "api_tokens", "spawners")),
    ):
        engine = create_engine(f"sqlite:///{scene.hub.data / place}")
        with engine.connect() as line:
            known = set(line.execute(sql("select name from sqlite_master")).scalars())
            for table in known.intersection(tables):
                note = " where note not like '%OAuth%'" if table == "api_tokens" else ""
                counts[table] = line.execute(sql(f'select count(*) from "{table}"{note}')).scalar()
        engine.dispose()
    assert {"submission", "users", "api_tokens"} <= counts.keys()
    return counts, sorted(path.name for path in (scene.hub.data / "homes" / scene.victim).iterdir())


def test_another_site_reads_nothing_and_changes_nothing(ours, trainer, elsewhere):
    before = everything(ours)
    kernels = f"{ours.kernel_of_victim.server}/api/kernels"
    running = len(ours.kernel_of_victim.browser.get(kernels, timeout=30).json())
    trainer.goto(elsewhere)
    trainer.wait_for_function("window.told", timeout=120_000)
    told = trainer.evaluate("window.told")
    assert {answer for name, answer in told.items() if name.startswith(("read", "PUT", "DELETE"))} == {
        "refused"
    }
    assert told["socket"] == "refused"
    assert told["frame portal"] == told["frame login"] == "shut"
    assert everything(ours) == before
    assert len(ours.kernel_of_victim.browser.get(kernels, timeout=30).json()) == running
    trainer.goto(f"{ours.hub.address}/services/portal/lop")
    assert trainer.url.endswith("/lop"), "and the trainer is still signed in"


def test_a_page_in_a_home_is_no_page_of_the_portals_origin(ours, trainer):
    """An HTML or SVG file that somebody talked a trainer into keeping: opened, it is locked in a sandbox."""
    attack = (
        "fetch('/services/portal/api/me',{credentials:'include'}).then(r=>r.text()).then(t=>document.title='read')"
        ".catch(()=>document.title='refused')"
    )
    places = {
        "evil.html": f"<title>x</title><script>{attack}</script>",
        "evil.svg": f"<svg xmlns='http://www.w3.org/2000/svg'><script>{attack}</script></svg>",
    }
    for name, content in places.items():
        write = f"from pathlib import Path\nPath({name!r}).write_text({content!r}); print(1)"
        ours.kernel_of_victim.said(write)
        reply = trainer.goto(f"{ours.hub.address}/user/{ours.victim}/files/{name}")
        assert reply.status == 200
        assert "sandbox" in reply.headers["content-security-policy"]
        assert trainer.evaluate("self.origin") == "null"
        trainer.wait_for_timeout(800)
        assert trainer.title() != "read"


def test_a_learners_server_is_shut_to_a_trainers_browser(ours, trainer):
    """Else the learner's own program could answer there with a page in the portal's origin."""
    for path in ("lab", "files/x.html", "voila/render/x.ipynb", "api/contents"):
        reply = trainer.goto(f"{ours.hub.address}/user/{ours.attacker}/{path}")
        assert reply.status in {403, 404, 503}, path
        assert trainer.evaluate("window.pwned") is None


def test_what_a_learner_writes_never_runs_where_a_trainer_reads_it(ours, trainer):
    receipt, lesson = hand_in(ours)
    run_the_day(ours)
    portal = f"{ours.hub.address}/services/portal"
    pages = [f"{portal}/bai-nop/{receipt}", f"{portal}/ket-qua/{receipt}", f"{portal}/lop/{ours.attacker}",
             f"{portal}/lop", f"{portal}/hang-cho", *formgrader_pages(ours, lesson)]  # fmt: skip
    seen = 0
    for url in pages:
        reply = trainer.goto(url)
        assert reply.status == 200, url
        trainer.wait_for_timeout(300)
        seen += "onerror" in trainer.locator("body").inner_text()
        assert trainer.evaluate("window.pwned") is None, url
        assert "1337" not in trainer.content(), url
        assert not trainer.locator("a[href^='javascript:window']").count(), url
    assert seen >= 2, "the answer must be shown somewhere, or this test looks at nothing"


def hand_in(scene):
    """Hand in an author's answers in which each written text is a script."""
    lesson = next(own for own in load_lessons(REPOSITORY) if own.key == "level1/02-lenh-bon-phan")
    sample = next(own for own in lesson.samples if own.role == "full")
    answers = {
        name: {key: SCRIPT if key == "text" else value for key, value in own.answer.items()}
        for name, own in sample.expect.items()
    }
    assert SCRIPT in json.dumps(list(answers.values()), ensure_ascii=False).replace('\\"', '"')
    body = {"lesson": lesson.key, "case": sample.case, "answers": answers}
    code = f"""
import json, os, urllib.request
words = {{"Authorization": "token " + os.environ["JUPYTERHUB_API_TOKEN"], "Content-Type": "application/json"}}
request = urllib.request.Request(os.environ["BDHAI_PORTAL_URL"] + "/api/submissions", {json.dumps(body).encode()!r}, words)
print(urllib.request.urlopen(request, timeout=60).read().decode())
"""
    return scene.kernel.said(code)["receipt"], lesson.key


def run_the_day(scene):
    env = os.environ | {
        "BDHAI_DATA": str(scene.hub.data),
        "BDHAI_SITE": str(scene.hub.data / "site.yaml"),
        "BDHAI_AI": "none",
    }
    command = scene.account([sys.executable, "-m", "hub_config", "daily", "--json"])
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def formgrader_pages(scene, lesson):
    level, slug = lesson.split("/")
    place = f"sqlite:///{scene.hub.data / 'courses' / level / 'gradebook.db'}"
    with Gradebook(place, level) as book:
        pages = [
            page.id
            for own in book.assignment_submissions(slug)
            for page in own.notebooks
            if own.student.id == scene.attacker
        ]
    assert pages
    return [f"{scene.hub.address}/services/cham/{level}/formgrader/submissions/{number}/" for number in pages]


def test_the_door_leads_to_ones_own_address_only(ours):
    browser = ours.kernel.browser
    own = f"/user/{ours.attacker}/"
    for wanted, leads in ((own, own), (own[:-1], own), (f"{own}lab?x=1", f"{own}lab?x=1")):
        reply = browser.get(
            f"{ours.hub.address}/hub/cua", params={"next": wanted}, allow_redirects=False, timeout=30
        )
        assert (reply.status_code, reply.headers["Location"]) == (302, leads)
        assert f"Path={own}" in reply.headers["Set-Cookie"]
    for wanted in (
        f"/user/{ours.victim}/", "//evil.example/", "https://evil.example/", f"//x{own}", "/", f"{own[:-1]}2/"
    ):  # fmt: skip
        reply = browser.get(
            f"{ours.hub.address}/hub/cua", params={"next": wanted}, allow_redirects=False, timeout=30
        )
        assert reply.status_code == 403, wanted
        assert "bdhai-cua" not in reply.headers.get("Set-Cookie", "")


TAKE_OVER = """
import ctypes, os, re, socket, threading
libc = ctypes.CDLL(None)
def servers():
    for pid in os.listdir("/proc"):
        if pid.isdigit() and int(pid) != os.getpid():
            for number in range(64):
                got = libc.syscall(438, os.pidfd_open(int(pid)), number, 0)
                if got >= 0:
                    yield got
def listener():
    for number in servers():
        try:
            line = socket.socket(fileno=os.dup(number))
            if line.family == socket.AF_UNIX and line.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) and "entrances" in str(line.getsockname()):
                return line
        except OSError:
            pass
page = b"<script>window.pwned=1</script><title>evil</title>"
reply = b"HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\nConnection: close\\r\\nContent-Length: %d\\r\\n\\r\\n%s" % (len(page), page)
evil = listener()
def serve():
    evil.setblocking(True)
    while True:
        line, _ = evil.accept()
        line.recv(65536)
        line.sendall(reply)
        line.close()
for _ in range(8):
    threading.Thread(target=serve, daemon=True).start()
print("true" if evil else "false")
"""


def _page(browser, url):
    """Return a page, or nothing: the learner's true server still has a share of the socket, and hangs on it now and then."""
    try:
        return browser.get(url, timeout=5).text
    except requests.Timeout:
        return ""


def test_a_learners_own_web_server_gets_no_trainers_browser(ours, trainer):
    """The learner takes the socket of their server and answers there with a page of their own, to whoever comes."""
    with running_kernel(ours.hub, "official") as kernel:
        assert kernel.said(TAKE_OVER) is True
        name = ours.hub.accounts["official"][0]
        for path in ("", "lab", "files/evil.html", "oauth_callback?code=x&state=x", "?token=x", "..%2f"):
            for _ in range(3):
                trainer.goto(f"{ours.hub.address}/user/{name}/{path}")
                assert trainer.evaluate("window.pwned") is None, path
        fetched = trainer.evaluate(
            f"fetch('/user/{name}/x', {{redirect: 'follow'}}).then(r => r.text()).catch(() => 'refused')"
        )
        assert "pwned" not in fetched
        own = [_page(kernel.browser, f"{kernel.server}/x") for _ in range(10)]
        assert any("pwned" in text for text in own), (
            "the attack must work on its author, or this shows nothing"
        )
