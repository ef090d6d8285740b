"""The class page: the class's code, and the list of those who wait, with Approve and Refuse."""

import re

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from courses.clock import now
from courses.school.db import session
from courses.school.joining import Newcomer, ask_to_join
from courses.school.logins import Seal, new_login
from courses.school.models import ClassCode, Group, Login, Person, SignUp

SEAL = Seal(b"k" * 32)
PHONE = "0912345678"


@pytest.fixture
def asks(engine):
    def ask(name, group="to-1", typed=PHONE):
        with session(engine) as db:
            return ask_to_join(db, Newcomer(new_login(typed, SEAL), name, "citizen", "x"), group, now()).id

    return ask


def token(client, path="lop"):
    page = BeautifulSoup(client.get(path).text, "html.parser")
    return page.find("input", {"name": "_xsrf"})["value"]


def send(client, path, **fields):
    return client.post(path, data={"_xsrf": token(client), **fields})


def codes(engine):
    with session(engine) as db:
        found = db.execute(select(Group.code, ClassCode.code).join(Group, Group.id == ClassCode.group_id))
        return dict(list(found))


def test_a_trainer_gets_renews_and_ends_the_code_of_their_class(browser_of, engine):
    hung = browser_of("hung")
    assert "Tổ này chưa có mã lớp" in hung.get("lop").text
    page = send(hung, "lop/ma-lop", to="to-1")
    first = codes(engine)["to-1"]
    assert "Đã có mã lớp mới." in page.text
    assert first in page.text
    send(hung, "lop/ma-lop", to="to-1")
    second = codes(engine)["to-1"]
    assert second != first
    page = send(hung, "lop/ma-lop", to="to-1", tat="1")
    assert "Đã tắt mã lớp." in page.text
    assert second not in page.text
    assert codes(engine) == {}


@pytest.mark.parametrize(
    ("who", "group"), [("hung", "to-2"), ("lan", "to-1"), ("chu", "to-1"), ("quan", "to-9")]
)
def test_nobody_makes_a_code_for_a_class_that_is_not_theirs(browser_of, engine, who, group):
    client = browser_of(who)
    reply = client.post("lop/ma-lop", data={"_xsrf": token(client, "tai-khoan"), "to": group})
    assert reply.status_code == 404
    assert codes(engine) == {}


def test_a_form_from_another_site_changes_nothing(browser_of, engine, asks):
    number = asks("Lê Văn Mới")
    hung = browser_of("hung")
    assert hung.post("lop/ma-lop", data={"to": "to-1"}).status_code == 403
    assert hung.post(f"lop/xin-vao/{number}", data={"to": "to-1", "tra-loi": "nhan"}).status_code == 403
    assert codes(engine) == {}


def test_a_trainer_lets_somebody_in(browser_of, engine, asks):
    number = asks("Lê Văn Mới")
    hung = browser_of("hung")
    assert "1 người xin vào lớp" in hung.get("").text
    page = hung.get("lop")
    assert "Đang xin vào lớp (1)" in page.text
    page = send(hung, f"lop/xin-vao/{number}", to="to-1", trang="to-1", **{"tra-loi": "nhan"})
    assert "Đã nhận Lê Văn Mới vào lớp." in page.text
    assert "Đang xin vào lớp (0)" in page.text
    with session(engine) as db:
        person = db.scalars(select(Person).where(Person.display_name == "Lê Văn Mới")).one()
        assert (person.role, person.group.code) == ("learner", "to-1")
        assert db.scalars(select(Login.person_id)).all() == [person.id]
    learner = hung.get(f"lop/{person.username}").text
    assert "Đăng nhập bằng: số điện thoại của người học (lớp không lưu số)" in learner
    for page in (hung.get("lop").text, learner):
        assert PHONE not in page
        assert "phone:" not in page


def test_a_trainer_does_not_let_somebody_in(browser_of, engine, asks):
    number = asks("Lê Văn Mới")
    page = send(browser_of("hung"), f"lop/xin-vao/{number}", **{"tra-loi": "khong"})
    assert "Đã xóa lời xin của Lê Văn Mới." in page.text
    with session(engine) as db:
        assert db.scalars(select(SignUp)).all() == []


def test_each_sees_only_who_asked_for_their_class(browser_of, asks):
    asks("Lê Một", "to-1", "mot.le")
    asks("Lê Hai", "to-2", "hai.le")
    asks("Lê Ba", "", "ba.le")
    seen = {
        who: re.findall(r"<strong>(Lê \w+)</strong>, ([^<]+?) <", browser_of(who).get("lop").text)
        for who in ("hung", "binh", "quan")
    }
    assert seen == {
        "hung": [("Lê Một", "Tổ dân phố 1")],
        "binh": [("Lê Hai", "Tổ dân phố 2")],
        "quan": [("Lê Một", "Tổ dân phố 1"), ("Lê Hai", "Tổ dân phố 2"), ("Lê Ba", "chưa chọn tổ")],
    }


def test_a_trainer_cannot_answer_for_another_class(browser_of, engine, asks):
    number = asks("Lê Hai", "to-2")
    for answer in ("nhan", "khong"):
        page = send(browser_of("hung"), f"lop/xin-vao/{number}", to="to-1", **{"tra-loi": answer})
        assert "đã có người trả lời, hoặc tổ không phải của bạn" in page.text
    with session(engine) as db:
        assert len(db.scalars(select(SignUp)).all()) == 1


def test_a_hostile_name_stays_text(browser_of, engine, asks):
    asks("Lê Một")
    with session(engine) as db:
        db.scalars(select(SignUp)).one().display_name = "<script>alert(1)</script>"
    assert "<script>alert" not in browser_of("hung").get("lop").text


def test_an_unknown_answer_is_refused(browser_of, asks):
    number = asks("Lê Một")
    assert send(browser_of("hung"), f"lop/xin-vao/{number}", **{"tra-loi": "gi"}).status_code == 400


def test_a_trainer_gives_a_learner_a_new_code_for_a_forgotten_password(browser_of):
    hung = browser_of("hung")
    page = hung.post("lop/lan/ma-moi", data={"_xsrf": token(hung, "lop/lan")})
    assert re.search(r"Mã kích hoạt mới: <strong[^>]*>[2-9A-Z]{4}-[2-9A-Z]{4}</strong>", page.text)
    assert hung.post("lop/hoa/ma-moi", data={"_xsrf": token(hung, "lop/lan")}).status_code == 404
