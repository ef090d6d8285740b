"""What people type at the door: phone numbers in every spelling, user names, and the key that hides numbers."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from courses.school.logins import LoginError, Seal, login_of, new_login, open_seal, phone_number

SEAL = Seal(b"k" * 32)


@pytest.mark.parametrize(
    "typed",
    [
        "0912345678",
        " 0912 345 678 ",
        "0912.345.678",
        "+84912345678",
        "+84 912-345-678",
        "0084912345678",
        "84912345678",
    ],
)
def test_a_phone_number_is_one_number_in_every_spelling(typed):
    assert phone_number(typed) == "+84912345678"
    assert login_of(typed, SEAL) == login_of("0912345678", SEAL)


@pytest.mark.parametrize(
    "typed",
    ["", "091234567", "09123456789", "0112345678", "+1 650 253 0000", "001099012345", "lan", "12345678"],
)
def test_other_numbers_are_no_vietnamese_phone_number(typed):
    assert phone_number(typed) is None


def test_a_sealed_number_depends_on_the_key_and_shows_no_digit_of_it():
    sealed = login_of("0912345678", SEAL)
    assert sealed.startswith("phone:")
    assert len(sealed) == 6 + 64
    assert "912345678" not in sealed
    assert sealed != login_of("0912345678", Seal(b"x" * 32))


def test_nobody_types_a_sealed_value():
    assert login_of(SEAL.of("oidc", "x"), SEAL) != SEAL.of("oidc", "x")


@pytest.mark.parametrize(
    ("typed", "login"), [("Lan.Nguyen", "lan.nguyen"), (" lan_01 ", "lan_01"), ("to7-lan", "to7-lan")]
)
def test_a_user_name_is_small_letters(typed, login):
    assert new_login(typed, SEAL) == login


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "3 đến 32"),
        ("la", "3 đến 32"),
        ("a" * 33, "3 đến 32"),
        ("lan nguyễn", "3 đến 32"),
        ("lan@example.com", "3 đến 32"),
        ("-lan", "3 đến 32"),
        ("12345678", "có ít nhất một chữ"),
        ("001099012345", "có ít nhất một chữ"),
        ("lan0912345678", "số điện thoại hoặc số giấy tờ"),
        ("lan.001099012345", "số điện thoại hoặc số giấy tờ"),
        ("phone:0912", "3 đến 32"),
    ],
)
def test_a_name_that_is_no_name_or_tells_a_number_is_refused(typed, said):
    with pytest.raises(LoginError, match=said):
        new_login(typed, SEAL)


def test_the_key_is_drawn_once_and_only_its_owner_reads_it(tmp_path):
    folder = tmp_path / "secrets"
    with ThreadPoolExecutor(8) as threads:
        seals = set(threads.map(open_seal, [folder] * 16))
    assert len(seals) == 1
    assert len(seals.pop().key) == 32
    assert stat.S_IMODE((folder / "login.key").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["login.key"]
