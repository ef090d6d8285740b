"""What is not genuine lets nobody in, leaves nobody behind, and is answered by a page that says what to do."""

import sqlite3
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from courses.school.db import session
from courses.school.models import Login, Person, SignUp
from tests.hub_config.signin.conftest import AN, launch, me, submit, text_of, through_provider
from tests.hub_config.signin.forging import WAYS, forged
from tests.hub_config.signin.learning_platform import CLAIM, KID

pytestmark = pytest.mark.e2e

LONG_AGO = 1_700_000_000


def everybody(door):
    """Return how many people, logins, open requests and users of the hub there are."""
    with session(door.engine) as db:
        school = [db.scalar(select(func.count()).select_from(kind)) for kind in (Person, Login, SignUp)]
    with sqlite3.connect(door.hub.data / "hub" / "jupyterhub.sqlite") as hub:
        return [*school, hub.execute("select count(*) from users").fetchone()[0]]


@pytest.fixture(scope="module")
def lan(door):
    """Somebody whom provider and school know: answers about her may be finished at a test's end without a trace."""
    with requests.Session() as other:
        through_provider(door, other, "lan")
    return "lan"


@pytest.fixture
def nobody(door, browser, lan):  # noqa: ARG001 - what her first visit leaves must be there before
    """Check at the end that nobody came in and nothing of anybody was kept."""
    before = everybody(door)
    yield
    assert "/hub/login" in browser.get(f"{door.address}/services/portal/", timeout=60).url
    assert everybody(door) == before


def told(page, status, words):
    """Check that a page is one of ours, and says what to do."""
    soup = BeautifulSoup(page.content, "html.parser")
    assert (page.status_code, soup.h1.get_text()) == (status, "Chưa vào được lớp")
    assert words in soup.find(attrs={"role": "status"}).get_text()


# OpenID Connect


@pytest.fixture(scope="module")
def at_provider(door):
    """The cookies of somebody whom the provider knows and the school does not, signed in at the provider only."""
    with requests.Session() as browser:
        page = browser.get(f"{door.address}/hub/oauth_login", timeout=60)
        while page.url.startswith(door.issuer) and "answer" not in page.text:
            fields = {"login": "la"} if 'name="login"' in page.text else {"password": "mười hai con giáp"}
            page = submit(browser, page, **fields)
        return [
            cookie
            for cookie in browser.cookies
            if not cookie.name.startswith(("jupyterhub", "_xsrf", "oauth"))
        ]


@pytest.fixture
def stranger(browser, at_provider):
    for cookie in at_provider:
        browser.cookies.set_cookie(cookie)
    return browser


NOT_BELIEVED = "Lời xác nhận từ tài khoản của phường chưa đúng hoặc đã quá hạn. Bạn về trang đăng nhập"


@pytest.mark.parametrize(
    "how",
    [
        {"claims": {"aud": "another-client"}},
        {"claims": {"aud": ["bdhai", "another-client"]}},
        {"claims": {"azp": "another-client"}},
        {"claims": {"iss": "https://evil.example"}},
        {"claims": {"exp": LONG_AGO}},
        {"claims": {"exp": None}},
        {"claims": {"nonce": "x"}},
        {"claims": {"nonce": None}},
        {"claims": {"sub": "somebody else"}},
        *({"way": way} for way in WAYS),
        {"drop": True},
    ],
    ids=str,
)
@pytest.mark.usefixtures("nobody")
def test_an_id_token_that_is_not_genuine(door, stranger, tamper, how):
    tamper(**how)
    told(through_provider(door, stranger, "la"), 403, NOT_BELIEVED)


def test_the_same_stranger_with_a_genuine_token_is_heard(door, tamper, stranger):
    """Without this, the test above would also pass where nobody at all comes in."""
    tamper(claims={})
    assert "Bạn chờ một chút nhé" in text_of(through_provider(door, stranger, "la"))


def finish(answer, cookies):
    """Use up an answer in the browser that it is for: this provider, in memory, mixes up codes that lie about."""
    with requests.Session() as right:
        right.cookies = cookies
        assert right.get(answer, timeout=60).url.endswith("/services/portal/")


def answer_of(door, browser, person):
    """Return the provider's answer as an address, not yet opened."""
    page = browser.get(f"{door.address}/hub/oauth_login", timeout=60, allow_redirects=False)
    for _ in range(8):
        where = page.headers.get("Location")
        if where and where.startswith(f"{door.address}/hub/oauth_callback"):
            return where
        if where:
            page = browser.get(requests.compat.urljoin(page.url, where), timeout=60, allow_redirects=False)
            continue
        soup = BeautifulSoup(page.text, "html.parser").find("form")
        fields = {one["name"]: one.get("value", "") for one in soup.find_all("input") if one.get("name")}
        typed = {"login": person, "password": "mười hai con giáp"}
        fields |= {name: typed[name] for name in fields if name in typed} or {"answer": "accept"}
        page = browser.post(
            requests.compat.urljoin(page.url, soup.get("action") or page.url),
            data=fields,
            timeout=60,
            allow_redirects=False,
        )
    raise AssertionError(page.text)


