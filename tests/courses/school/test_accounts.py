from __future__ import annotations

import re
import threading
import time
import unicodedata
from contextlib import suppress
from datetime import timedelta

import pytest

from courses.school import accounts, passwords
from courses.school.accounts import AccountError, activate, authenticate, new_activation_code
from courses.school.codes import ALPHABET, new_code, tidy_code
from courses.school.db import session
from courses.school.models import Account

GOOD = "chè xanh Tân Cương"


@pytest.fixture
def lan(engine, add_person):
    with session(engine) as db:
        person = add_person(db, "lan")
        accounts.set_password(db, person, GOOD)
    return person


def sign_in(engine, username, password, now):
    with session(engine) as db:
        return authenticate(db, username, password, now)


def test_the_right_password_signs_in(engine, lan, now):
    assert sign_in(engine, "lan", GOOD, now).id == lan.id


@pytest.mark.parametrize(
    ("username", "password"),
    [("lan", "chè xanh"), ("lan", ""), ("nobody", GOOD), ("", ""), ("lan\0", GOOD), ("\ud800", "\ud800")],
)
@pytest.mark.usefixtures("lan")
def test_anything_else_does_not(engine, now, username, password):
    assert sign_in(engine, username, password, now) is None


@pytest.mark.usefixtures("lan")
def test_a_password_typed_in_decomposed_letters_is_the_same(engine, now):
    assert sign_in(engine, "lan", unicodedata.normalize("NFD", GOOD), now)


def test_an_inactive_person_cannot_sign_in(engine, lan, now):
    with session(engine) as db:
        db.merge(lan).active = False
    assert sign_in(engine, "lan", GOOD, now) is None


def test_a_person_without_a_password_cannot_sign_in(engine, add_person, now):
    with session(engine) as db:
        new_activation_code(db, add_person(db, "moi"), now)
    assert sign_in(engine, "moi", "", now) is None


@pytest.mark.usefixtures("lan")
def test_ten_failures_lock_for_a_quarter_of_an_hour(engine, now):
    for _ in range(9):
        sign_in(engine, "lan", "sai", now)
    assert sign_in(engine, "lan", GOOD, now), "nine failures are forgiven by a success"
    for _ in range(10):
        sign_in(engine, "lan", "sai", now)
    assert sign_in(engine, "lan", GOOD, now + timedelta(minutes=14, seconds=59)) is None
    assert sign_in(engine, "lan", GOOD, now + timedelta(minutes=15, seconds=1))


