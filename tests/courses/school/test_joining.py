"""Joining by a class's code or by asking: who may answer, and what is never stored."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from courses.school import accounts, passwords
from courses.school.joining import (
    CODE_LIVES,
    JoiningError,
    Newcomer,
    WrongCodeError,
    approve,
    ask_to_join,
    class_code,
    close_class_code,
    display_name,
    join_with_code,
    refuse,
    renew_class_code,
    waiting_for,
)
from courses.school.logins import Seal, find_by_login, login_of, new_login, shown_login
from courses.school.models import Account, Base, ClassCode, Person, SignUp, TrainerGroup

SEAL = Seal(b"k" * 32)
PHONE = "0912 345 678"
GOOD = "chè xanh Tân Cương"


@pytest.fixture
def ward(db, add_person, add_group):
    """Two groups, a trainer of the first, an administrator, an official."""
    one, two = add_group(db, 1), add_group(db, 2)
    trainer = add_person(db, "hung", "trainer")
    db.add(TrainerGroup(person_id=trainer.id, group_id=one.id))
    db.flush()
    return {
        "to-1": one,
        "to-2": two,
        "trainer": trainer,
        "administrator": add_person(db, "quan", "administrator"),
        "official": add_person(db, "chu", "official"),
    }


def newcomer(typed=PHONE, name="Nguyễn Thị Lan"):
    return Newcomer(new_login(typed, SEAL), name, "citizen", passwords.hash_password(GOOD))


def code_of(db, ward, now, group="to-1"):
    assert renew_class_code(db, ward["trainer"], group, now)
    return class_code(db, ward[group], now).code


def test_the_code_of_a_class_lets_a_learner_in_at_once(db, ward, now):
    code = code_of(db, ward, now)
    person = join_with_code(db, code.lower().replace("-", " "), newcomer(), now)
    assert (person.role, person.group_id, person.active) == ("learner", ward["to-1"].id, True)
    assert accounts.authenticate(db, login_of("+84 912.345.678", SEAL), GOOD, now) is person


def test_nothing_of_a_phone_number_is_in_the_database(db, ward, now):
    person = join_with_code(db, code_of(db, ward, now), newcomer(), now)
    ask_to_join(db, newcomer("0987654321"), "to-2", now)
    rows = [row for table in Base.metadata.sorted_tables for row in db.execute(select(table)).all()]
    everything = repr(rows)
    assert "345678" not in everything
    assert "7654321" not in everything
    assert shown_login(db, person) == "số điện thoại của người học (lớp không lưu số)"


def test_the_hubs_user_name_says_nothing_of_the_person(db, ward, now):
    code = code_of(db, ward, now)
    lan = join_with_code(db, code, newcomer("lan.nguyen"), now)
    an = join_with_code(db, code, newcomer(), now)
    assert lan.username != an.username
    for person in (lan, an):
        assert person.username.startswith("bd-")
        assert len(person.username) == 13
    assert find_by_login(db, "lan.nguyen") is lan
    assert find_by_login(db, lan.username) is None, "the hub's name is no key to the door"


@pytest.mark.parametrize("code", ["", "AAAA-AAAA", "x" * 500])
def test_another_code_lets_nobody_in(db, ward, now, code):
    code_of(db, ward, now)
    with pytest.raises(WrongCodeError, match="Mã lớp chưa đúng"):
        join_with_code(db, code, newcomer(), now)


def test_a_renewed_a_closed_and_an_old_code_no_longer_work(db, ward, now):
    first = code_of(db, ward, now)
    second = code_of(db, ward, now)
    assert first != second
    for code, at in ((first, now), (second, now + CODE_LIVES)):
        with pytest.raises(WrongCodeError):
            join_with_code(db, code, newcomer(), at)
    assert class_code(db, ward["to-1"], now + CODE_LIVES) is None
    assert close_class_code(db, ward["trainer"], "to-1")
    with pytest.raises(WrongCodeError):
        join_with_code(db, second, newcomer(), now)


def test_a_trainer_makes_codes_for_their_own_groups_only(db, ward, now):
    for viewer, group in (("trainer", "to-2"), ("official", "to-1"), ("administrator", "to-9")):
        assert not renew_class_code(db, ward[viewer], group, now)
        assert not close_class_code(db, ward[viewer], group)
    assert not db.scalars(select(ClassCode)).all()
    assert renew_class_code(db, ward["administrator"], "to-2", now)


@pytest.mark.usefixtures("ward")
def test_who_asks_is_no_person_before_the_answer(db, now):
    ask_to_join(db, newcomer(), "to-1", now)
    assert accounts.authenticate(db, login_of(PHONE, SEAL), GOOD, now) is None
    assert {person.username for person in db.scalars(select(Person))} == {"hung", "quan", "chu"}


def test_each_sees_who_waits_for_them(db, ward, now):
    for typed, group in (("lan.1", "to-1"), ("lan.2", "to-2"), ("lan.3", "không biết")):
        ask_to_join(db, newcomer(typed), group, now)
    seen = {
        name: [one.login for one in waiting_for(db, ward[name])]
        for name in ("trainer", "administrator", "official")
    }
    assert seen == {"trainer": ["lan.1"], "administrator": ["lan.1", "lan.2", "lan.3"], "official": []}


def test_an_approved_newcomer_signs_in_with_their_own_password(db, ward, now):
    asked = ask_to_join(db, newcomer(), "to-1", now)
    person = approve(db, ward["trainer"], asked.id, "to-1", now)
    assert person.group_id == ward["to-1"].id
    assert accounts.authenticate(db, login_of(PHONE, SEAL), GOOD, now) is person
    assert waiting_for(db, ward["administrator"]) == ()
    assert approve(db, ward["trainer"], asked.id, "to-1", now) is None, "an answer counts once"


def test_an_administrator_gives_a_group_to_who_named_none(db, ward, now):
    asked = ask_to_join(db, newcomer(), "", now)
    assert approve(db, ward["trainer"], asked.id, "to-1", now) is None
    assert approve(db, ward["administrator"], asked.id, "", now) is None
    assert approve(db, ward["administrator"], asked.id, "to-2", now).group_id == ward["to-2"].id


def test_a_trainer_answers_only_for_their_groups(db, ward, now):
    other = ask_to_join(db, newcomer(), "to-2", now)
    mine = ask_to_join(db, newcomer("lan.1"), "to-1", now)
    assert approve(db, ward["trainer"], other.id, "to-1", now) is None
    assert refuse(db, ward["trainer"], other.id) is None
    assert approve(db, ward["trainer"], mine.id, "to-2", now) is None
    assert refuse(db, ward["official"], mine.id) is None
    assert len(waiting_for(db, ward["administrator"])) == 2


def test_a_refusal_leaves_nothing_behind_and_the_name_free(db, ward, now):
    asked = ask_to_join(db, newcomer(), "to-1", now)
    assert refuse(db, ward["trainer"], asked.id) == "Nguyễn Thị Lan"
    assert not db.scalars(select(SignUp)).all()
    assert not db.scalars(select(Account)).all()
    assert ask_to_join(db, newcomer(), "to-1", now)


def test_nobody_takes_a_name_that_is_somebodys(db, ward, now):
    code = code_of(db, ward, now)
    join_with_code(db, code, newcomer(), now)
    ask_to_join(db, newcomer("lan.1"), "to-1", now)
    for typed in ("+84912345678", "lan.1", "hung"):
        with pytest.raises(JoiningError, match="đã có người dùng"):
            join_with_code(db, code, newcomer(typed), now)
        with pytest.raises(JoiningError, match="đã có người dùng"):
            ask_to_join(db, newcomer(typed), "to-1", now)


def test_old_questions_make_room(db, ward, now):
    ask_to_join(db, newcomer(), "to-1", now - timedelta(days=61))
    ask_to_join(db, newcomer("lan.1"), "to-1", now)
    assert [one.login for one in waiting_for(db, ward["administrator"])] == ["lan.1"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "ghi họ tên"),
        ("123", "ghi họ tên"),
        ("Lan 0912345678", "đừng ghi số điện thoại"),
        ("Lan +84 912 345 678", "đừng ghi số điện thoại"),
        ("Lan <b>", "chỉ gồm"),
        ("Lan\u202e", "chỉ gồm"),
        ("L" * 81, "dài nhất"),
    ],
)
def test_a_name_that_pages_may_not_show_is_refused(typed, said):
    with pytest.raises(JoiningError, match=said):
        display_name(typed)


def test_a_name_is_tidied():
    assert display_name("  Nguyễn   Thị Lan ") == "Nguyễn Thị Lan"