LOST = "đã dùng rồi, đã quá hạn, hoặc mở ở trình duyệt khác. Bạn về trang đăng nhập"


@pytest.mark.usefixtures("nobody")
def test_an_answer_in_another_browser(door, browser, lan):
    with requests.Session() as other:
        answer = answer_of(door, other, lan)
        told(browser.get(answer, timeout=60), 400, LOST)
        finish(answer, other.cookies)


@pytest.mark.parametrize("state", ["", "xyz", "W10=", "é", "bnVsbA=="])
@pytest.mark.usefixtures("nobody")
def test_an_answer_with_a_state_that_is_not_the_browsers(door, browser, lan, state):
    answer = answer_of(door, browser, lan)
    kept = browser.cookies.copy()
    asked = {"code": parse_qs(urlsplit(answer).query)["code"], "state": state}
    told(browser.get(f"{door.address}/hub/oauth_callback", params=asked, timeout=60), 400, LOST)
    finish(answer, kept)


def test_an_answer_counts_once(door, browser, lan):
    answer = answer_of(door, browser, lan)
    kept = browser.cookies.copy()
    assert browser.get(answer, timeout=60).url == f"{door.address}/services/portal/"
    told(browser.get(answer, timeout=60), 400, LOST)
    browser.cookies = kept  # whoever copied the browser's memory in between
    told(browser.get(answer, timeout=60), 403, NOT_BELIEVED)


@pytest.mark.usefixtures("nobody")
def test_who_says_no_at_the_provider_is_told_how_to_go_on(door, browser):
    page = browser.get(f"{door.address}/hub/oauth_callback?error=access_denied&state=x", timeout=60)
    told(page, 403, "Bạn chưa đồng ý ở trang tài khoản của phường")


@pytest.mark.usefixtures("nobody")
def test_a_provider_that_is_away(door, browser, tamper, lan):
    answer = answer_of(door, browser, lan)
    kept = browser.cookies.copy()
    tamper(away=True)
    told(browser.get(answer, timeout=60), 503, "Bạn chờ ít phút rồi thử lại")
    tamper()
    finish(answer, kept)


# LTI 1.3

NEW = {"sub": "moodle-la", "name": "Đỗ Văn Lạ"}
REFUSED = "Bạn đóng trang này rồi mở lại bài từ Moodle của trường"


@pytest.fixture
def changed(door):
    """Return a function that says what the platform's next tokens look like, until the test ends."""

    def change(claims=None, way=""):
        door.platform.changed = claims or {}
        door.platform.forge = way and (lambda made: forged(made, door.platform.key, KID, way))

    yield change
    change()


@pytest.mark.parametrize(
    ("claims", "status", "words"),
    [
        ({"aud": "another-tool"}, 403, REFUSED),
        ({"aud": ["tool-1", "another-tool"]}, 403, REFUSED),
        ({"iss": "https://evil.example"}, 403, REFUSED),
        ({"exp": LONG_AGO}, 403, REFUSED),
        ({"iat": LONG_AGO}, 403, REFUSED),
        ({"nonce": "x"}, 400, REFUSED[-12:]),
        ({"nonce": None}, 403, REFUSED),
        ({f"{CLAIM}version": "1.1"}, 403, REFUSED),
        ({f"{CLAIM}message_type": "LtiSubmissionReviewRequest"}, 403, REFUSED),
        ({f"{CLAIM}deployment_id": "2"}, 403, "Bạn báo thầy cô phụ trách khóa học"),
        ({f"{CLAIM}deployment_id": None}, 403, REFUSED),
        ({"sub": ""}, 403, "Bạn đăng nhập ở đó trước"),
        ({"sub": None}, 403, "Bạn đăng nhập ở đó trước"),
    ],
    ids=str,
)
@pytest.mark.usefixtures("nobody")
def test_a_launch_that_is_not_genuine(door, browser, changed, claims, status, words):
    changed(claims)
    told(launch(door, browser, NEW), status, words)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.usefixtures("nobody")
def test_a_launch_that_the_platform_did_not_sign(door, browser, changed, way):
    changed(way=way)
    told(launch(door, browser, NEW), 403, REFUSED)


def fields_of(page):
    found = BeautifulSoup(page.text, "html.parser").find_all("input")
    return {one["name"]: one["value"] for one in found}


