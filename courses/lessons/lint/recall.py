"""What makes a lesson stay: three review cards, and the teach-back as its last exercise."""

from __future__ import annotations

from collections.abc import Iterable

from courses.lessons.lint.finding import Finding, Subject
from courses.lessons.model import CARDS

_ANSWER_WORDS = 40  # what comes to mind in one breath; more is a page, not a card


def check_cards(subject: Subject) -> Iterable[Finding]:
    """Ask for the cards, for different questions, and for answers that fit a card."""
    cards = subject.lesson.cards
    line = subject.key_line("cards")
    if not cards:
        yield subject.error(line, f"thiếu cards: thêm đúng {CARDS} thẻ ôn, mỗi thẻ có q và a")
    if len({card.q for card in cards}) < len(cards):
        yield subject.error(line, "cards: có hai thẻ cùng một câu hỏi: đổi một thẻ")
    for card in cards:
        if len(card.a.split()) > _ANSWER_WORDS:
            yield subject.warning(
                line, f"cards: đáp án “{card.a[:30]}…” dài quá {_ANSWER_WORDS} chữ: rút lại một ý"
            )


def check_teach_back(subject: Subject) -> Iterable[Finding]:
    """Refuse exercises behind the teach-back: who has taught has finished."""
    slots = subject.lesson.slots
    teach = subject.lesson.teach_back
    if teach is not None and slots[-1] is not teach:
        after = slots[slots.index(teach) + 1]
        yield subject.error(
            after.line, f"{after.kind}: teach phải là bài tập cuối cùng: đưa bài này lên trước"
        )
