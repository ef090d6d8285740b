"""Take a whole lesson in a browser with the answers of one of its author's samples."""

from __future__ import annotations

from playwright.sync_api import expect

from courses.lessons.model import Lesson, Sample
from tests.courses.player.hand import Hand
from tests.courses.player.kinds import DRIVERS


def full_sample(lesson: Lesson) -> Sample:
    """Return the sample that answers everything, the first one of its role."""
    return next(sample for sample in lesson.samples if sample.role == "full")


def answer_all(hand: Hand, lesson: Lesson, sample: Sample) -> None:
    """Choose the sample's setting and answer every exercise that it answers, in order."""
    setting = hand.page.locator("#bdh-cases select")
    if setting.count():
        setting.select_option(sample.case)
    for own in hand.page.locator(".bdh-case select").all():  # each card asks its kernel before it changes
        expect(own).to_have_value(sample.case)
    for number, slot in enumerate(lesson.slots, 1):
        expectation = sample.expect.get(slot.id)
        if expectation is not None:
            DRIVERS[slot.kind].give(hand, number, slot.variant(sample.case), expectation.answer)


def hand_in(hand: Hand, *, anyway: bool = False) -> str:
    """Hand the lesson in and return the receipt; ``anyway``: though an exercise is not finished."""
    expect(hand.page.locator("#bdh-save")).to_contain_text("Đã lưu lúc")
    hand.page.get_by_role("button", name="Nộp bài").click()
    received = hand.page.get_by_text("Đã nhận bài của bạn")
    if anyway:
        still = hand.page.get_by_role("button", name="Vẫn nộp")
        expect(still.or_(received)).to_be_visible()
        if still.is_visible():
            still.click()
    expect(received).to_be_visible()
    return hand.page.locator(".bdh-code").inner_text().strip()
