"""What a judge of rubric answers is: the protocol, its verdicts, and why it may stay silent.

A judge decides booleans, one per criterion; code adds the points. "Cannot judge" is an outcome of its
own and never means wrong: whoever reads a `Judgement` gives no mark for ``abstained``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, Protocol

from pydantic import Field

from courses.exercises.base import Frozen, RubricExercise
from courses.lessons.model import Lesson

Reason = Literal[
    "copied",
    "criteria_copied",
    "instructions",
    "wrong_language",
    "too_short",
    "too_long",
    "attempt_unsure",
    "not_calibrated",
    "audit_low",
    "silenced",
    "signals_disagree",
    "too_many_lost_quotes",
    "same_quote",
    "violation_not_shown",
    "judges_disagree",
    "trust_low",
    "near_pass",
    "refused",
    "cut_off",
    "unparsable",
    "unknown_criterion",
    "missing_criterion",
    "timeout",
    "rate_limited",
    "quota",
    "personal_data",
    "no_provider",
    "provider_error",
    "budget",
    "batch",
    "late",
]
"""Why a judge abstained; short, stable codes that fit the ledger's 60 characters."""

REASON_TEXTS: Mapping[Reason, str] = {
    "copied": "Bài chép lại đề bài hoặc bài mẫu.",
    "criteria_copied": "Bài chép gần nguyên văn tiêu chí chấm.",
    "instructions": "Bài có câu như đang ra lệnh cho người chấm.",
    "wrong_language": "Bài viết bằng tiếng khác, AI không chấm chắc được.",
    "too_short": "Bài ngắn hơn yêu cầu.",
    "too_long": "Bài dài hơn yêu cầu.",
    "attempt_unsure": "AI không chỉ ra được chỗ nào cho thấy học viên đã làm thật.",
    "not_calibrated": "AI chưa chấm đúng các bài mẫu của bài tập này.",
    "audit_low": "Người chấm lại thấy AI chấm bài tập này khác người quá nhiều.",
    "silenced": "Người quản trị cho AI nghỉ chấm bài tập này.",
    "signals_disagree": "Các cách xét của máy cho kết quả khác nhau.",
    "too_many_lost_quotes": "AI dẫn những câu không có trong bài.",
    "same_quote": "AI dẫn cùng một đoạn dài cho mọi tiêu chí.",
    "violation_not_shown": "AI bảo bài vi phạm nhưng không chỉ ra được chỗ nào.",
    "judges_disagree": "Hai AI chấm khác nhau.",
    "trust_low": "Gần đây AI hay dẫn những câu không có trong bài của bài tập này.",
    "near_pass": "Điểm sát mức đạt của thử thách cuối bậc: người chấm quyết định.",
    "refused": "AI từ chối chấm.",
    "cut_off": "AI trả lời bị cắt giữa chừng.",
    "unparsable": "AI trả lời không đúng khuôn.",
    "unknown_criterion": "AI chấm một tiêu chí không có trong bài tập.",
    "missing_criterion": "AI bỏ sót tiêu chí.",
    "timeout": "AI trả lời quá lâu.",
    "rate_limited": "AI đang quá nhiều người dùng.",
    "quota": "Đã hết lượt dùng AI.",
    "personal_data": "Bài có thông tin không được gửi ra ngoài.",
    "no_provider": "Chưa có AI.",
    "provider_error": "AI đang gặp lỗi.",
    "budget": "Hôm nay đã hết mức chi cho AI chấm; mai AI chấm tiếp.",
    "batch": "Đã gửi AI chấm theo lô; lượt sau lấy kết quả.",
    "late": "Hết giờ chấm của lượt này; lượt sau AI chấm tiếp.",
}
"""What a trainer reads for each reason."""

PASSING: frozenset[str] = frozenset(
    {"timeout", "rate_limited", "quota", "no_provider", "provider_error", "budget", "late", "batch"}
)
"""Reasons that may be gone tomorrow: worth asking again at the next run. The others are final."""


NO_ATTEMPT = "no_attempt"
"""Reason of a verdict on a ``must_not`` criterion: nothing shows that the answer is a real attempt."""


class Verdict(Frozen):
    """One criterion, decided. For ``must_not``, met = a real attempt that does not violate it."""

    criterion: str
    met: bool
    quote: str = ""  # from the answer; for a violated ``must_not`` it shows the violation
    reason: str = ""  # why a claim of the model did not count: "quote_not_found", "quote_copied", …