def test_a_launch_counts_once_and_only_in_the_browser_that_began_it(door, browser):
    fields = fields_of(browser.get(door.platform.launch_address(AN), timeout=60))
    kept = browser.cookies.copy()
    callback = f"{door.address}/hub/lti13/oauth_callback"
    with requests.Session() as other:
        told(other.post(callback, data=fields, timeout=60), 400, "Lần mở bài này đã dùng rồi")
    assert browser.post(callback, data=fields, timeout=60, allow_redirects=False).status_code == 302
    told(browser.post(callback, data=fields, timeout=60), 400, "Lần mở bài này đã dùng rồi")
    with requests.Session() as copied:
        copied.cookies = kept
        told(copied.post(callback, data=fields, timeout=60), 400, "Lần mở bài này đã dùng rồi")


@pytest.mark.usefixtures("nobody")
def test_a_launch_with_another_state(door, browser):
    fields = fields_of(browser.get(door.platform.launch_address(NEW), timeout=60))
    page = browser.post(f"{door.address}/hub/lti13/oauth_callback", data=fields | {"state": "x"}, timeout=60)
    told(page, 400, "Lần mở bài này đã dùng rồi")


@pytest.mark.parametrize("query", ["iss=https://evil.example", "client_id=another", "login_hint="])
@pytest.mark.usefixtures("nobody")
def test_a_launch_from_a_platform_that_nobody_named(door, browser, query):
    right = f"iss={door.platform.address}&login_hint=1&target_link_uri=x"
    name = query.partition("=")[0]
    others = "&".join(one for one in right.split("&") if not one.startswith(f"{name}="))
    page = browser.get(f"{door.address}/hub/lti13/oauth_login?{others}&{query}", timeout=60)
    told(page, 400, "Bạn mở bài từ Moodle của trường")


@pytest.mark.parametrize(
    "lesson", ["level1/99-khong-co", "level9/02-lenh-bon-phan", "level1/..%2f02-lenh-bon-phan"]
)
@pytest.mark.usefixtures("nobody")
def test_a_link_to_a_lesson_that_is_not_there(door, browser, lesson):
    told(launch(door, browser, NEW, f"{door.address}/hub/bai/{lesson}"), 404, "Bạn báo thầy cô gắn lại bài")


def test_a_link_to_a_lesson_for_somebody_whose_account_is_closed(door, browser):
    person = {"sub": "moodle-dong", "name": "Phan Văn Đóng"}
    with requests.Session() as before:
        launch(door, before, person)
    with session(door.engine) as db:
        db.scalars(select(Person).where(Person.display_name == "Phan Văn Đóng")).one().active = False
    there = everybody(door)
    page = launch(door, browser, person, f"{door.address}/hub/bai/level1/02-lenh-bon-phan")
    told(page, 403, "Tài khoản này đã đóng. Bạn hãy hỏi huấn luyện viên")
    assert everybody(door) == there


@pytest.mark.usefixtures("nobody")
def test_a_learner_links_nothing(door, browser):
    page = launch(door, browser, NEW, kind="LtiDeepLinkingRequest", roles=("Learner",))
    told(page, 403, "Chỉ thầy cô mới gắn được bài")


@pytest.mark.parametrize("state", ["", "x", "2|1:0|10:1|13:lti-deep-link|4:e30=|" + "0" * 64])
@pytest.mark.usefixtures("nobody")
def test_a_forged_request_to_link(door, browser, state):
    page = browser.get(f"{door.address}/hub/lti13/chon-bai", params={"state": state}, timeout=60)
    told(page, 400, "Bạn mở lại việc chọn bài từ Moodle của trường")


def test_pages_of_a_launch_stand_in_the_platforms_frame_and_in_no_other(door, browser):
    page = browser.get(f"{door.address}/hub/lti13/chon-bai", timeout=60)
    assert f"frame-ancestors {door.platform.address};" in page.headers["Content-Security-Policy"]
    page = browser.get(f"{door.address}/hub/login", timeout=60)
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


# One phone, two people


def test_who_comes_after_somebody_else_gets_a_session_of_their_own(door, browser):
    launch(door, browser, AN)
    assert me(door, browser)["display_name"] == "Trần Văn An"
    mine = browser.cookies["jupyterhub-session-id"]
    launch(door, browser, AN)
    assert browser.cookies["jupyterhub-session-id"] == mine, "the same person goes on where they were"
    launch(door, browser, {"sub": "moodle-43", "name": "Vũ Thị Sáu"})
    assert browser.cookies["jupyterhub-session-id"] != mine
    assert me(door, browser)["display_name"] == "Vũ Thị Sáu"
