"""Coming in by the school's own account, through a real OpenID provider, and from a learning platform."""

import re
from urllib.parse import urlsplit

import pytest
import requests
from sqlalchemy import select

from courses import clock
from courses.school.db import session
from courses.school.joining import renew_class_code
from courses.school.models import ClassCode, Group, Login, Person, SignUp
from courses.school.people import find_person
from hub_config.signin.pages import ENOUGH_ASKED
from hub_config.signin.throttle import ASKED_PER_ADDRESS
from tests.hub_config.signin.conftest import AN, GOOD, launch, me, submit, text_of, through_provider

pytestmark = pytest.mark.e2e

LESSON = "level1/02-lenh-bon-phan"
PHONE = "0912 345 678"


def class_code(door):
    with session(door.engine) as db:
        renew_class_code(db, find_person(db, "hung"), "to-1", clock.now())
        return db.scalars(select(ClassCode.code)).one()


def sign_up(door, browser, **values):
    page = browser.get(f"{door.address}/hub/dang-ky", timeout=60)
    typed = {"display_name": "Nguyễn Thị Lan", "password": GOOD, "again": GOOD}
    return submit(browser, page, **typed | values)


def sign_in(door, browser, name, password=GOOD):
    page = browser.get(f"{door.address}/hub/login", timeout=60)
    return submit(browser, page, username=name, password=password)


def named(door, name):
    with session(door.engine) as db:
        return db.scalars(select(Person).where(Person.display_name == name)).all()


# Own accounts


def test_a_class_code_and_a_phone_number_lead_straight_in(door, browser):
    page = sign_up(door, browser, code=class_code(door).lower(), login=PHONE)
    assert page.url == f"{door.address}/services/portal/"
    seen = me(door, browser)
    assert seen["display_name"] == "Nguyễn Thị Lan"
    assert re.fullmatch(r"bd-[a-z0-9]{10}", seen["username"])
    with requests.Session() as other:
        assert sign_in(door, other, "+84 912-345-678").url == f"{door.address}/services/portal/"
        assert me(door, other)["username"] == seen["username"]


def test_a_phone_number_is_on_no_page_and_in_no_log_or_file(door, browser):
    sign_up(door, browser, code="2222-2222", login="0987 654 321")
    sign_up(door, browser, code=class_code(door), login="0987654321", display_name="Lê Điện Thoại")
    with requests.Session() as other:
        pages = [sign_in(door, other, typed, "sai mật khẩu nhé") for typed in ("0987654321", "0987.654.321")]
        pages.append(other.post(f"{door.address}/hub/login", data={"username": "0987654321"}, timeout=60))
    pages += [
        browser.get(f"{door.address}/services/portal/{path}", timeout=60)
        for path in ("", "tai-khoan", "api/me")
    ]
    with requests.Session() as trainer:
        sign_in(door, trainer, "hung")
        pages.append(trainer.get(f"{door.address}/services/portal/lop", timeout=60))
    secret = re.compile(rb"987[ .-]?654[ .-]?321")
    assert not [page.url for page in pages if secret.search(page.content)]
    files = [
        path for path in door.hub.data.rglob("*") if path.is_file() and path.suffix not in {".ipynb", ".svg"}
    ]
    assert not [path for path in files if secret.search(path.read_bytes())]
    assert not [line for line in door.hub.lines if secret.search(line.encode())]


def test_without_a_code_a_trainer_answers_first(door, browser):
    page = sign_up(door, browser, login="hai.le", display_name="Lê Thị Hai", group="to-1")
    assert "Bạn chờ một chút nhé" in text_of(page)
    assert "Bạn chờ một chút nhé" in text_of(sign_in(door, browser, "hai.le"))
    assert "chưa đúng" in text_of(sign_in(door, browser, "hai.le", "mật khẩu khác hẳn"))
    assert named(door, "Lê Thị Hai") == []
    with requests.Session() as trainer:
        sign_in(door, trainer, "hung")
        lop = trainer.get(f"{door.address}/services/portal/lop", timeout=60)
        number = re.search(r"lop/xin-vao/(\d+)", lop.text)[1]
        token = re.search(r'name="_xsrf" value="([^"]+)"', lop.text)[1]
        answer = {"_xsrf": token, "to": "to-1", "tra-loi": "nhan"}
        trainer.post(f"{door.address}/services/portal/lop/xin-vao/{number}", data=answer, timeout=60)
    assert sign_in(door, browser, "hai.le").url == f"{door.address}/services/portal/"
    assert me(door, browser)["display_name"] == "Lê Thị Hai"


