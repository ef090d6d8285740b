"""Signing in through a real hub: activation, refusals, and what a changed role or a closed account means."""

import itertools

import pytest
import requests
from sqlalchemy import select

from courses import clock
from courses.school import accounts
from courses.school.db import open_engine, session
from courses.school.models import Person
from tests.hub_fixture import hidden_xsrf, running_hub

pytestmark = pytest.mark.e2e

PASSWORD = "mười hai con giáp"
NEXT = itertools.count()


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    with running_hub(tmp_path_factory.mktemp("data")) as running:
        yield running


@pytest.fixture(scope="module")
def engine(hub):
    engine = open_engine(f"sqlite:///{hub.data / 'bdhai.sqlite'}")
    yield engine
    engine.dispose()


@pytest.fixture
def newcomer(engine):
    """A learner with a fresh code: (user name, code). Each test gets another one."""
    with session(engine) as db:
        people = db.scalars(select(Person).where(Person.role == "learner").order_by(Person.username)).all()
        person = people[next(NEXT)]
        return person.username, accounts.new_activation_code(db, person, clock.now())


def activate(hub, username, code, password=PASSWORD, again=None):
    browser = requests.Session()
    page = browser.get(f"{hub.address}/hub/kich-hoat", timeout=30)
    form = {"username": username, "code": code, "password": password, "again": again or password}
    form["_xsrf"] = hidden_xsrf(page.text)
    return browser, browser.post(f"{hub.address}/hub/kich-hoat", data=form, timeout=60)


def test_the_sign_in_page_shows_the_way_to_activation(hub):
    page = requests.get(f"{hub.address}/hub/login", timeout=30).content.decode()
    assert 'href="/hub/kich-hoat"' in page
    assert "Dữ liệu mẫu" in page


def test_a_code_becomes_a_password_and_leads_straight_in(hub, newcomer):
    username, code = newcomer
    browser, page = activate(hub, username, code.lower().replace("-", " "))
    assert page.url == f"{hub.address}/services/portal/"
    assert browser.get(f"{hub.address}/services/portal/api/me", timeout=30).json()["username"] == username
    again = hub.sign_in(username, PASSWORD).get(f"{hub.address}/", timeout=60)
    assert again.url == f"{hub.address}/services/portal/"


def test_a_code_works_once(hub, newcomer):
    username, code = newcomer
    activate(hub, username, code)
    _, page = activate(hub, username, code, "mật khẩu của người khác")
    assert page.status_code == 403
    assert "mã đã dùng" in page.content.decode()


@pytest.mark.parametrize(
    ("password", "again", "sentence"),
    [("ngắn", "ngắn", "Mật khẩu"), (PASSWORD, "khác hẳn", "chưa giống nhau"), ("x" * 300, None, "dài nhất")],
)
def test_a_refused_password_is_told_and_the_code_stays_good(hub, newcomer, password, again, sentence):
    username, code = newcomer
    _, page = activate(hub, username, code, password, again)
    assert page.status_code == 403
    assert sentence in page.content.decode()
    assert activate(hub, username, code)[1].url == f"{hub.address}/services/portal/"


def test_guessing_codes_locks_the_account_for_a_while(hub, newcomer):
    username, code = newcomer
    for _ in range(10):
        assert activate(hub, username, "2222-2222")[1].status_code == 403
    page = activate(hub, username, code)[1]
    assert page.status_code == 429
    assert "Bạn chờ 15 phút rồi thử lại" in page.content.decode()


def test_a_form_from_another_site_is_refused(hub, newcomer):
    username, code = newcomer
    form = {"username": username, "code": code, "password": PASSWORD, "again": PASSWORD}
    assert requests.post(f"{hub.address}/hub/kich-hoat", data=form, timeout=30).status_code == 403
    assert activate(hub, username, code)[1].status_code == 200


def test_a_name_nobody_has_is_told_like_a_wrong_code(hub, newcomer):
    unknown = activate(hub, "<script>alert(1)</script>", "2222-2222")[1]
    wrong = activate(hub, newcomer[0], "2222-2222")[1]
    assert unknown.status_code == wrong.status_code == 403
    assert "<script>alert" not in unknown.content.decode()


def test_a_closed_account_is_out(hub, engine, newcomer):
    username, code = newcomer
    activate(hub, username, code)
    with session(engine) as db:
        db.scalars(select(Person).where(Person.username == username)).one().active = False
    page = hub.sign_in(username, PASSWORD).get(f"{hub.address}/", timeout=60)
    assert "/hub/login" in page.url
