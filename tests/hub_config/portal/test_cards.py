"""Review cards through the real portal: due the day after, once a day each, by API and by page."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select, update

from courses.clock import now, programme_day
from courses.school.db import session
from courses.school.models import CardReview, Submission

LESSON = "level1/01-ai-doan-chu"
CARD = {"lesson": LESSON, "card": 1, "grade": "good"}


@pytest.fixture
def days_pass(engine):
    """Move everything that was handed in or answered into the past."""

    def move(days: int) -> None:
        with session(engine) as opened:
            opened.execute(update(Submission).values(submitted_at=now() - timedelta(days=days)))
            for row in opened.scalars(select(CardReview)).all():
                row.at -= timedelta(days=days)
                row.day -= timedelta(days=days)

    return move


def test_before_the_first_lesson_there_are_no_cards(api):
    assert api("lan").get("api/cards").json() == {"learned": 0, "cards": [], "next_on": None}


def test_the_cards_of_a_lesson_are_due_the_day_after_it_was_handed_in(api, hand_in, days_pass, lessons):
    hand_in("lan")
    tomorrow = programme_day(now()) + timedelta(days=1)
    assert api("lan").get("api/cards").json() == {"learned": 1, "cards": [], "next_on": tomorrow.isoformat()}
    days_pass(1)
    due = api("lan").get("api/cards").json()["cards"]
    assert [(one["card"], one["q"], one["a"]) for one in due] == [
        (place, card.q, card.a) for place, card in enumerate(lessons[LESSON].cards, 1)
    ]
    assert api("an").get("api/cards").json()["cards"] == []


def test_an_answer_counts_once_a_day(api, hand_in, days_pass, engine):
    hand_in("lan")
    days_pass(1)
    first = api("lan").post("api/cards", json=CARD)
    again = api("lan").post("api/cards", json={**CARD, "grade": "again"})
    assert (first.status_code, again.json()) == (200, first.json())
    assert first.json()["left"] == 2
    assert first.json()["next_on"] > (programme_day(now()) + timedelta(days=1)).isoformat()
    with session(engine) as opened:
        assert [row.grade for row in opened.scalars(select(CardReview))] == ["good"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 422),
        ({"card": 4}, 422),
        ({"lesson": "level1/99-x"}, 422),
        ({"grade": "easy"}, 422),
        ({"card": 0}, 422),
    ],
)
def test_a_card_that_is_not_due_is_not_taken(api, hand_in, engine, change, status):
    hand_in("lan")  # today: its cards come tomorrow
    reply = api("lan").post("api/cards", json={**CARD, **change})
    assert reply.status_code == status
    with session(engine) as opened:
        assert opened.scalars(select(CardReview)).all() == []


def test_the_page_goes_through_the_cards_without_a_script(browser_of, hand_in, days_pass):
    lan = browser_of("lan")
    assert "Bạn chưa nộp bài nào" in lan.get("on-tap").text
    hand_in("lan")
    days_pass(1)
    assert "3 thẻ đến hạn hôm nay" in lan.get("").text
    page, questions = lan.get("on-tap").text, []
    for grade in ("good", "again", "good"):
        form = BeautifulSoup(page, "html.parser").find("form")
        questions.append(re.search(r'id="cau-hoi">([^<]+)', page)[1])
        fields = {each["name"]: each["value"] for each in form.find_all("input")}
        page = lan.post("on-tap", data={**fields, "grade": grade}).text
    assert all(one != two for one, two in pairwise(questions))
    tomorrow = programme_day(now()) + timedelta(days=1)
    assert f"Thẻ gần nhất trở lại ngày {tomorrow:%d/%m/%Y}" in page
    assert "thẻ đến hạn" not in lan.get("").text


@pytest.mark.parametrize(
    "form", [{}, {"lesson": LESSON, "card": "x", "grade": "good"}, {"lesson": LESSON, "card": "1"}]
)
def test_a_form_that_makes_no_sense_changes_nothing(browser_of, hand_in, days_pass, engine, form):
    hand_in("lan")
    days_pass(1)
    lan = browser_of("lan")
    token = BeautifulSoup(lan.get("on-tap").text, "html.parser").find("input")["value"]
    assert lan.post("on-tap", data={"_xsrf": token, **form}).status_code == 200
    with session(engine) as opened:
        assert opened.scalars(select(CardReview)).all() == []