def test_who_waits_may_use_a_code_given_later(door, browser):
    typed = {"login": "ba.tran", "display_name": "Trần Thị Ba"}
    sign_up(door, browser, **typed, group="to-2")
    code = class_code(door)
    page = sign_up(door, browser, **typed, code=code, password="bốn mùa nước lớn", again="bốn mùa nước lớn")
    assert "đang chờ được nhận vào lớp" in text_of(page), "a stranger takes nobody's name"
    page = sign_up(door, browser, **typed, code=code)
    assert page.url == f"{door.address}/services/portal/"
    assert me(door, browser)["display_name"] == "Trần Thị Ba"
    with session(door.engine) as db:
        assert db.scalars(select(SignUp).where(SignUp.login == "ba.tran")).all() == []
        joined = db.scalars(select(Group.code).join(Person).where(Person.display_name == "Trần Thị Ba")).all()
        assert joined == ["to-1"]


def test_the_page_that_says_wait_takes_a_code(door, browser):
    sign_up(door, browser, login="tu.ho", display_name="Hồ Thị Tư")
    page = sign_in(door, browser, "tu.ho")
    assert submit(browser, page, code=class_code(door)).url == f"{door.address}/services/portal/"
    with requests.Session() as other:
        page = sign_in(door, other, "quan", "không phải của tôi")
        token = re.search(r'name="_xsrf" value="([^"]+)"', page.text)[1]
        form = {"_xsrf": token, "proof": "tu.ho", "code": class_code(door)}
        page = other.post(f"{door.address}/hub/ma-lop", data=form, timeout=60)
    assert page.status_code == 403
    assert "để đã lâu" in text_of(page)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"password": "matkhau123", "again": "matkhau123"}, "dễ bị đoán"),
        ({"password": "Nguyen1990", "again": "Nguyen1990"}, "dễ bị đoán"),
        ({"password": "qwerty12345", "again": "qwerty12345"}, "dễ bị đoán"),
        ({"password": "ngắn", "again": "ngắn"}, "ít nhất 8"),
        ({"again": "khác"}, "chưa giống nhau"),
        ({"login": "hung"}, "đã có người dùng"),
        ({"login": "không dấu"}, "3 đến 32"),
        ({"display_name": "Lan 0912345678"}, "đừng ghi số điện thoại"),
        ({"code": "AAAA-AAAA"}, "Mã lớp chưa đúng"),
    ],
)
def test_a_refused_sign_up_says_what_to_mend(door, browser, values, said):
    page = sign_up(door, browser, **{"login": "lan.moi", "group": "to-1"} | values)
    assert page.status_code == 403
    assert said in text_of(page)
    with session(door.engine) as db:
        assert db.scalars(select(SignUp).where(SignUp.login == "lan.moi")).all() == []


def test_a_form_of_another_site_signs_nobody_up(door, browser):
    form = {"login": "lan.la", "display_name": "Lan", "password": GOOD, "again": GOOD}
    assert browser.post(f"{door.address}/hub/dang-ky", data=form, timeout=60).status_code == 403


def test_guessing_a_password_is_slowed_down_for_known_and_unknown_names_alike(door, browser):
    for name in ("hv1", "khong.co.ai"):
        pages = [sign_in(door, browser, name, f"đoán lần {number}") for number in range(11)]
        assert [page.status_code for page in pages] == [403] * 10 + [429]
        assert "Bạn chờ 15 phút rồi thử lại" in text_of(pages[-1])
    assert sign_in(door, browser, "hv1").status_code == 429, "not even the right one, for a while"
    assert sign_in(door, browser, "quan").status_code == 200, "others are not held up"


def activate(door, browser, name, code):
    page = browser.get(f"{door.address}/hub/kich-hoat", timeout=60)
    return submit(browser, page, username=name, code=code, password=GOOD, again=GOOD)


