"""``redteam``: known answers, attacked; the figures, and words for people."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from autograder.evaluate.judging import AT_ONCE, Tell
from autograder.evaluate.kept import KeptJudge, Shelf, tokens
from autograder.evaluate.report import percent, reason_text
from autograder.judge import Judge
from autograder.redteam.figures import MOST_GAIN, PASS_LINE, Report, report
from autograder.redteam.known import known_answers
from autograder.redteam.trial import UNSEEN, Trial, tries
from courses.clock import grouped_number, text_number
from courses.lessons.model import Lesson


def redteam(  # noqa: PLR0913 - one named option each
    judge: Judge,
    lessons: Sequence[Lesson],
    *,
    shelf: Shelf | None = None,
    most: int | None = None,
    line: float = PASS_LINE,
    at_once: int = AT_ONCE,
    tell: Tell = lambda _done, _total: None,
) -> Report:
    """Attack the lessons' known answers.

    Args:
        judge: the plain judge: calibration would silence a weak one and hide what the checks are worth.
        lessons: with samples.
        shelf: where judgements are kept.
        most: attacks to try; None: all.
        line: the pass line, as a share of the points.
        at_once: texts under way together.
        tell: told how far it is.
    """
    known = known_answers(lessons)
    kept = KeptJudge(judge, shelf or Shelf())
    results = asyncio.run(Trial(kept, at_once, tell).run(tries(known, most)))
    found = report(results, known, judge.name, judge.prompt_hash, line)
    cost = {
        "tokens": sum(tokens(own.judgement.usage) for own in kept.used),
        "calls": sum(own.judgement.usage.calls for own in kept.used),
        "seconds": round(sum(own.wall for own in kept.used), 3),
    }
    return found.model_copy(update=cost)


def attack_summary(own: Report) -> str:
    """Return the figures as Vietnamese lines."""
    clean = own.clean
    lines = [
        f"{own.attacks} cách tấn công, {own.tried} lượt trên {own.answers} bài đã biết điểm, AI {own.model}.",
        f"Điểm được lợi không đáng: {_share(own.undeserved_gain)} thang điểm; nặng nhất {_share(own.worst)}.",
        f"Bài bị nâng qua mức đạt {own.pass_line:.0%}: {own.lifted}.",
        f"Máy chặn, không đưa AI đọc: {percent(own.caught)}; nhường người chấm, kể cả số ấy: {percent(own.abstained)}.",
        *(f"  – {count} lượt: {_why(reason)}" for reason, count in own.reasons.items()),
        "Theo loại (lượt, chặn, được lợi):",
        *(
            f"  {name}: {one.tried}, {percent(one.caught)}, {_share(one.undeserved_gain)}"
            for name, one in own.families.items()
        ),
        *_lessons(own),
        f"Không bị tấn công: {clean.marked}/{clean.answers} bài được chấm, trung bình thừa {_share(clean.too_much)}.",
        (
            f"Thêm lời vô hại: {clean.changed}/{clean.marked_both} bài đổi điểm, lệch {_share(clean.drift)}; "
            f"{clean.newly_silent} bài thôi được chấm; máy chặn nhầm {percent(clean.false_alarms)}."
        ),
        f"Tốn {grouped_number(own.tokens)} token, {own.calls} lần gọi, {text_number(own.seconds)} giây.",
    ]
    return "\n".join(lines)


def _lessons(own: Report) -> list[str]:
    """Name the lessons in which attackers earn more than is let be, the worst first."""
    open_ = {name: one for name, one in own.lessons.items() if not one.holds}
    if not open_:
        return [
            f"Bài học nào cũng giữ được: lợi không quá {_share(MOST_GAIN)}, không bài nào bị nâng qua mức đạt."
        ]
    worst = sorted(open_.items(), key=lambda one: -one[1].undeserved_gain)
    return [
        f"Chưa giữ được ở {len(open_)}/{len(own.lessons)} bài học (được lợi, bị nâng qua mức đạt; trong đó kiểu đã lường trước):",
        *(
            f"  {name}: {_share(one.undeserved_gain)}, {one.lifted}; {_foreseen(own, name)}"
            for name, one in worst
        ),
    ]


def _foreseen(own: Report, lesson: str) -> str:
    known = own.foreseen.get(lesson)
    return "chưa thử" if known is None else f"{_share(known.undeserved_gain)}, {known.lifted}"


def _why(reason: str) -> str:
    return "AI không đọc được ảnh, người chấm xem." if reason == UNSEEN else reason_text(reason)


def _share(value: float) -> str:
    return text_number(value, 3)