def test_failures_that_come_together_all_count(engine, lan, now):
    threads = [threading.Thread(target=sign_in, args=(engine, "lan", "sai", now)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with session(engine) as db:
        assert db.get(Account, lan.id).failures == 8


@pytest.mark.usefixtures("lan")
def test_an_unknown_user_costs_the_same_work_as_a_known_one(engine, now):
    """Half the time would betray who exists; process time is not disturbed by other programs."""

    def cost(username):
        start = time.process_time()
        for _ in range(4):
            sign_in(engine, username, "sai rồi", now)
        return time.process_time() - start

    cost("nobody")
    assert 0.5 < cost("nobody") / cost("lan") < 2


def test_only_hashes_are_stored(engine, lan, now):
    with session(engine) as db:
        code = new_activation_code(db, db.merge(lan), now)
        account = db.get(Account, lan.id)
        stored = f"{account.password_hash} {account.activation_hash}"
    assert stored.count("$argon2id$") == 2
    assert GOOD not in stored
    assert code not in stored


def test_a_code_sets_a_password_once(engine, add_person, now):
    with session(engine) as db:
        code = new_activation_code(db, add_person(db, "moi"), now)
        activate(db, "moi", code, GOOD, now)
    assert sign_in(engine, "moi", GOOD, now)
    with session(engine) as db, pytest.raises(AccountError, match="mã đã dùng"):
        activate(db, "moi", code, "mật khẩu khác", now)


def test_a_code_may_be_typed_carelessly(engine, add_person, now):
    with session(engine) as db:
        code = new_activation_code(db, add_person(db, "moi"), now)
        assert activate(db, "moi", f" {code.lower().replace('-', ' ')} ", GOOD, now)


@pytest.mark.parametrize("how", ["wrong code", "other person's", "expired", "unknown person", "empty"])
def test_one_sentence_refuses_every_bad_code(engine, add_person, now, how):
    with session(engine) as db:
        code = new_activation_code(db, add_person(db, "moi"), now)
        other = new_activation_code(db, add_person(db, "khac"), now)
    tries = {
        "wrong code": ("moi", "AAAA-AAAA", now),
        "other person's": ("moi", other, now),
        "expired": ("moi", code, now + timedelta(days=30)),
        "unknown person": ("ai-do", code, now),
        "empty": ("moi", "", now),
    }
    username, typed, when = tries[how]
    with (
        session(engine) as db,
        pytest.raises(AccountError, match=r"^Mã kích hoạt hoặc tên đăng nhập chưa đúng"),
    ):
        activate(db, username, typed, GOOD, when)


def test_a_new_code_replaces_the_old_one_and_keeps_the_password(engine, lan, now):
    with session(engine) as db:
        old = new_activation_code(db, db.merge(lan), now)
        new_activation_code(db, db.merge(lan), now)
    assert sign_in(engine, "lan", GOOD, now)
    with session(engine) as db, pytest.raises(AccountError):
        activate(db, "lan", old, "một mật khẩu mới", now)


def test_guessing_codes_locks_the_account_too(engine, add_person, now):
    with session(engine) as db:
        code = new_activation_code(db, add_person(db, "moi"), now)
    for _ in range(10):
        with session(engine) as db, suppress(AccountError):
            activate(db, "moi", new_code(), GOOD, now)
    with session(engine) as db, pytest.raises(AccountError):
        activate(db, "moi", code, GOOD, now)


def test_a_weak_password_does_not_use_up_the_code(engine, add_person, now):
    with session(engine) as db:
        code = new_activation_code(db, add_person(db, "moi"), now)
        with pytest.raises(AccountError, match="ít nhất 8"):
            activate(db, "moi", code, "ngắn", now)
        assert activate(db, "moi", code, GOOD, now)


def test_one_code_serves_one_of_two_requests_that_come_together(engine, add_person, now):
    with session(engine) as db:
        code = new_activation_code(db, add_person(db, "moi"), now)
    outcomes = []

    def use(password):
        try:
            with session(engine) as db:
                activate(db, "moi", code, password, now)
            outcomes.append(password)
        except AccountError:
            outcomes.append(None)

    threads = [threading.Thread(target=use, args=(f"mật khẩu số {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [outcome for outcome in outcomes if outcome]
    assert len(outcomes) == 4
    assert len(winners) == 1
    assert sign_in(engine, "moi", winners[0], now)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("bảy ký7", "ít nhất 8"),
        ("x" * 201, "nhiều người dùng|dài nhất 200"),
        ("12345678", "nhiều người dùng"),
        ("MatKhau123", "nhiều người dùng"),
        ("mat khau 123", "nhiều người dùng"),
        ("aaaaaaaaaa", "nhiều người dùng"),
        ("1212121212", "nhiều người dùng"),
        ("toi-la-LAN-dep", "tên đăng nhập"),
        ("có xuống\ndòng", "không gõ được"),
        ("hỏng \ud800 mất rồi", "không gõ được"),
    ],
)
def test_passwords_that_are_refused_say_why(password, said):
    assert re.search(said, passwords.password_fault(password, "lan") or "")


@pytest.mark.parametrize("password", ["chè xanh 9", "Tám chữ!", "🌿🌿 lá chè 🌿", "x y z" * 40])
def test_passwords_that_are_good(password):
    assert passwords.password_fault(password, "lan") is None


def test_codes_have_forty_bits_and_no_signs_that_look_alike():
    assert len(set(ALPHABET)) ** 8 == 2**40
    assert not set(ALPHABET) & set("0O1I")
    codes = {new_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert all(tidy_code(code.lower().replace("-", "")) == code for code in codes)