@pytest.mark.parametrize(
    "guess",
    [
        lambda door, browser, code: activate(door, browser, "moi.doan", code),
        lambda door, browser, code: sign_up(door, browser, login="lan.doan", code=code),
    ],
    ids=["the code on a slip", "the code of a class"],
)
def test_guessing_a_code_is_slowed_down(door, browser, guess, request):
    """Ten tries for one name; whoever tries at another address is not held up by it."""
    browser.headers["X-Forwarded-For"] = f"203.0.113.{1 + len(request.node.name) % 200}"
    pages = [guess(door, browser, f"AAAA-{number:04}") for number in range(11)]
    assert [page.status_code for page in pages] == [403] * 10 + [429]
    assert "Bạn chờ 15 phút rồi thử lại" in text_of(pages[-1])
    browser.headers["X-Forwarded-For"] = "203.0.113.250"
    assert sign_in(door, browser, "quan").status_code == 200


def test_strangers_without_a_code_are_slowed_down_by_their_address(door, browser):
    """Forty may ask from one place in a quarter of an hour, whatever became of what they asked."""
    browser.headers["X-Forwarded-For"] = "203.0.113.251"
    refused = sign_up(door, browser, login="khong hop le", group="to-1")
    assert refused.status_code == 403
    pages = [sign_up(door, browser, login=f"la {n}", group="to-1") for n in range(ASKED_PER_ADDRESS)]
    assert ENOUGH_ASKED not in text_of(pages[-2])
    assert ENOUGH_ASKED in text_of(pages[-1])


# OpenID Connect


def test_the_sign_in_page_offers_every_door(door, browser):
    page = browser.get(f"{door.address}/hub/login", timeout=60)
    assert 'href="/hub/oauth_login"' in page.text
    assert "Đăng nhập bằng tài khoản của phường" in text_of(page)
    assert "Học qua Moodle của trường" in text_of(page)


def test_a_person_of_the_roster_comes_in_through_the_provider(door, browser):
    page = through_provider(door, browser, "lan")
    assert page.url == f"{door.address}/services/portal/"
    assert me(door, browser)["username"] == "hv1"
    with session(door.engine) as db:
        values = {value for value in db.scalars(select(Login.value)) if value.startswith(("oidc:", "hv1"))}
    assert len(values) == 2, "the old user name goes on working beside the new way"


def test_a_stranger_from_the_provider_waits_for_an_answer(door, browser):
    page = through_provider(door, browser, "moi")
    assert "Bạn chờ một chút nhé" in text_of(page)
    with session(door.engine) as db:
        asked = db.scalars(select(SignUp).where(SignUp.display_name == "Lê Văn Mới")).one()
        assert (asked.login[:5], asked.password_hash) == ("oidc:", None)


def test_a_stranger_who_waits_comes_in_with_a_code_given_later(door, browser):
    page = through_provider(door, browser, "moi")
    page = submit(browser, page, code="AAAA-AAAA")
    assert page.status_code == 403
    assert "Mã lớp chưa đúng" in text_of(page)
    page = submit(browser, page, code=class_code(door))
    assert page.url == f"{door.address}/services/portal/"
    assert me(door, browser)["display_name"] == "Lê Văn Mới"
    with session(door.engine) as db:
        assert db.scalars(select(SignUp).where(SignUp.display_name == "Lê Văn Mới")).all() == []
    with requests.Session() as other:
        assert through_provider(door, other, "moi").url == f"{door.address}/services/portal/"


def test_signing_out_ends_the_session_at_the_provider_too(door, browser):
    through_provider(door, browser, "lan")
    assert browser.get(f"{door.address}/hub/oauth_login", timeout=60).url.startswith(door.address), (
        "as long as nobody signs out, the provider asks for nothing"
    )
    page = browser.get(f"{door.address}/hub/logout", timeout=60)
    assert page.url == f"{door.address}/hub/da-ra"
    assert "Bạn đã ra khỏi lớp và khỏi tài khoản của phường" in text_of(page)
    assert "/hub/login" in browser.get(f"{door.address}/services/portal/", timeout=60).url
    page = browser.get(f"{door.address}/hub/oauth_login", timeout=60)
    assert page.url.startswith(door.issuer)
    assert 'name="login"' in page.text, "the next person on this phone must say who they are"


def test_when_the_hub_has_forgotten_the_token_the_provider_asks(door, browser):
    through_provider(door, browser, "lan")
    (mine,) = [cookie for cookie in browser.cookies if cookie.name == "bdhai-oidc"]
    mine.value = "from-before-a-restart"
    page = browser.get(f"{door.address}/hub/logout", timeout=60)
    assert page.url.startswith(f"{door.issuer}/oauth/end_session?")
    submit(browser, page, answer="logout")
    assert 'name="login"' in browser.get(f"{door.address}/hub/oauth_login", timeout=60).text


