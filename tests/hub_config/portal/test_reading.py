"""“Cách đọc” on the portal: chosen once, remembered by the browser for this person only, no script needed."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from courses.player.reading import Reading, cookie_name, read_cookie


@pytest.mark.parametrize(
    "reading",
    [Reading(), Reading(size=3, contrast=True, calm=True, aloud=False, clock=False), Reading(size=1)],
)
def test_a_cookie_gives_back_what_was_chosen(reading):
    assert read_cookie(reading.cookie()) == reading


@pytest.mark.parametrize("value", [None, "", "co-9", "co-1x.rong", "<script>", "...", "co--1"])
def test_an_unknown_cookie_changes_nothing(value):
    assert read_cookie(value) == Reading()


def test_a_persons_cookie_has_a_name_that_any_browser_takes():
    assert cookie_name("Nguyễn; Văn=A") != cookie_name("nam")
    assert all(letter.isalnum() or letter == "-" for letter in cookie_name("Nguyễn; Văn=A"))


def html_of(reply):
    return BeautifulSoup(reply.text, "html.parser").html


def test_every_page_follows_the_choice_and_only_for_its_person(browser_of):
    lan = browser_of("lan")
    page = lan.get("cach-doc")
    token = html_of(page).find("input", {"name": "_xsrf"})["value"]
    chosen = lan.post("cach-doc", data={"_xsrf": token, "size": "2", "contrast": "co"})
    assert (html_of(chosen)["data-size"], html_of(chosen)["data-contrast"]) == ("2", "more")
    assert html_of(chosen).find("input", {"name": "size", "checked": True})["value"] == "2"
    assert html_of(lan.get(""))["data-size"] == "2"
    assert "data-motion" not in html_of(lan.get("")).attrs
    an = browser_of("an")
    an.cookies.update({name: value for name, value in lan.cookies.items() if name == cookie_name("lan")})
    assert "data-size" not in html_of(an.get("")).attrs


def test_a_strange_size_is_the_usual_one_and_the_switches_of_lessons_stay(browser_of):
    lan = browser_of("lan")
    lan.cookies.set(cookie_name("lan"), Reading(clock=False).cookie(), path="/")
    token = html_of(lan.get("cach-doc")).find("input", {"name": "_xsrf"})["value"]
    page = html_of(lan.post("cach-doc", data={"_xsrf": token, "size": "99"}))
    assert "data-size" not in page.attrs
    assert page["data-clock"] == "off"
