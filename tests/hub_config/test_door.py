"""The cookie that opens a learner's address: only there, only in that session, only for a while."""

import pytest

from hub_config.door import COOKIE, SESSION, ask_at, cookies_of, is_open, is_plain, is_program, sign

KEY, PLACE, NOW = "khoa", "/user/lan/", 1_000_000


def cookies(**changes):
    told = {"key": KEY, "place": PLACE, "session": "s1", "until": NOW + 10} | changes
    return {COOKIE: sign(**told), SESSION: "s1"}


def test_it_opens_the_address_that_it_was_given_for():
    assert is_open(KEY, PLACE, cookies(), NOW)
    assert is_open(KEY, "/user/lan", cookies(), NOW), "the proxy's routes end without a stroke"


@pytest.mark.parametrize(
    "change", [{"key": "other"}, {"place": "/user/lan2/"}, {"session": "s2"}, {"until": NOW - 1}]
)
def test_it_opens_nothing_else(change):
    assert not is_open(KEY, PLACE, cookies(**change), NOW)


@pytest.mark.parametrize(
    "shown", ["", "x", "1.2", "9" * 5000, f"{NOW + 10}.", "²." + "0" * 64, f"{NOW + 10}.ếế"]
)
def test_nonsense_opens_nothing(shown):
    assert not is_open(KEY, PLACE, {COOKIE: shown, SESSION: "s1"}, NOW)


def test_without_a_key_or_a_session_nothing_opens():
    assert not is_open("", PLACE, cookies(key=""), NOW)
    assert not is_open(KEY, PLACE, {COOKIE: sign(KEY, PLACE, "", NOW + 10)}, NOW)


def test_the_way_back_is_one_word_of_the_question():
    assert ask_at("/user/lan/lab?a=1&b=2#x") == "/hub/cua?next=/user/lan/lab%3Fa%3D1%26b%3D2%23x"


def test_cookies_are_read_as_they_are_and_the_last_of_a_name_counts():
    assert cookies_of(["a=1; b = x=y ;c", 'a="2"']) == {"a": '"2"', "b": "x=y", "c": ""}


@pytest.mark.parametrize("shown", ["", "token", "tokenx", "Basic bGFuOng=", "Negotiate x", "Digest token x"])
def test_what_a_browser_may_send_by_itself_is_no_token(shown):
    assert not is_program(shown)
    assert is_program("Token x")
    assert is_program("bearer x")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "*",
        "user/lan",
        "http://x/",
        "/a/../b",
        "/a/%2E./b",
        "/.",
        "/..",
        "/a\\b",
        "/a b",
        "/ế",
        "/a\x7f",
        "/a\n",
    ],
)
def test_an_address_that_reads_in_two_ways_is_none(path):
    assert not is_plain(path)
    assert all(map(is_plain, ("/", "/user/lan/", "/a/...", "/a/.b/..c/d.", "/%2f..%2fb", "//a", "/~[x]{y}")))