def test_signing_out_while_the_provider_is_away_says_what_is_still_open(door, browser, tamper):
    through_provider(door, browser, "lan")
    tamper(away=True)
    page = browser.get(f"{door.address}/hub/logout", timeout=60)
    assert page.status_code == 200
    assert "tài khoản của phường có thể vẫn còn mở trên máy này" in text_of(page)
    assert "/hub/login" in browser.get(f"{door.address}/services/portal/", timeout=60).url


def test_who_came_by_an_own_account_signs_out_here_only(door, browser):
    sign_in(door, browser, "quan")
    assert browser.get(f"{door.address}/hub/logout", timeout=60).url == f"{door.address}/hub/login"


# LTI 1.3


def test_a_launch_opens_the_lesson_that_it_links_to(door, browser):
    page = browser.get(door.platform.launch_address(AN, f"{door.address}/hub/bai/{LESSON}"), timeout=60)
    form = page.url
    assert urlsplit(form).path == "/auth", page.text
    soup_fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
    reply = browser.post(
        f"{door.address}/hub/lti13/oauth_callback", data=soup_fields, timeout=60, allow_redirects=False
    )
    assert (reply.status_code, reply.headers["Location"]) == (302, f"/hub/bai/{LESSON}")
    lesson = browser.get(f"{door.address}/hub/bai/{LESSON}", timeout=60, allow_redirects=False)
    assert lesson.headers["Location"] == f"/hub/user-redirect/voila/render/{LESSON}/02-lenh-bon-phan.ipynb"
    seen = me(door, browser)
    assert seen["display_name"] == "Trần Văn An"
    assert re.fullmatch(r"bd-[a-z0-9]{10}", seen["username"])


def test_the_same_person_is_recognised_at_the_next_launch(door, browser):
    launch(door, browser)
    with requests.Session() as other:
        launch(door, other)
        assert me(door, other)["username"] == me(door, browser)["username"]
    assert len(named(door, "Trần Văn An")) == 1


@pytest.mark.parametrize(
    "target", ["https://evil.example/hub/home", "https://evil.example/", "//evil.example"]
)
def test_a_launch_leads_nowhere_else(door, browser, target):
    page = launch(door, browser, target=target)
    assert page.url == f"{door.address}/services/portal/"


def test_behind_tls_the_memory_of_a_launch_crosses_sites(door, browser):
    query = f"iss={door.platform.address}&login_hint=1&target_link_uri=x"
    reply = browser.get(
        f"{door.address}/hub/lti13/oauth_login?{query}",
        headers={"X-Forwarded-Proto": "https"},
        allow_redirects=False,
        timeout=60,
    )
    cookies = [line for line in reply.raw.headers.getlist("Set-Cookie") if "lti13authenticator" in line]
    assert len(cookies) == 2
    assert all("SameSite=None" in line and "Secure" in line for line in cookies)


def test_a_teacher_links_a_lesson_and_a_learner_opens_it(door, browser):
    before = len(door.platform.links)
    page = launch(door, browser, {"sub": "moodle-1"}, kind="LtiDeepLinkingRequest", roles=("Instructor",))
    assert "Chọn bài để gắn vào khóa học" in text_of(page)
    page = submit(browser, page, lesson=LESSON)
    assert f"form-action 'self' {door.platform.address}" in page.headers["Content-Security-Policy"]
    page = submit(browser, page)
    assert page.text == "Đã gắn bài vào khóa học"
    (link,) = door.platform.links[before:]
    assert link == {
        "type": "ltiResourceLink",
        "title": "Lệnh bốn phần – Vai, Việc, Bối cảnh, Định dạng",
        "url": f"{door.address}/hub/bai/{LESSON}",
    }
    with requests.Session() as learner:
        page = learner.get(door.platform.launch_address(AN, link["url"]), timeout=60)
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
        reply = learner.post(
            f"{door.address}/hub/lti13/oauth_callback", data=fields, timeout=60, allow_redirects=False
        )
        assert reply.headers["Location"] == f"/hub/bai/{LESSON}"


def test_a_lessons_address_asks_to_sign_in_first(door, browser):
    page = browser.get(f"{door.address}/hub/bai/{LESSON}", timeout=60)
    assert urlsplit(page.url).path == "/hub/login"
    assert "next=" in page.url
