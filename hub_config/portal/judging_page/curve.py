"""The gate's curve, agreement against coverage, as numbers for a picture and as a table that says the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from autograder.audit.fitting import fit_of
from autograder.gate import Point
from autograder.models import GateFit
from courses.clock import text_number
from courses.exercises.base import Frozen
from hub_config.portal.judging_page.figures import UNKNOWN, Told, kappa_told, percent

LEFT, RIGHT, TOP, BOTTOM = 46.0, 344.0, 14.0, 190.0
"""Edges of the plot in the picture's own units; the picture is 360 × 240."""
HOW = {
    "default": "Chưa đủ bài người chấm để chỉnh, nên dùng mức đặt sẵn.",
    "kept": "Ở mức đặt sẵn, AI và người đủ giống nhau, nên giữ nguyên.",
    "wider": "AI và người giống nhau rõ ở cả mức rộng hơn, nên nới ra.",
    "narrower": "Ở mức đặt sẵn, AI và người chưa đủ giống nhau, nên siết lại.",
    "narrowest": "Ở mức nào AI và người cũng chưa đủ giống nhau, nên chỉ tin khi mọi cách xét trùng khớp.",
}


class Dot(Frozen):
    """One tolerance in the picture. ``low`` and ``high``: ends of its interval, None without one."""

    x: float
    y: float
    low: float | None
    high: float | None
    chosen: bool


class CurveRow(Frozen):
    """The same tolerance in the table."""

    tolerance: str
    coverage: str
    pairs: int
    agreement: Told
    chosen: bool


class Tick(Frozen):
    """A number beside an axis."""

    at: float
    text: str


class CurveView(Frozen):
    """The whole section."""

    model: str
    made_at: datetime
    tolerance: str
    why: str
    target: str
    target_y: float
    line: str  # points of a polyline
    dots: tuple[Dot, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    rows: tuple[CurveRow, ...]
    summary: str  # what the picture shows, for those who don't see it


def curve_view(session: Session, target: float) -> CurveView | None:
    """Return the newest fit of any judge as a picture and a table; None before the first one."""
    row = session.scalars(select(GateFit).order_by(GateFit.id.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    fit = fit_of(row)
    told = [point for point in fit.curve if point.coverage is not None and point.qwk.value is not None]
    dots = _dots(told, fit.tolerance)
    return CurveView(
        model=row.judge,
        made_at=row.at,
        tolerance=percent(fit.tolerance),
        why=HOW[fit.how],
        target=text_number(target, 2),
        target_y=_y(target),
        line=" ".join(f"{dot.x:.1f},{dot.y:.1f}" for dot in dots),
        dots=dots,
        across=tuple(Tick(at=_x(share), text=f"{100 * share:.0f} %") for share in (0, 0.25, 0.5, 0.75, 1)),
        up=tuple(Tick(at=_y(value), text=text_number(value, 2)) for value in (0, 0.25, 0.5, 0.75, 1)),
        rows=tuple(_row(point, fit.tolerance) for point in fit.curve if _is_shown(point, fit.tolerance)),
        summary=_summary(told, fit.tolerance),
    )


def _dots(points: Sequence[Point], chosen: float) -> tuple[Dot, ...]:
    """Return one dot for each coverage: of tolerances that decide the same answers, the chosen or widest one."""
    by_place: dict[float, Point] = {}
    for point in points:
        known = by_place.get(point.coverage or 0)
        if known is None or known.tolerance != chosen:
            by_place[point.coverage or 0] = point
    return tuple(_dot(point, chosen) for _, point in sorted(by_place.items()))


def _dot(point: Point, chosen: float) -> Dot:
    low, high = point.qwk.low, point.qwk.high
    return Dot(
        x=round(_x(point.coverage or 0), 1),
        y=_y(point.qwk.value or 0),
        low=None if low is None else _y(low),
        high=None if high is None else _y(high),
        chosen=point.tolerance == chosen,
    )


def _x(share: float) -> float:
    return LEFT + share * (RIGHT - LEFT)


def _y(value: float) -> float:
    """Return the height of an agreement; worse than chance is drawn as chance."""
    return round(BOTTOM - max(0.0, value) * (BOTTOM - TOP), 1)


def _is_shown(point: Point, chosen: float) -> bool:
    """Every second tolerance is enough for a table, and the chosen one."""
    return round(point.tolerance * 100) % 10 == 0 or point.tolerance == chosen


def _row(point: Point, chosen: float) -> CurveRow:
    return CurveRow(
        tolerance=percent(point.tolerance),
        coverage=percent(point.coverage),
        pairs=point.pairs,
        agreement=kappa_told(point.qwk),
        chosen=point.tolerance == chosen,
    )


def _summary(points: Sequence[Point], chosen: float) -> str:
    here = next((point for point in points if point.tolerance == chosen), None)
    if here is None:
        return f"Ở mức đang dùng, độ giống người {UNKNOWN}."
    widest = points[-1]
    return (
        f"Ở mức đang dùng, AI tự chấm {percent(here.coverage)} số câu và giống người {kappa_told(here.qwk).text}. "
        f"Nới hết, AI tự chấm {percent(widest.coverage)} số câu và giống người {kappa_told(widest.qwk).text}."
    )
