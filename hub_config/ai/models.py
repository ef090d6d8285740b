"""Tables of the gateway: what was used, day by day, and what people agreed to have kept."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, Float, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from courses.school.models import Base


class AiUsage(Base):
    """What one caller used of one model on one day of the programme. Numbers only, never content."""

    __tablename__ = "ai_usage"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    caller: Mapped[str] = mapped_column(String(64), primary_key=True)  # a hub user or a service of the hub
    service: Mapped[bool] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(String(200), primary_key=True)  # empty: there was none to ask
    questions: Mapped[int] = mapped_column(default=0)  # passed on to the provider
    prompt_tokens: Mapped[int] = mapped_column(default=0)
    completion_tokens: Mapped[int] = mapped_column(default=0)
    estimated: Mapped[int] = mapped_column(default=0)  # answers whose tokens the provider did not tell
    cost: Mapped[float] = mapped_column(
        Float, default=0.0
    )  # in the site's currency, by the price of that moment
    refused: Mapped[dict[str, Any]] = mapped_column(JSON)  # our refusals: code → how often
    errors: Mapped[dict[str, Any]] = mapped_column(JSON)  # the provider's faults: code → how often


class AiExchange(Base):
    """One question and its reply, kept only while the person consents, and for so many days at most."""

    __tablename__ = "ai_exchange"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    model: Mapped[str] = mapped_column(String(200))
    messages: Mapped[list[Any]]  # as sent: [{role, content}]
    reply: Mapped[str] = mapped_column(Text)
