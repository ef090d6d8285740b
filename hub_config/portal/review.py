"""Review cards: which are due for a person today, and what they answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import cast

from sqlalchemy.orm import Session

from courses.clock import now, programme_day
from courses.lessons.model import Lesson
from courses.progress.cards import Grade, Learned, Review, schedule, today_cards
from courses.school.models import Person
from courses.school.reviews import first_submissions, reviews_of, store_review
from hub_config.portal.handler import PageHandler
from hub_config.portal.learning import Refusal
from hub_config.portal.shapes import CardRequest, CardsToday, DueCard, NextCard
from hub_config.portal.shelf import Shelf

_NOT_TODAY = "Thẻ này hôm nay chưa đến lượt ôn."


def cards_today(session: Session, person: Person, shelf: Shelf, at: datetime | None = None) -> CardsToday:
    """Return the cards that are due for a person on the programme's day of ``at`` (by default now)."""
    learned, reviews = _learned(session, person, shelf), _reviews(session, person)
    today = programme_day(at or now())
    due = today_cards(learned, reviews, today)
    later = [one.day for one in schedule(learned, reviews) if one.day > today]
    return CardsToday(
        learned=len(learned),
        cards=tuple(_due_card(shelf, one.lesson, one.card) for one in due),
        next_on=min(later, default=None),
    )


def answer_card(session: Session, person: Person, shelf: Shelf, asked: CardRequest) -> NextCard:
    """Store an answer and return when the card comes again; a second answer of one day changes nothing.

    Raises:
        Refusal: 422 when the card is not due today.
    """
    moment = now()
    today = programme_day(moment)
    known = any(
        (one.lesson, one.card, one.day) == (asked.lesson, asked.card, today)
        for one in _reviews(session, person)
    )
    if not known:
        due = cards_today(session, person, shelf, moment).cards
        if all((one.lesson, one.card) != (asked.lesson, asked.card) for one in due):
            raise Refusal(422, _NOT_TODAY)
        store_review(session, person, asked.lesson, asked.card, asked.grade, moment)
    left = cards_today(session, person, shelf, moment)
    return NextCard(
        lesson=asked.lesson,
        card=asked.card,
        next_on=_next(session, person, shelf, asked),
        left=len(left.cards),
    )


def _next(session: Session, person: Person, shelf: Shelf, asked: CardRequest) -> date:
    every = schedule(_learned(session, person, shelf), _reviews(session, person))
    found = [one.day for one in every if (one.lesson, one.card) == (asked.lesson, asked.card)]
    if not found:
        raise Refusal(422, _NOT_TODAY)  # the lesson lost this card since it was answered
    return found[0]


def _learned(session: Session, person: Person, shelf: Shelf) -> tuple[Learned, ...]:
    first = first_submissions(session, person)
    lessons = [shelf.find(key) for key in sorted(first)]
    return tuple(
        Learned(one.key, programme_day(first[one.key]), len(one.cards)) for one in lessons if one is not None
    )


def _reviews(session: Session, person: Person) -> tuple[Review, ...]:
    return tuple(
        Review(one.lesson, one.card, one.day, cast("Grade", one.grade)) for one in reviews_of(session, person)
    )


def _due_card(shelf: Shelf, key: str, number: int) -> DueCard:
    lesson = cast("Lesson", shelf.find(key))  # it was there when the cards were counted
    card = lesson.cards[number - 1]
    return DueCard(lesson=key, title=lesson.title, card=number, q=card.q, a=card.a)


class ReviewPage(PageHandler):
    """``/on-tap``: the due cards one by one, without any script."""

    async def get(self) -> None:
        """Show the first due card."""
        shelf = self.desk.shelf
        viewer, today = await self.ask(lambda session, person: cards_today(session, person, shelf))
        self.show("review.html", viewer, today=today)

    async def post(self) -> None:
        """Take an answer and go on; a card that is not due any more is passed over."""
        shelf = self.desk.shelf
        asked = self._asked()
        if asked is not None:
            await self.ask(lambda session, person: _answered(session, person, shelf, asked))
        self.redirect(f"{self.desk.prefix}on-tap", status=303)

    def _asked(self) -> CardRequest | None:
        card = self.get_body_argument("card", "")
        fields = {
            "lesson": self.get_body_argument("lesson", ""),
            "card": int(card) if card.isdecimal() and len(card) < 3 else 0,  # noqa: PLR2004 - below 100
            "grade": self.get_body_argument("grade", ""),
        }
        try:
            return CardRequest.model_validate(fields)
        except ValueError:
            return None


def _answered(session: Session, person: Person, shelf: Shelf, asked: CardRequest) -> None:
    try:
        answer_card(session, person, shelf, asked)
    except Refusal:
        return  # answered in another window meanwhile
