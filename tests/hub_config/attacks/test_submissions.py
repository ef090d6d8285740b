"""Nobody hands in, changes or removes anything in another person's name."""

import pytest
from sqlalchemy import func, select

from courses.school.db import open_engine, session
from courses.school.models import Person, Submission

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
ASK = """
import urllib.error, urllib.request
def ask(method, url, body=None, **headers):
    data = json.dumps(body).encode() if body is not None else None
    words = {"Authorization": "token " + os.environ["JUPYTERHUB_API_TOKEN"], "Content-Type": "application/json"} | headers
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, words, method=method), timeout=30) as reply:
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code
portal = os.environ["BDHAI_PORTAL_URL"]
hub = os.environ["JUPYTERHUB_API_URL"]
"""
LESSON = {"lesson": "level1/02-lenh-bon-phan", "case": "citizen", "answers": {}}


@pytest.fixture(autouse=True)
def others(ours):
    """What is stored of everybody but the attacker; the same before and after."""
    engine = open_engine(f"sqlite:///{ours.hub.data / 'bdhai.sqlite'}")

    def look():
        with session(engine) as db:
            own = select(Person.id).where(Person.username == ours.attacker).scalar_subquery()
            columns = (Submission.id, Submission.receipt, Submission.person_id, Submission.answers)
            rows = db.execute(
                select(*columns).where(Submission.person_id != own).order_by(Submission.id)
            ).all()
            return [tuple(map(str, row)) for row in rows]

    before = look()
    assert before
    yield [row[1] for row in before]
    assert look() == before
    engine.dispose()


def test_a_submission_in_another_name_is_refused_or_ones_own(ours):
    bodies = [LESSON | {name: ours.victim} for name in ("username", "person", "person_id", "user", "student")]
    headers = [
        {name: ours.victim}
        for name in ("X-Forwarded-User", "Remote-User", "X-JupyterHub-User", "X-Remote-User")
    ]
    code = f"""{ASK}
told = [ask("POST", portal + "/api/submissions", body) for body in {bodies!r}]
told += [ask("POST", portal + "/api/submissions", {LESSON!r}, **extra) for extra in {headers!r}]
print(json.dumps(told))
"""
    told = ours.got(code)
    assert set(told) <= {201, 422, 429}
    engine = open_engine(f"sqlite:///{ours.hub.data / 'bdhai.sqlite'}")
    with session(engine) as db:
        query = select(func.count()).select_from(Submission).join(Person)
        assert db.scalar(query.where(Person.username == ours.victim)) == 0, "a trainer hands nothing in"
    engine.dispose()


def test_a_made_up_sign_in_is_none(ours):
    code = f"""{ASK}
forged = ["token ", "token x", "Bearer " + "0" * 32, "Basic dHJhaW5lcjp4"]
told = [ask("POST", portal + "/api/submissions", {LESSON!r}, Authorization=word) for word in forged]
told += [ask("POST", portal + "/api/submissions", {LESSON!r}, Authorization="", Cookie="jupyterhub-user-portal=x; service-portal=x; jupyterhub-session-id=x")]
print(json.dumps(told))
"""
    assert set(ours.got(code)) <= {401, 403}


def test_another_persons_submission_is_neither_read_nor_removed_nor_marked(ours, others):
    code = f"""{ASK}
told = {{}}
for receipt in {others[:3]!r}:
    for path in ("api/results/" + receipt, "ket-qua/" + receipt, "bai-nop/" + receipt, "api/submissions/" + receipt):
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            told[method + " " + path] = ask(method, portal + "/" + path, {{}} if method != "GET" else None)
print(json.dumps(told))
"""
    told = ours.got(code)
    assert len(told) == 60
    assert set(told.values()) <= {400, 401, 403, 404, 405, 415, 422}, told


def test_the_hub_gives_no_power_over_others(ours):
    code = f"""{ASK}
name = {ours.victim!r}
asked = [("POST", f"/users/{{name}}/tokens", {{}}), ("GET", f"/users/{{name}}/tokens", None), ("DELETE", f"/users/{{name}}/server", None),
         ("POST", f"/users/{{name}}/server", {{}}), ("GET", "/users", None), ("POST", "/users/ke-la", {{}}), ("PATCH", f"/users/{ours.attacker}", {{"admin": True}}),
         ("POST", "/groups/trainer/users", {{"users": [{ours.attacker!r}]}}), ("GET", "/proxy", None), ("POST", "/shutdown", {{}}),
         ("POST", f"/users/{ours.attacker}/tokens", {{}}), ("GET", "/services", None)]
print(json.dumps([ask(method, hub + path, body) for method, path, body in asked]))
"""
    told = ours.got(code)
    assert set(told) <= {403, 404, 405}, told


def test_no_folder_of_handed_in_work_is_seen(stock, ours):
    """With stock nbgrader the exchange is a folder that every learner writes to; here there is none to write to."""
    code = f"print(json.dumps([os.path.exists(place) for place in {[str(ours.hub.data / name) for name in ('courses', 'files', 'homes')]!r}]))"
    assert ours.got(code) == [False, False, True], "of the homes only the way to one's own"
    listed = ours.got(f"print(json.dumps(os.listdir({str(ours.hub.data / 'homes')!r})))")
    assert listed == [ours.attacker]
    inbound = stock.hub.data / "courses" / "level1" / "submitted" / stock.victim / "01"
    inbound.mkdir(parents=True, exist_ok=True)
    (inbound / "answers.json").write_text("{}", encoding="ascii")
    forge = f"""
place = Path({str(inbound / "answers.json")!r})
place.write_text("forged")
print(json.dumps(place.read_text() == "forged"))
"""
    assert stock.got(forge) is True
