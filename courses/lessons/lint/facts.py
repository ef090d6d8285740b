"""Facts in a lesson are dated, checked lately, and come from the one file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from courses.catalog.facts import STALE_DAYS, Fact
from courses.clock import text_date
from courses.lessons.facts import fact_ids
from courses.lessons.lint.finding import Finding, Subject
from courses.lessons.model import Prose

_LAW = re.compile(r"\d+/(?P<year>(?:19|20)\d\d)/[A-ZĐ][A-ZĐ0-9-]+")


def check_facts(subject: Subject) -> Iterable[Finding]:
    """Check every ``{fact:…}`` of the file."""
    for number, line in enumerate(subject.lesson.source.split("\n"), 1):
        for name in fact_ids(line):
            fact = subject.common.facts.get(name)
            if fact is not None:
                yield from _fact(subject, fact, number)


def _fact(subject: Subject, fact: Fact, line: int) -> Iterable[Finding]:
    checked = text_date(fact.checked_on)
    if fact.checked_on > subject.common.today:
        yield subject.error(
            line, f"fact “{fact.id}” ghi ngày kiểm tra {checked} còn chưa tới: sửa checked_on"
        )
    elif subject.common.today - fact.checked_on > timedelta(days=STALE_DAYS):
        yield subject.error(
            line,
            f"fact “{fact.id}” kiểm tra từ {checked}, quá {STALE_DAYS} ngày: đối chiếu lại rồi sửa checked_on",
        )
    if fact.sure == "low":
        yield subject.error(line, f"fact “{fact.id}” chưa chắc (sure: low): chưa dùng trong bài học")


def check_law_numbers(subject: Subject) -> Iterable[Finding]:
    """Warn of a law's number typed into prose: it belongs into facts.yaml with source and date.

    A number of a year to come is a made-up example.
    """
    lines = subject.lesson.source.split("\n")
    for block in subject.lesson.blocks:
        if not isinstance(block, Prose):
            continue
        for number in range(block.line, block.line + block.text.count("\n") + 1):
            found = _LAW.search(lines[number - 1])
            if found and int(found["year"]) <= subject.common.today.year:
                yield subject.warning(
                    number, f"số hiệu {found[0]} viết thẳng vào bài: đưa vào facts.yaml, dùng {{fact:id}}"
                )
