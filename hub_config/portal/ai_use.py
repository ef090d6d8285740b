"""``/quan-tri/ai``: what the AI was asked, what it cost and what went wrong, for administrators; by group, never by person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.clock import now, programme_day
from courses.exercises.base import Frozen
from courses.school.models import Group, Person
from courses.school.names import text_key
from courses.site import Site, layout
from hub_config.ai import status
from hub_config.ai.models import AiUsage
from hub_config.portal.handler import PageHandler

DAYS = 14
CODES: Mapping[str, str] = {
    "bad_request": "AI hoặc cổng không hiểu yêu cầu",
    "no_provider": "chưa có AI nào",
    "personal_data": "có thông tin cá nhân hoặc dấu mật, đã giữ lại",
    "provider_error": "AI hỏng hoặc không nối được",
    "quota": "hết lượt trong ngày, hoặc tài khoản AI hết tiền",
    "rate_limited": "hỏi nhanh quá, hoặc AI đông quá",
    "starting": "AI trên máy đang khởi động",
    "timeout": "AI trả lời lâu quá",
    "too_long": "câu hỏi dài quá",
}
BREAKER = {
    "closed": "đang mở, câu hỏi đi qua bình thường",
    "half_open": "đang thử lại bằng một câu",
    "open": "đang nghỉ 30 giây vì AI hỏng nhiều lần liền",
}


class Use(Frozen):
    """One row: of a day, of a group, of our own services, or of everything. Numbers only."""

    name: str
    questions: int = 0
    tokens: int = 0
    estimated: int = 0  # answers whose tokens the provider did not tell
    cost: float = 0.0


class Count(Frozen):
    """How often something was refused or failed."""

    words: str
    times: int


class AiUse(Frozen):
    """The whole page."""

    since: date
    model: str
    state: str
    breaker: str
    currency: str
    total: Use
    days: tuple[Use, ...]  # the newest first, days without use left out
    groups: tuple[Use, ...]
    refused: tuple[Count, ...]
    errors: tuple[Count, ...]


class AiUsePage(PageHandler):
    """The administrators' page."""

    async def get(self) -> None:
        """Show the last two weeks."""
        site, today = self.desk.site, programme_day(now())

        def find(session: Session, person: Person) -> AiUse | None:
            return ai_use(session, site, today) if person.role == "administrator" else None

        viewer, shown = await self.find(find)
        self.show("ai_use.html", viewer, use=shown, at=now(), day_count=DAYS)


def ai_use(session: Session, site: Site, today: date) -> AiUse:
    """Return what was used in the last ``DAYS`` days of the programme."""
    since = today - timedelta(days=DAYS - 1)
    rows = session.scalars(select(AiUsage).where(AiUsage.day >= since)).all()
    folder = layout(site).ai
    gateway = status.told(folder, "gateway")
    return AiUse(
        since=since,
        model=gateway.model if gateway and gateway.alive else "",
        state=status.words(folder),
        breaker=BREAKER.get(gateway.breaker, "") if gateway and gateway.alive else "",
        currency="đồng" if site.ai.currency == "VND" else site.ai.currency,
        total=_sum("Tất cả", rows),
        days=_by_day(rows),
        groups=_by_group(session, rows),
        refused=_counts(row.refused for row in rows),
        errors=_counts(row.errors for row in rows),
    )


def _sum(name: str, rows: Iterable[AiUsage]) -> Use:
    own = list(rows)
    return Use(
        name=name,
        questions=sum(row.questions for row in own),
        tokens=sum(row.prompt_tokens + row.completion_tokens for row in own),
        estimated=sum(row.estimated for row in own),
        cost=sum(row.cost for row in own),
    )


def _by_day(rows: Sequence[AiUsage]) -> tuple[Use, ...]:
    days = sorted({row.day for row in rows}, reverse=True)
    return tuple(_sum(f"{day:%d/%m/%Y}", (row for row in rows if row.day == day)) for day in days)


def _by_group(session: Session, rows: Sequence[AiUsage]) -> tuple[Use, ...]:
    groups = {group.id: group.name for group in session.scalars(select(Group))}
    people: dict[str, str] = {}
    for username, role, group in session.execute(select(Person.username, Person.role, Person.group_id)):
        own = groups[group] if group is not None else "Chưa vào tổ"
        people[username] = own if role == "learner" else "Người dạy và quản lý"
    names: dict[int, str] = {
        id(row): "Máy chấm và trang lớp" if row.service else people.get(row.caller, "Chưa vào tổ")
        for row in rows
    }
    ordered = sorted(set(names.values()), key=text_key)
    return tuple(_sum(name, (row for row in rows if names[id(row)] == name)) for name in ordered)


def _counts(found: Iterable[Mapping[str, int]]) -> tuple[Count, ...]:
    total: Counter[str] = Counter()
    for counts in found:
        total.update(counts)
    return tuple(Count(words=CODES.get(code, code), times=times) for code, times in total.most_common())