class Usage(Frozen):
    """What a judgement cost; zero when no model was asked."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0  # of the prompt's, those that the provider had in its cache
    money: float = 0.0  # in the site's currency, by its price list
    replayed: int = 0  # calls that were paid before, when their batch came back

    @property
    def tokens(self) -> int:
        """Prompt and completion together."""
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: Usage) -> Usage:
        """Return the sum of two costs."""
        return self._with(other, 1)

    def less(self, other: Usage) -> Usage:
        """Return what is left of a sum without one of its parts."""
        return self._with(other, -1)

    def _with(self, other: Usage, sign: int) -> Usage:
        return Usage(
            calls=self.calls + sign * other.calls,
            prompt_tokens=self.prompt_tokens + sign * other.prompt_tokens,
            completion_tokens=self.completion_tokens + sign * other.completion_tokens,
            cached_tokens=self.cached_tokens + sign * other.cached_tokens,
            money=self.money + sign * other.money,
            replayed=self.replayed + sign * other.replayed,
        )


class Signals(Frozen):
    """What is known of one answer; shares of the exercise's points, 0 to 1. None: that signal says nothing."""

    checked: float
    band: float | None = None
    expected: float | None = None

    def gaps(self) -> tuple[float | None, float | None]:
        """Return how far band and vocabulary are from the checked verdicts."""
        return (
            None if self.band is None else abs(self.checked - self.band),
            None if self.expected is None else abs(self.checked - self.expected),
        )


class Judgement(Frozen):
    """What a judge says of one answer. ``verdicts`` is complete when judged, empty when abstained."""

    outcome: Literal["judged", "abstained"]
    verdicts: tuple[Verdict, ...] = ()
    reason: Reason | Literal[""] = ""
    usage: Usage = Usage()
    lost_quotes: int = 0  # claims of the model whose quote was not found: its trust meter
    claims: int = 0  # claims that needed a quote
    signals: Signals | None = None  # when all of them were heard, whether or not they agreed
    leanings: tuple[
        Verdict, ...
    ] = ()  # abstained: what it would have said; for a person to see, never a mark

    @property
    def worth_retrying(self) -> bool:
        """Tell whether another run may get further; such an abstention need not be remembered."""
        return self.reason in PASSING

    def score(self, exercise: RubricExercise) -> float | None:
        """Return the points of the met criteria, or None when abstained."""
        if self.outcome == "abstained":
            return None
        met = {verdict.criterion for verdict in self.verdicts if verdict.met}
        return sum(criterion.points for criterion in exercise.rubric if criterion.id in met)


class CalibrationSample(Frozen):
    """An answer to one exercise, an author's or kept by a trainer, with the verdicts that a person expects.

    ``exercise`` is the declaration that it answers, where that is another setting's than the one judged.
    """

    text: str
    verdicts: dict[str, bool] = Field(min_length=1)
    exercise: RubricExercise | None = None


class Judge(Protocol):
    """Judges answers. ``name`` and ``prompt_hash`` are its identity in the ledger."""

    @property
    def name(self) -> str:
        """Id of the model, e.g. ``gpt-5-mini``."""

    @property
    def prompt_hash(self) -> str:
        """SHA-256 (hex) of everything but the exercise and the answer that decides a verdict."""

    async def judge(
        self, exercise: RubricExercise, answer: str, samples: Sequence[CalibrationSample] = ()
    ) -> Judgement:
        """Judge one answer.

        Args:
            exercise: the declaration (of the learner's setting).
            answer: the learner's own words only, never an AI reply that they kept.
            samples: the author's samples of this exercise, see `samples_of`; a judge that must be
                calibrated first abstains without them.

        Returns:
            A judgement; faults of the provider are abstentions, never exceptions.
        """

    async def aclose(self) -> None:
        """Let connections go. Call it in the event loop that judged."""


class Beside:
    """What stands beside a judge has its identity: in the ledger it is the same judge."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    @property
    def name(self) -> str:
        """See `Judge.name`."""
        return self._judge.name

    @property
    def prompt_hash(self) -> str:
        """See `Judge.prompt_hash`."""
        return self._judge.prompt_hash


def abstain(reason: Reason, usage: Usage | None = None) -> Judgement:
    """Return an abstention."""
    return Judgement(outcome="abstained", reason=reason, usage=usage or Usage())


def samples_of(
    lesson: Lesson, exercise: str, case: str, kept: Iterable[CalibrationSample] = ()
) -> tuple[CalibrationSample, ...]:
    """Return the samples of a rubric exercise: those of all settings, each with its declaration.

    One setting alone has too few to tell a judge that sees differences from one that says yes to everything.

    Args:
        lesson: the lesson.
        exercise: the exercise's id.
        case: the setting to be judged; its samples come first.
        kept: answers that people decided and kept as samples, see ``autograder.human.kept``; where one of them
            says otherwise than the author of the same text, the author is right.
    """
    slot = lesson.slot(exercise)
    found: dict[tuple[str, str], CalibrationSample] = {}
    for sample in sorted(lesson.samples, key=lambda sample: sample.case != case):
        expected = sample.expect.get(exercise)
        variant = slot.variant(sample.case)
        if expected is not None and expected.verdicts and isinstance(variant, RubricExercise):
            text = variant.judged_text(variant.parse_answer(expected.answer))
            written = CalibrationSample(text=text, verdicts=expected.verdicts, exercise=variant)
            found.setdefault((variant.rubric_hash(), text), written)
    for one in kept:
        found.setdefault((one.exercise.rubric_hash() if one.exercise else "", one.text), one)
    return tuple(found.values())
