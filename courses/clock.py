"""The programme's time: days in Vietnam that end at 04:00, texts as dd/mm/yyyy."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
DAY_ENDS = timedelta(hours=4)


def now() -> datetime:
    """Return the present as an aware UTC time, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def programme_day(moment: datetime) -> date:
    """Return the programme's day of an aware moment; 03:59 in Vietnam still belongs to yesterday."""
    return (moment.astimezone(VIETNAM) - DAY_ENDS).date()


def day_end(day: date) -> datetime:
    """Return the aware UTC moment at which a programme's day is over."""
    start = datetime(day.year, day.month, day.day, tzinfo=VIETNAM)
    return (start + timedelta(days=1) + DAY_ENDS).astimezone(UTC)


def text_date(day: date) -> str:
    """Return dd/mm/yyyy."""
    return f"{day:%d/%m/%Y}"


def text_time(moment: datetime) -> str:
    """Return ``HH:MM ngày dd/mm/yyyy`` in Vietnam."""
    local = moment.astimezone(VIETNAM)
    return f"{local:%H:%M} ngày {local:%d/%m/%Y}"


def text_number(value: float, digits: int = 1) -> str:
    """Return a number with a decimal comma and no useless zeros: 7.50 → ``7,5``."""
    text = f"{value:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", ",")


def grouped_number(value: float, digits: int = 0) -> str:
    """Return a number with dots between thousands and a decimal comma: 1234567.5 → ``1.234.567,5`` (one digit)."""
    whole, _, part = text_number(value, digits).partition(",")
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{grouped},{part}" if part else grouped
